// What hours and days came to, also when their traces are gone.
import { get } from "./client";

export interface HistoryStep {
  start: string;
  traces: number;
  reached: number;
  failed: number;
  sent: number;
  answered: number;
  rtt_us?: { min: number; p50: number; p90: number; p99: number; max: number };
  /** The most frequent first; "*" is a silent hop. */
  paths: { times: number; hops: string[] }[];
  other_paths: number;
  /** By TTL, all flows together; absent where it was not kept. */
  hops?: { ttl: number; sent: number; answered: number; rtt_us?: { p50: number } }[];
}

export interface History {
  probe: string;
  measurement: string;
  step_s: number;
  history: HistoryStep[];
  /** Hours and days, left out or without some of their paths. */
  unreadable?: number;
}

export interface HistoryQuery {
  probe: string;
  measurement: string;
  from: string;
  to?: string | undefined;
  step: number;
}

export const getHistory = (query: HistoryQuery, abort?: AbortSignal) =>
  get<History>("/api/v1/history", { ...query, hops: "true" }, abort);
