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
}

/** Newest first. */
export async function getEvents(query: EventQuery, abort?: AbortSignal): Promise<NetworkEvent[]> {
  return (await get<{ events: NetworkEvent[] }>("/api/v1/events", { ...query }, abort)).events;
}

export interface Culprit {
  id: string;
  from: string;
  to: string;
  names: string[];
  loss: LossInterval & { estimate: number };
  since: string;
  until?: string;
  probes: string[];
  flows: number;
  explanation: string;
}

export async function getCulprits(abort?: AbortSignal): Promise<Culprit[]> {
  return (await get<{ culprits: Culprit[] }>("/api/v1/culprits", {}, abort)).culprits;
}
