// Pure: what a trace says about its target.
import type { Path, Trace } from "../api/types";
import { median } from "./statistics";

export interface Summary {
  sent: number;
  answered: number;
  rtt_us: number | undefined;
  /** Some flow heard from the target. Where none did, nothing can be said about loss. */
  reached: boolean;
}

/** At which TTL the target answers: the least over all flows that reached it. */
function targetTtl(paths: Path[]): number | undefined {
  const last = paths.filter((path) => path.reached).map((path) => path.hops.at(-1)?.ttl ?? Infinity);
  return last.length ? Math.min(...last) : undefined;
}

/** Packets to the target: those of the last hop of a flow that reached it; of a flow that did not,
 * those of the TTL at which the others did, all lost. */
export function summarize(trace: Trace): Summary {
  const ttl = targetTtl(trace.paths);
  const summary: Summary = { sent: 0, answered: 0, rtt_us: undefined, reached: ttl !== undefined };
  if (ttl === undefined) return summary;
  const times: number[] = [];
  for (const path of trace.paths) {
    const hop = path.reached ? path.hops.at(-1) : path.hops.find((each) => each.ttl >= ttl && !each.answers.length);
    if (!hop) continue;
    summary.sent += hop.sent;
    if (!path.reached) continue;
    summary.answered += Math.min(hop.sent, hop.answers.length);
    for (const answer of hop.answers) times.push(answer.rtt_us);
  }
  summary.rtt_us = median(times);
  return summary;
}

/** Who answered at each TTL, for comparing paths; "*" for silence. Without the target, which is heard
 * a hop further on when its answers are lost. */
export function signature({ hops, reached }: Path): string[] {
  return (reached ? hops.slice(0, -1) : hops).map((hop) => hop.answers[0]?.from ?? "*");
}

/** Whether two runs of a flow went the same way; a silent hop may be anybody. */
export function sameWay(a: string[], b: string[]): boolean {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; ++i) if (a[i] !== b[i] && a[i] !== "*" && b[i] !== "*") return false;
  const rest = (a.length > b.length ? a : b).slice(shared);
  return rest.every((each) => each === "*");
}
