// Pure: the master's graph as the page draws it, and what can be done with it. A node is known by
// who it is, so that graphs of two instants can be laid over each other.
import type { AddressInfo, GraphView, NodeView, Quantiles } from "../api/graph";
import type { LossInterval } from "../api/types";
import { wilson } from "./statistics";
import { linkText } from "./text";

export interface GraphNode {
  id: string;
  kind: "probe" | "router" | "target" | "silent" | "group";
  name: string;
  address: string;
  first_ttl: number;
  last_ttl: number;
  sent: number;
  answered: number;
  rtt_us: Quantiles | undefined;
  info: AddressInfo | undefined;
  /** Routers that stand here as one. */
  members: number;
  /** Of a silent one: who answered before and behind it. */
  between?: [after: string, before: string] | undefined;
}

export interface GraphLink {
  id: string;
  from: string;
  to: string;
  flows: number;
  rounds: number;
  /** Packets over it to the end of their paths: what they tell is the loss of their whole way. */
  sent: number;
  lost: number;
  loss: LossInterval | undefined;
  rtt_us: Quantiles | undefined;
  labels: number[];
  /** Packets of one flow take several ways here. */
  spread: boolean;
  /** Open culprits that it is part of. */
  culprits: string[];
}

export interface Graph {
  nodes: Map<string, GraphNode>;
  links: Map<string, GraphLink>;
}

export const linkId = (from: string, to: string): string => `${from}\n${to}`;
export const probeId = (name: string): string => `probe ${name}`;
export const silentId = (position: number, hops: number, after: string, before: string): string =>
  `* ${position}/${hops} ${after} ${before}`;

function idsOf(nodes: NodeView[]): string[] {
  const plain = nodes.map((node) => (node.probe !== undefined ? probeId(node.probe) : (node.address ?? "*")));
  return nodes.map(({ place }, i) =>
    place ? silentId(place.position, place.hops, plain[place.after] ?? "", place.before === undefined ? "" : (plain[place.before] ?? "")) : plain[i]!,
  );
}

export const larger = (a: Quantiles | undefined, b: Quantiles | undefined): Quantiles | undefined =>
  (b?.samples ?? 0) > (a?.samples ?? 0) ? b : a;

export function addLink(into: GraphLink, link: GraphLink): void {
  into.flows += link.flows;
  into.rounds += link.rounds;
  into.sent += link.sent;
  into.lost += link.lost;
  into.loss = into.sent ? wilson(into.lost, into.sent) : undefined;
  into.rtt_us = larger(into.rtt_us, link.rtt_us);
  into.labels = [...new Set([...into.labels, ...link.labels])];
  into.spread ||= link.spread;
  into.culprits = [...new Set([...into.culprits, ...link.culprits])];
}

/** Silence before a target is loss where other rounds show the target right there: packets that went
 * further reached it, and were answered. Those ways are drawn as one. */
function withoutLostEnds({ nodes, links }: Graph): Graph {
  const endOf = (id: string): string | undefined => {
    const [after, before] = nodes.get(id)!.between ?? [];
    if (!after || !before || nodes.get(before)?.kind !== "target") return undefined;
    return links.has(linkId(after, before)) ? before : undefined;
  };
  const idOf = new Map([...nodes.keys()].map((id) => [id, endOf(id) ?? id]));
  const kept = new Map<string, GraphLink>();
  for (const link of links.values()) {
    const [from, to] = [idOf.get(link.from)!, idOf.get(link.to)!];
    const id = linkId(from, to);
    const into = kept.get(id);
    if (from === to) continue;
    if (into) addLink(into, link);
    else kept.set(id, { ...link, id, from, to });
  }
  return { nodes: new Map([...nodes].filter(([id]) => idOf.get(id) === id)), links: kept };
}

