// Pure: which links of the graph one flow crosses, from the traces that it was made of.
import type { Hop, Path, Trace } from "../api/types";
import { linkId, probeId, silentId } from "./graph";

export const flowKey = (trace: Trace, path: Path): string => `${trace.probe} ${path.flow}`;

/** "probe number" of each flow, in order. */
export const flowsOf = (traces: Trace[]): string[] =>
  [...new Set(traces.flatMap((trace) => trace.paths.map((path) => flowKey(trace, path))))].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }));

const who = (hop: Hop | undefined): string[] => [...new Set((hop?.answers ?? []).map(({ from }) => from))];

/** Names of the nodes at each TTL; a row of silent hops is told by what stands around it. */
function nodesOf(trace: Trace, path: Path): string[][] {
  const rows = [[probeId(trace.probe)], ...path.hops.map(who)];
  for (let i = 1; i < rows.length; ++i) {
    if (rows[i]!.length) continue;
    let end = i;
    while (end < rows.length && !rows[end]!.length) ++end;
    const after = rows[i - 1]![0]!;
    const before = rows[end]?.[0] ?? "";
    for (let at = i; at < end; ++at) rows[at] = [silentId(at - i + 1, end - i, after, before)];
    i = end - 1;
  }
  return rows;
}

/** Ids of the links that `flow` crosses. */
export function wayOf(traces: Trace[], flow: string): Set<string> {
  const links = new Set<string>();
  for (const trace of traces)
    for (const path of trace.paths) {
      if (flowKey(trace, path) !== flow) continue;
      const rows = nodesOf(trace, path);
      for (let i = 1; i < rows.length; ++i)
        for (const from of rows[i - 1]!) for (const to of rows[i]!) links.add(linkId(from, to));
    }
  return links;
}
