// Pure: where the nodes of a graph go. Columns from left to right, few crossings in each.
import type { Graph } from "./graph";

export interface Placed {
  column: number;
  row: number;
}

export interface Layout {
  places: Map<string, Placed>;
  /** Where links that pass columns by cross them, by the id of the link. */
  bends: Map<string, Placed[]>;
  columns: number;
  rows: number;
}

/** The longest way from a probe, so that every link but those of a loop goes to the right. */
function columnsOf(graph: Graph): Map<string, number> {
  const column = new Map<string, number>([...graph.nodes.keys()].map((id) => [id, 0]));
  const next = new Map<string, string[]>();
  for (const { from, to } of graph.links.values()) next.set(from, [...(next.get(from) ?? []), to]);
  const onWay = new Set<string>();
  const done = new Set<string>();
  const order: string[] = [];
  const visit = (id: string): void => {
    if (done.has(id) || onWay.has(id)) return;
    onWay.add(id);
    for (const to of next.get(id) ?? []) visit(to);
    onWay.delete(id);
    done.add(id);
    order.push(id);
  };
  for (const node of graph.nodes.values()) if (node.kind === "probe") visit(node.id);
  for (const id of graph.nodes.keys()) visit(id);
  const rank = new Map(order.reverse().map((id, i) => [id, i]));
  for (const id of order)
    for (const to of next.get(id) ?? [])
      if (rank.get(to)! > rank.get(id)!) column.set(to, Math.max(column.get(to)!, column.get(id)! + 1));
  return column;
}

const mostBends = 3000;

/** A place in every column that a link passes by, so that it runs beside the nodes there and not over
 * them. By the link's id: from its beginning to its end. */
function bendsOf(graph: Graph, column: Map<string, number>): Map<string, string[]> {
  const bends = new Map<string, string[]>();
  let n = 0;
  for (const { id, from, to } of graph.links.values()) {
    const passed = column.get(to)! - column.get(from)! - 1;
    if (passed <= 0 || (n += passed) > mostBends) continue;
    bends.set(id, Array.from({ length: passed }, (_, i) => `${id}\n${i}`));
  }
  return bends;
}

/** Mean position of the neighbours, over and over: what belongs together comes together. */
function sortRows(graph: Graph, bends: Map<string, string[]>, columns: string[][]): void {
  const near = new Map<string, string[]>();
  const join = (one: string, other: string): void => {
    near.set(one, [...(near.get(one) ?? []), other]);
    near.set(other, [...(near.get(other) ?? []), one]);
  };
  for (const { id, from, to } of graph.links.values()) {
    const way = [from, ...(bends.get(id) ?? []), to];
    way.slice(1).forEach((each, i) => join(way[i]!, each));
  }
  const height = new Map<string, number>();
  const settle = (column: string[]): void => {
    column.forEach((id, i) => height.set(id, i - (column.length - 1) / 2));
  };
  columns.forEach(settle);
  for (let sweep = 0; sweep < 6; ++sweep) {
    const inOrder = sweep % 2 ? [...columns].reverse() : columns;
    for (const column of inOrder) {
      const pull = new Map<string, number>(
        column.map((id) => {
          const all = near.get(id) ?? [];
          const sum = all.reduce((total, each) => total + (height.get(each) ?? 0), 0);
          return [id, all.length ? sum / all.length : 0];
        }),
      );
      column.sort((a, b) => pull.get(a)! - pull.get(b)! || (a < b ? -1 : 1));
      settle(column);
    }
  }
}

export function layOut(graph: Graph): Layout {
  const column = columnsOf(graph);
  const columns: string[][] = [];
  for (const [id, at] of column) (columns[at] ??= []).push(id);
  const bends = bendsOf(graph, column);
  for (const [id, all] of bends) {
    const first = column.get(graph.links.get(id)!.from)! + 1;
    all.forEach((bend, i) => (columns[first + i] ??= []).push(bend));
  }
  for (let i = 0; i < columns.length; ++i) columns[i] ??= [];
  sortRows(graph, bends, columns);
  const rows = Math.max(1, ...columns.map((each) => each.length));
  const places = new Map<string, Placed>();
  columns.forEach((ids, at) =>
    ids.forEach((id, i) => places.set(id, { column: at, row: i + (rows - ids.length) / 2 })),
  );
  const placesOf = (ids: string[]): Placed[] => ids.map((id) => places.get(id)!);
  return { places, bends: new Map([...bends].map(([id, all]) => [id, placesOf(all)])), columns: columns.length, rows };
}
