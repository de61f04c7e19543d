// Pure: what the traces of one probe and one measurement say over time.
import type { HistoryStep } from "../api/history";
import type { Trace } from "../api/types";
import { quantile, sorted } from "./statistics";
import { sameWay, signature, summarize } from "./summary";

export interface Moment {
  id: string;
  at: number;
  low_us: number | undefined;
  median_us: number | undefined;
  high_us: number | undefined;
  /** of packets to the target, 0 to 1; none where nobody reached it */
  loss: number | undefined;
  /** Links that were not there the round before, and that are gone. */
  changed: boolean;
  hops: { ttl: number; median_us: number | undefined; answered: number; sent: number }[];
}

/** Of traces in any order; oldest first. */
export function momentsOf(traces: Trace[]): Moment[] {
  const inOrder = [...traces].sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
  return inOrder.map((trace, i) => momentOf(trace, inOrder[i - 1]));
}

function momentOf(trace: Trace, before: Trace | undefined): Moment {
  const summary = summarize(trace);
  const times = sorted(
    trace.paths.filter((path) => path.reached).flatMap((path) => path.hops.at(-1)!.answers.map((a) => a.rtt_us)),
  );
  return {
    id: trace.id,
    at: Date.parse(trace.started_at),
    low_us: quantile(times, 0.1),
    median_us: quantile(times, 0.5),
    high_us: quantile(times, 0.9),
    loss: summary.sent ? 1 - summary.answered / summary.sent : undefined,
    changed: before !== undefined && isChanged(trace, before),
    hops: hopsOf(trace),
  };
}

/** The same flows take other ways. That an answer is missing is no change. */
function isChanged(now: Trace, before: Trace): boolean {
  const old = new Map(before.paths.map((path) => [path.flow, signature(path)]));
  return now.paths.some((path) => {
    const way = old.get(path.flow);
    return way !== undefined && !sameWay(way, signature(path));
  });
}

function hopsOf(trace: Trace): Moment["hops"] {
  const sums = new Map<number, { rtts: number[]; sent: number }>();
  for (const path of trace.paths)
    for (const hop of path.hops) {
      const sum = sums.get(hop.ttl) ?? { rtts: [], sent: 0 };
      sum.sent += hop.sent;
      for (const answer of hop.answers) sum.rtts.push(answer.rtt_us);
      sums.set(hop.ttl, sum);
    }
  return [...sums].map(([ttl, { rtts, sent }]) => ({
    ttl, sent, answered: rtts.length, median_us: quantile(sorted(rtts), 0.5),
  }));
}

/** What hours or days came to. The band ends at the 90 % quantile; a change: most rounds took
 * another path than in the step before. */
export function momentsOfHistory(steps: HistoryStep[]): Moment[] {
  const main = (step: HistoryStep | undefined): string[] | undefined => step?.paths[0]?.hops;
  return steps.map((step, i) => {
    const [way, before] = [main(step), main(steps[i - 1])];
    return {
      id: step.start,
      at: Date.parse(step.start),
      low_us: step.rtt_us?.min,
      median_us: step.rtt_us?.p50,
      high_us: step.rtt_us?.p90,
      loss: step.sent ? 1 - step.answered / step.sent : undefined,
      changed: way !== undefined && before !== undefined && !sameWay(before, way),
      hops: (step.hops ?? []).map(({ ttl, sent, answered, rtt_us }) => ({ ttl, sent, answered, median_us: rtt_us?.p50 })),
    };
  });
}

/** The nearest moment to `at`; none where that is no time. */
export function nearest(moments: Moment[], at: number): Moment | undefined {
  if (Number.isNaN(at)) return undefined;
  return moments.reduce<Moment | undefined>(
    (best, each) => (!best || Math.abs(each.at - at) < Math.abs(best.at - at) ? each : best), undefined,
  );
}

/** How long each moment stands for: halfway to its neighbours, but not much further than usual, so
 * that a gap stays one. */
export function spansOf(moments: Moment[]): [number, number][] {
  const gaps = moments.slice(1).map((each, i) => each.at - moments[i]!.at);
  const usual = quantile(sorted(gaps), 0.5) ?? 1000;
  const half = (gap: number | undefined): number => Math.min(gap ?? usual, 1.5 * usual) / 2;
  return moments.map(({ at }, i) => [at - half(gaps[i - 1]), at + half(gaps[i])]);
}