export function graphOf(view: GraphView): Graph {
  const ids = idsOf(view.nodes);
  const nodes = new Map<string, GraphNode>();
  view.nodes.forEach((node, i) => {
    const { kind, first_ttl, last_ttl, sent, answered, rtt_us, info } = node;
    const id = ids[i]!;
    nodes.set(id, {
      id, kind, first_ttl, last_ttl, sent, answered, rtt_us, info, members: 1,
      name: node.probe ?? node.names[0] ?? "", address: node.address ?? "",
      between: node.place?.before === undefined ? undefined : [ids[node.place.after]!, ids[node.place.before]!],
    });
  });
  const links = new Map<string, GraphLink>();
  for (const { from, to, flows, rounds, sent, answered, loss, rtt_us, labels, spread, culprit } of view.links) {
    const [a, b] = [ids[from]!, ids[to]!];
    const id = linkId(a, b);
    links.set(id, {
      id, from: a, to: b, flows, rounds, sent, lost: sent - answered, loss, rtt_us, labels, spread,
      culprits: culprit ? [culprit] : [],
    });
  }
  return withoutLostEnds({ nodes, links });
}

/** What is known of addresses, by address. */
export const knownOf = ({ nodes }: Graph): Map<string, AddressInfo> =>
  new Map([...nodes.values()].flatMap(({ address, info }) => (address && info ? [[address, info] as const] : [])));

/** Everything of both; where both know something, `one` is heard. */
export function joined(one: Graph, other: Graph): Graph {
  return { nodes: new Map([...other.nodes, ...one.nodes]), links: new Map([...other.links, ...one.links]) };
}

export interface Difference {
  added: Set<string>;
  removed: Set<string>;
  kept: number;
}

/** Ids of links that `after` has and `before` has not, and the other way round. A silent hop may be
 * anybody: links of it say nothing. */
export function differenceOf(before: Graph, after: Graph): Difference {
  const known = ({ links, nodes }: Graph): GraphLink[] =>
    [...links.values()].filter(({ from, to }) => nodes.get(from)!.kind !== "silent" && nodes.get(to)!.kind !== "silent");
  const [old, now] = [known(before), known(after)];
  return {
    added: new Set(now.filter(({ id }) => !before.links.has(id)).map(({ id }) => id)),
    removed: new Set(old.filter(({ id }) => !after.links.has(id)).map(({ id }) => id)),
    kept: now.filter(({ id }) => before.links.has(id)).length,
  };
}

/** Only what lies on a way over one of these links: before it, or behind it. */
export function through(graph: Graph, wanted: Set<string>): Graph {
  const next = new Map<string, string[]>();
  const back = new Map<string, string[]>();
  for (const { from, to } of graph.links.values()) {
    next.set(from, [...(next.get(from) ?? []), to]);
    back.set(to, [...(back.get(to) ?? []), from]);
  }
  const spread = (starts: string[], ways: Map<string, string[]>): Set<string> => {
    const seen = new Set(starts);
    for (const id of seen) for (const each of ways.get(id) ?? []) seen.add(each);
    return seen;
  };
  const at = [...wanted].flatMap((id) => graph.links.get(id) ?? []);
  if (!at.length) return graph;
  const before = spread(at.map(({ from }) => from), back);
  const behind = spread(at.map(({ to }) => to), next);
  const isIn = ({ id, from, to }: GraphLink): boolean =>
    wanted.has(id) || (before.has(from) && before.has(to)) || (behind.has(from) && behind.has(to));
  return {
    nodes: new Map([...graph.nodes].filter(([id]) => before.has(id) || behind.has(id))),
    links: new Map([...graph.links].filter(([, link]) => isIn(link))),
  };
}

/** "10.0.0.1 → 10.0.0.2", as links are told everywhere. */
export function linkName(graph: Graph, { from, to }: GraphLink): string {
  const end = (id: string): string => (graph.nodes.get(id)!.kind === "silent" ? "*" : id);
  return linkText(end(from), end(to));
}
