// Pure: which addresses are one router. Some say so themselves; else their names may tell, which is a
// guess, and is called one.
import type { Answer, Trace } from "../api/types";
import type { GraphNode } from "./graph";

export interface Routers {
  /** By address, of those that are one with another: what the router is called. */
  nameOf: Map<string, string>;
  /** So many routers have said so themselves, and of so many the names look like it. */
  told: number;
  guessed: number;
}

const port =
  /^(ae|xe|et|ge|te|fe|so|po|be|hu|fo|gi|fa|lo|vl|irb|vlan|eth|ens|eno|enp|lag|gigabitethernet|fastethernet|tengige|hundredgige|bundle-ether|port-channel|loopback)[-_]?\d[\w-]*$/i;
const shortest = 3; // labels that are left of a name

/** "core1.fra.example" of "ae-7.core1.fra.example": without the names of interfaces before it. */
export function stemOf(name: string): string {
  const labels = name.split(".");
  while (labels.length > shortest && port.test(labels[0]!)) labels.shift();
  return labels.join(".");
}

/** Addresses that are one with that of the answer, and the router's own name, as it says itself. */
function saidBy({ from, node, interfaces = [] }: Answer): { addresses: string[]; name: string | undefined } {
  const own = interfaces.filter(({ role }) => role !== "next_hop").flatMap(({ address }) => address ?? []);
  return { addresses: [from, ...(node?.address ? [node.address] : []), ...own], name: node?.name };
}

/** Sets that are joined, known by one of their members. */
class Union {
  private readonly parent = new Map<string, string>();

  find(member: string): string {
    let root = member;
    for (let up = this.parent.get(root); up !== undefined; up = this.parent.get(root)) root = up;
    return root;
  }

  join(one: string, other: string): void {
    const [a, b] = [this.find(one), this.find(other)];
    if (a !== b) this.parent.set(b, a);
  }
}

/** Members of each set that are among `addresses`; of one alone there is nothing to say. */
function setsOf(union: Union, addresses: string[]): string[][] {
  const sets = new Map<string, string[]>();
  for (const each of addresses) sets.set(union.find(each), [...(sets.get(union.find(each)) ?? []), each]);
  return [...sets.values()].filter(({ length }) => length > 1);
}

export function routersOf(nodes: Iterable<GraphNode>, traces: Trace[]): Routers {
  const names = new Map<string, string>();
  for (const { kind, address, name } of nodes) if (kind === "router" && address) names.set(address, name);
  const union = new Union();
  const ownNames = new Map<string, string>();
  for (const { paths } of traces)
    for (const { hops } of paths)
      for (const answer of hops.flatMap(({ answers }) => answers)) {
        const { addresses, name } = saidBy(answer);
        for (const each of addresses) union.join(answer.from, each);
        if (!name) continue;
        union.join(`name ${name}`, answer.from);
        ownNames.set(answer.from, name);
      }
  const told = new Set(setsOf(union, [...names.keys()]).flat());
  for (const [address, name] of names) if (name) union.join(`stem ${stemOf(name)}`, address);
  const routers: Routers = { nameOf: new Map(), told: 0, guessed: 0 };
  for (const set of setsOf(union, [...names.keys()])) {
    if (set.every((each) => told.has(each))) routers.told += 1;
    else routers.guessed += 1;
    const [known] = set.flatMap((each) => ownNames.get(each) ?? (names.get(each) ? stemOf(names.get(each)!) : []));
    for (const each of set) routers.nameOf.set(each, known ?? set[0]!);
  }
  return routers;
}
