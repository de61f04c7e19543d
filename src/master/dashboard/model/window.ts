// Pure: which rounds a view shows: the newest, those around an instant, or those of a longer time.
import type { Rounds } from "../api/graph";

export const roundsShown = 6; // of each probe, merged into one picture
const most = 2000;

/** `over`: seconds; absent: what every probe last saw. */
export interface View {
  at?: string | undefined;
  over?: string | undefined;
}

const text = (time: number): string => new Date(time).toISOString();

/** `pairs` of probe and measurement are looked at; `interval_s` between their rounds. */
export function windowOf({ at, over }: View, pairs: number, interval_s: number, now = Date.now()): Rounds {
  const to = at === undefined ? undefined : text(Date.parse(at) + 1);
  // In whole ten seconds: the same view asks the same while somebody looks at it.
  if (over) return { from: text((at ? Date.parse(at) : now - (now % 10_000)) - Number(over) * 1000), to, limit: most };
  if (!at) return { limit: Math.min(most, Math.max(1, roundsShown * pairs)) };
  // One round of each, started at most an interval before; a twentieth more, as they jitter.
  return { from: text(Date.parse(at) - interval_s * 1050), to, limit: pairs === 1 ? 1 : most };
}
