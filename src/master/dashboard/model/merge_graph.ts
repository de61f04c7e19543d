// Pure: all flows of some traces, merged into one graph.
import type { Answer, Label, Path, Trace } from "../api/types";
import { targetTtl } from "./summary";

export interface GraphNode {
  id: string;
  kind: "probe" | "router" | "silent" | "target";
  address: string;
  name: string;
  sent: number;
  answered: number;
  rtts_us: number[];
  labels: Label[];
  ttls: Set<number>;
}

export interface GraphLink {
  from: string;
  to: string;
  /** "probe flow" of each flow that crosses it. */
  flows: Set<string>;
  /** Packets to the target, of those flows: what they tell is the loss of their whole way. */
  sent: number;
  lost: number;
}

export interface Graph {
  nodes: Map<string, GraphNode>;
  links: Map<string, GraphLink>;
  flows: Set<string>;
}

export type Grouping = "address" | "name" | "network";

/** The network that an address stands in for the eye: /24, /48. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return `${address.split(".").slice(0, 3).join(".")}.0/24`;
  return `${address.split(":").slice(0, 3).join(":")}::/48`;
}

/** Which node an answer belongs to: its address, its network, or the domain of its name. */
function groupOf(answer: Answer, grouping: Grouping): string {
  if (grouping === "network") return networkOf(answer.from);
  if (grouping === "name" && answer.name) return answer.name.split(".").slice(-2).join(".");
  return answer.from;
}

export const flowKey = (trace: Trace, path: Path): string => `${trace.probe} ${path.flow}`;
const linkKey = (from: string, to: string): string => `${from}\n${to}`;

class Merger {
  readonly graph: Graph = { nodes: new Map(), links: new Map(), flows: new Set() };

  constructor(
    private readonly hidden: number,
    private readonly grouping: Grouping,
  ) {}

  add(trace: Trace): void {
    const ttl = targetTtl(trace.paths);
    for (const path of trace.paths) {
      const flow = flowKey(trace, path);
      this.graph.flows.add(flow);
      const last = path.reached
        ? path.hops.at(-1)
        : path.hops.find((hop) => ttl !== undefined && hop.ttl >= ttl && !hop.answers.length);
      const sent = last?.sent ?? 0;
      const lost = path.reached ? Math.max(0, sent - (last?.answers.length ?? 0)) : sent;
      this.walk(trace, path, flow, sent, lost);
    }
  }

  private walk(trace: Trace, path: Path, flow: string, sent: number, lost: number): void {
    let before = [this.probe(trace).id];
    // Silence behind the last answer is no hop: nobody knows how far the packets came.
    const end = path.hops.findLastIndex((hop) => hop.answers.length > 0) + 1;
    for (const [i, hop] of path.hops.slice(0, end).entries()) {
      if (hop.ttl <= this.hidden) continue;
      const here = new Set<string>();
      for (const answer of hop.answers) {
        const node = this.router(answer, path.reached && i === path.hops.length - 1, trace);
        node.answered += 1;
        node.rtts_us.push(answer.rtt_us);
        node.ttls.add(hop.ttl);
        here.add(node.id);
      }
      if (here.size === 0) here.add(this.silent(before[0]!, hop.ttl).id);
      for (const id of here) this.graph.nodes.get(id)!.sent += hop.sent / here.size;
      for (const from of before) for (const to of here) if (from !== to) this.link(from, to, flow, sent, lost);
      before = [...here];
    }
  }

  private node(id: string, kind: GraphNode["kind"], address: string, name: string): GraphNode {
    let node = this.graph.nodes.get(id);
    if (!node) {
      node = { id, kind, address, name, sent: 0, answered: 0, rtts_us: [], labels: [], ttls: new Set() };
      this.graph.nodes.set(id, node);
    }
    return node;
  }

  private probe(trace: Trace): GraphNode {
    return this.node(`probe ${trace.probe}`, "probe", trace.source ?? "", trace.probe);
  }

  private router(answer: Answer, isLast: boolean, trace: Trace): GraphNode {
    const isTarget = isLast && answer.from === trace.target.address;
    const id = isTarget ? answer.from : groupOf(answer, this.grouping);
    const node = this.node(id, isTarget ? "target" : "router", id, id === answer.from ? (answer.name ?? "") : "");
    if (isTarget) node.kind = "target";
    if (answer.labels?.length) node.labels = answer.labels;
    return node;
  }

  private silent(before: string, ttl: number): GraphNode {
    const node = this.node(`silent ${ttl} ${before}`, "silent", "", "");
    node.ttls.add(ttl);
    return node;
  }

  private link(from: string, to: string, flow: string, sent: number, lost: number): void {
    const key = linkKey(from, to);
    let link = this.graph.links.get(key);
    if (!link) {
      link = { from, to, flows: new Set(), sent: 0, lost: 0 };
      this.graph.links.set(key, link);
    }
    link.flows.add(flow);
    link.sent += sent;
    link.lost += lost;
  }
}

/** `hidden`: so many first hops are left out. */
export function mergeGraph(traces: Trace[], hidden = 0, grouping: Grouping = "address"): Graph {
  const merger = new Merger(hidden, grouping);
  for (const trace of traces) merger.add(trace);
  return merger.graph;
}
