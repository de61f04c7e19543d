// Pure: what every probe sees of every measurement.
import type { Trace } from "../api/types";
import { wilson } from "./statistics";
import { linksOf, summarize } from "./summary";

export interface Cell {
  probe: string;
  measurement: string;
  started_at: string;
  sent: number;
  lost: number;
  reached: boolean;
  rtt_us: number | undefined;
  /** The newest trace showed links that the one before did not. */
  changed: boolean;
  trend: "up" | "down" | "same";
  stop_reason: string;
  history: number[];
}

export const cellKey = (probe: string, measurement: string): string => `${probe}\n${measurement}`;

/** From traces, newest first; the newest few of each pair count. */
export function matrixOf(traces: Trace[], depth = 6): Map<string, Cell> {
  const pairs = new Map<string, Trace[]>();
  for (const trace of traces) {
    if (!trace.measurement) continue;
    const key = cellKey(trace.probe, trace.measurement.id);
    const held = pairs.get(key) ?? [];
    if (held.length < depth) held.push(trace);
    pairs.set(key, held);
  }
  return new Map([...pairs].map(([key, held]) => [key, cellOf(held)]));
}

function cellOf(traces: Trace[]): Cell {
  const newest = traces[0]!;
  const all = traces.map(summarize);
  const recent = all.slice(0, 2); // two rounds: soon enough, and not one unlucky packet
  const sent = recent.reduce((sum, each) => sum + each.sent, 0);
  const answered = recent.reduce((sum, each) => sum + each.answered, 0);
  const before = all[1]?.rtt_us;
  const rtt = all[0]!.rtt_us;
  const shift = rtt !== undefined && before !== undefined ? (rtt - before) / before : 0;
  return {
    probe: newest.probe,
    measurement: newest.measurement!.id,
    started_at: newest.started_at,
    sent,
    lost: sent - answered,
    reached: all[0]!.reached,
    rtt_us: rtt,
    changed: traces.length > 1 && newLinks(newest, traces[1]!),
    trend: shift > 0.2 ? "up" : shift < -0.2 ? "down" : "same",
    stop_reason: newest.stop_reason,
    history: all.map((each) => (each.sent ? 1 - each.answered / each.sent : 0)).reverse(),
  };
}

function newLinks(now: Trace, before: Trace): boolean {
  const old = linksOf(before);
  return [...linksOf(now)].some((link) => !old.has(link));
}

/** Loss that is no accident: even the low end of its interval is above a percent. */
export function isLossy(cell: Cell): boolean {
  return cell.lost > 1 && wilson(cell.lost, cell.sent).low > 0.01;
}
