// Pure: several nodes drawn as one, because they belong together or are not to be seen.
import type { Trace } from "../api/types";
import { addLink, type Graph, type GraphLink, type GraphNode, larger, linkId } from "./graph";
import { routersOf } from "./routers";
import { count, networkText } from "./text";

/** The name of the group that a node belongs to; undefined: it stands for itself. */
export type KeyOf = (node: GraphNode) => string | undefined;

/** The block that an address stands in for the eye: /24, /48. */
function blockOf(address: string): string {
  if (!address.includes(":")) return `${address.split(".").slice(0, 3).join(".")}.0/24`;
  return `${address.split(":").slice(0, 3).join(":")}::/48`;
}

const domainOf = (name: string): string | undefined => (name.includes(".") ? name.split(".").slice(-2).join(".") : undefined);

interface Grouping {
  text: string;
  /** Of a graph that was made of these traces. `remark`: what there is to doubt. */
  of: (graph: Graph, traces: Trace[]) => { keyOf: KeyOf; remark?: string };
}

function byRouter(graph: Graph, traces: Trace[]): { keyOf: KeyOf; remark: string } {
  const { nameOf, told, guessed } = routersOf(graph.nodes.values(), traces);
  const remark = told + guessed === 0
    ? "No two addresses here say that they are one router, or have names that look like it."
    : `Addresses drawn as one: of ${count(told, "router")}, by what it says itself; of ${count(guessed, "router")}, by names that ` +
      "differ in the interface alone, which is a guess.";
  return { keyOf: ({ address }) => nameOf.get(address), remark };
}

/** What the graph can be grouped by, by its name in the address of the page. */
export const groupings: Record<string, Grouping> = {
  router: { text: "router", of: byRouter },
  network: {
    text: "network",
    of: () => ({ keyOf: ({ address, info }) => networkText(info) ?? (address ? blockOf(address) : undefined) }),
  },
  name: { text: "domain", of: () => ({ keyOf: ({ name }) => domainOf(name) }) },
};

/** Targets and probes always stand for themselves, and so does silence. */
export const routersBy = (keyOf: KeyOf): KeyOf => (node) => (node.kind === "router" ? keyOf(node) : undefined);

function addNode(into: GraphNode, node: GraphNode): void {
  into.members += node.members;
  into.sent += node.sent;
  into.answered += node.answered;
  into.first_ttl = Math.min(into.first_ttl, node.first_ttl);
  into.last_ttl = Math.max(into.last_ttl, node.last_ttl);
  into.rtt_us = larger(into.rtt_us, node.rtt_us);
}

/** Links inside a group go. `idOf` says afterwards where a node went. */
export function grouped(graph: Graph, keyOf: KeyOf): { graph: Graph; idOf: Map<string, string> } {
  const idOf = new Map<string, string>();
  const nodes = new Map<string, GraphNode>();
  for (const node of graph.nodes.values()) {
    const key = keyOf(node);
    const id = key ?? node.id;
    idOf.set(node.id, id);
    const into = nodes.get(id);
    if (into) addNode(into, node);
    else nodes.set(id, key === undefined ? { ...node } : { ...node, id, kind: "group", name: key, address: "", info: undefined });
  }
  const links = new Map<string, GraphLink>();
  for (const link of graph.links.values()) {
    const [from, to] = [idOf.get(link.from)!, idOf.get(link.to)!];
    if (from === to) continue;
    const id = linkId(from, to);
    const into = links.get(id);
    if (into) addLink(into, link);
    else links.set(id, { ...link, id, from, to, labels: [...link.labels], culprits: [...link.culprits] });
  }
  return { graph: { nodes, links }, idOf };
}

/** The first `hops` behind the probes as one node for those who share them. */
export function firstHops(graph: Graph, hops: number): KeyOf {
  const behind = new Map<string, Set<string>>();
  const next = new Map<string, string[]>();
  for (const { from, to } of graph.links.values()) next.set(from, [...(next.get(from) ?? []), to]);
  for (const probe of graph.nodes.values()) {
    if (probe.kind !== "probe") continue;
    const seen = new Set([probe.id]);
    for (const id of seen)
      for (const to of next.get(id) ?? []) {
        const node = graph.nodes.get(to)!;
        if (node.first_ttl <= hops && node.kind !== "target") seen.add(to);
      }
    for (const id of seen) behind.set(id, new Set([...(behind.get(id) ?? []), probe.name]));
  }
  return ({ id, kind, first_ttl }) => {
    const probes = behind.get(id);
    if (kind === "probe" || kind === "target" || first_ttl > hops || !probes) return undefined;
    return `first ${count(hops, "hop")} of ${[...probes].sort().join(", ")}`;
  };
}
