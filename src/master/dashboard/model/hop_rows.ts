// Pure: the columns of mtr for each TTL.
import type { Label, LossInterval, Trace } from "../api/types";
import { median, sorted, standardDeviation, wilson } from "./statistics";
import { flowKey } from "./ways";

export interface HopRow {
  ttl: number;
  hosts: { address: string; name: string; answered: number }[];
  labels: Label[];
  kinds: string[];
  sent: number;
  answered: number;
  silence: LossInterval;
  /** Later hops answer more often: this router is slow to answer, packets pass it. */
  passes: boolean;
  last_us: number | undefined;
  median_us: number | undefined;
  best_us: number | undefined;
  worst_us: number | undefined;
  deviation_us: number | undefined;
  rtts_us: number[];
}

interface Sums {
  hosts: Map<string, { name: string; answered: number }>;
  labels: Label[];
  kinds: Set<string>;
  sent: number;
  rtts_us: number[];
}

/** `flow`: "probe number" of one flow; absent: all. `traces` newest first. */
export function hopRows(traces: Trace[], flow?: string): HopRow[] {
  const sums = new Map<number, Sums>();
  for (const trace of [...traces].reverse())
    for (const path of trace.paths) {
      if (flow && flowKey(trace, path) !== flow) continue;
      for (const hop of path.hops) {
        let sum = sums.get(hop.ttl);
        if (!sum) sums.set(hop.ttl, (sum = { hosts: new Map(), labels: [], kinds: new Set(), sent: 0, rtts_us: [] }));
        sum.sent += hop.sent;
        for (const answer of hop.answers) {
          const host = sum.hosts.get(answer.from) ?? { name: answer.name ?? "", answered: 0 };
          host.answered += 1;
          sum.hosts.set(answer.from, host);
          sum.rtts_us.push(answer.rtt_us);
          if (answer.kind !== "time_exceeded") sum.kinds.add(answer.kind);
          if (answer.labels?.length) sum.labels = answer.labels;
        }
      }
    }
  const rows = [...sums].sort((a, b) => a[0] - b[0]).map(([ttl, sum]) => rowOf(ttl, sum));
  while (rows.length > 1 && rows.at(-1)!.answered === 0 && rows.at(-2)!.answered === 0) rows.pop();
  let best = 0;
  for (const row of [...rows].reverse()) {
    const rate = row.sent ? row.answered / row.sent : 0;
    row.passes = best > rate + 0.005;
    best = Math.max(best, rate);
  }
  return rows;
}

function rowOf(ttl: number, sum: Sums): HopRow {
  const times = sorted(sum.rtts_us);
  const answered = Math.min(sum.sent, times.length);
  return {
    ttl,
    hosts: [...sum.hosts]
      .map(([address, host]) => ({ address, ...host }))
      .sort((a, b) => b.answered - a.answered),
    labels: sum.labels,
    kinds: [...sum.kinds],
    sent: sum.sent,
    answered,
    silence: wilson(sum.sent - answered, sum.sent),
    passes: false,
    last_us: sum.rtts_us.at(-1),
    median_us: median(times),
    best_us: times[0],
    worst_us: times.at(-1),
    deviation_us: standardDeviation(times),
    rtts_us: times,
  };
}
