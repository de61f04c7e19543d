// Culprits and events: what the master makes of the traces.
import { ApiError, get } from "./client";
import type { LossInterval } from "./types";

export interface EventLink {
  from: string;
  to: string;
}

export interface NetworkEvent {
  id: string;
  kind: string;
  at: string;
  severity: "info" | "warning" | "critical";
  summary: string;
  probes: string[];
  measurement?: { id: string; name: string };
  subject: { target?: string; link?: EventLink; router?: string };
  before?: EventState;
  after?: EventState;
  evidence: { rounds: number; flows: number; samples: number; traces?: string[]; culprit?: string };
  closes?: string;
}

export interface EventState {
  links?: { from: string; to: string; share: number }[];
  rtt_us?: { estimate: number; low: number; high: number };
  loss?: { estimate: number; low: number; high: number };
  worst_loss?: { estimate: number; low: number; high: number };
  stop_reason?: string;
  kinds?: string[];
}

export interface EventQuery {
  from?: string | undefined;
  to?: string | undefined;
  kind?: string | undefined;
  probe?: string | undefined;
  measurement?: string | undefined;
  limit?: number;
  cursor?: string | undefined;
}

export interface EventPage {
  events: NetworkEvent[];
  next?: string;
  /** Left out. */
  unreadable?: number;
}

/** Newest first. */
export const getEventPage = (query: EventQuery, abort?: AbortSignal) => get<EventPage>("/api/v1/events", { ...query }, abort);

/** Undefined: there is none of this id. */
export async function getEvent(id: string, abort?: AbortSignal): Promise<NetworkEvent | undefined> {
  try {
    return await get<NetworkEvent>(`/api/v1/events/${encodeURIComponent(id)}`, {}, abort);
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return undefined;
    throw error;
  }
}

/** Those that no single measurement has seen. */
const kindsApart = ["culprit_opened", "culprit_grew", "culprit_closed", "rtt_shifted", "rtt_settled", "probe_offline", "probe_online"];

export interface EventsOfPair {
  /** Newest first. */
  events: NetworkEvent[];
  /** There are older ones. */
  truncated: boolean;
  /** Left out. */
  unreadable: number;
}

/** What a probe saw of a measurement, and what befell the probe whatever is measured. */
export async function getEventsOfPair(probe: string, measurement: string, stretch: EventQuery, abort: AbortSignal): Promise<EventsOfPair> {
  const ask = (which: EventQuery) => getEventPage({ probe, ...stretch, limit: 200, ...which }, abort);
  const pages = await Promise.all([ask({ measurement }), ...kindsApart.map((kind) => ask({ kind }))]);
  const events = pages.flatMap((page) => page.events).sort((a, b) => (a.at < b.at ? 1 : -1));
  return { events, truncated: pages.some(({ next }) => next !== undefined), unreadable: pages.reduce((sum, page) => sum + (page.unreadable ?? 0), 0) };
}

/** A router's address, several where packets of one flow are spread or links lie side by side, a probe, or a silent hop. */
export interface Place {
  addresses: string[];
  probe?: string;
  silent?: number;
}

export interface Link {
  from: Place;
  to: Place;
}

export interface Witness {
  probe: string;
  target: string;
  at: Place;
  flows: number;
  sent: number;
  answered: number;
  elsewhere_sent: number;
  elsewhere_answered: number;
  /** The target counted what arrived, which is `answered`. */
  counted?: boolean;
}

export interface Culprit {
  id: string;
  open: boolean;
  first_seen: string;
  last_seen: string;
  closed_at?: string;
  segment: Link;
  /** Of the segment's addresses, as far as they have any. */
  names?: Record<string, string>;
  /** Those that the evidence cannot tell apart: in a row, unless there is a `router`. */
  links: Link[];
  /** The links are those into it and out of it. */
  router?: Place;
  /** It is the access of this probe: all that it sends crosses it. */
  access?: string;
  loss: LossInterval & { estimate: number };
  direction: "forward" | "forward_or_return";
  probes: number;
  flows: number;
  witnesses: Witness[];
  alternatives: Link[];
  reason: string;
  change_our_mind: string;
  /** Its accusations over time, oldest first. */
  course: { at: string; loss: LossInterval & { estimate: number } }[];
}

/** What the evidence of the last minutes says as a whole. */
export interface VerdictNow {
  at: string;
  verdict: "clean" | "culprit" | "undecided";
  summary: string;
  bound?: number;
  needed: string[];
  access: { probe: string; reason: string }[];
  probes: number;
  flows: number;
}

export interface Verdicts {
  now?: VerdictNow;
  culprits: Culprit[];
}

/** `from`: only those accused then or later. null: this master does not look for the link at fault. */
export const getCulprits = (from?: string, abort?: AbortSignal): Promise<Verdicts | null> =>
  get<Verdicts>("/api/v1/culprits", { from }, abort).catch((error: unknown) => {
    if (error instanceof ApiError && error.missing) return null;
    throw error;
  });
export const getCulprit = (id: string, abort?: AbortSignal) =>
  get<Culprit>(`/api/v1/culprits/${encodeURIComponent(id)}`, {}, abort);
