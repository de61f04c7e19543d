// Pure: which time a view shows: the newest rounds, those around an instant, or those of a longer time.
import type { Rounds } from "../api/graph";

const roundsShown = 6; // of each probe, merged into one picture
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

/** Where `to` is absent: until now. */
export interface Stretch {
  from: string;
  to: string | undefined;
}

/** What charts show: the stretch that was zoomed into, or the last `span` seconds; where the cursor is
 * older than these, so many around it. It is in their middle half, and steps within that do not move them. */
export function stretchOf({ from, to, at, span }: { from?: string | undefined; to?: string | undefined; at?: string | undefined; span: number }, now = Date.now()): Stretch {
  if (from) return { from, to };
  const length = span * 1000;
  const cursor = at ? Date.parse(at) : NaN;
  if (!(cursor < now - length)) return { from: text(now - length), to };
  const begin = Math.floor(cursor / (length / 2) - 0.5) * (length / 2);
  return { from: text(begin), to: text(begin + length) };
}
