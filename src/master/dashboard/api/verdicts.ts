// Culprits and events: what the master makes of the traces.
import { get } from "./client";
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
}

/** Newest first. */
export const getEventPage = (query: EventQuery, abort?: AbortSignal) => get<EventPage>("/api/v1/events", { ...query }, abort);
export const getEvents = async (query: EventQuery, abort?: AbortSignal): Promise<NetworkEvent[]> =>
  (await getEventPage(query, abort)).events;

/** The event of this id, a UUID that begins with the time when it was noticed, a little after `at`. */
export async function getEvent(id: string, abort?: AbortSignal): Promise<NetworkEvent | undefined> {
  const noticed = parseInt(id.replace("-", "").slice(0, 12), 16);
  if (!(noticed > 0)) return undefined;
  const before = await getEvents({ to: new Date(noticed + 1).toISOString(), limit: 1000 }, abort);
  return before.find((event) => event.id === id);
}

/** A router's address, several where packets of one flow are spread, a probe, or a silent hop. */
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
  /** Those that the evidence cannot tell apart. */
  links: Link[];
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

/** `from`: only those accused then or later. */
export const getCulprits = (from?: string, abort?: AbortSignal) => get<Verdicts>("/api/v1/culprits", { from }, abort);
export const getCulprit = (id: string, abort?: AbortSignal) =>
  get<Culprit>(`/api/v1/culprits/${encodeURIComponent(id)}`, {}, abort);
