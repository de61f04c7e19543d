// What the master holds, one function for each question.
import { get } from "./client";
import type { Measurement, Probe, Status, Trace } from "./types";

export const getStatus = (abort?: AbortSignal) => get<Status>("/api/v1/status", {}, abort);

export async function getProbes(abort?: AbortSignal): Promise<Probe[]> {
  return (await get<{ probes: Probe[] }>("/api/v1/probes", {}, abort)).probes;
}

export async function getMeasurements(abort?: AbortSignal): Promise<Measurement[]> {
  const { measurements } = await get<{ measurements: Measurement[] }>("/api/v1/measurements", {}, abort);
  return measurements;
}

export interface TraceQuery {
  probe?: string | undefined;
  measurement?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number;
}

/** Newest first. */
export async function getTraces(query: TraceQuery, abort?: AbortSignal): Promise<Trace[]> {
  return (await get<{ traces: Trace[] }>("/api/v1/traces", { ...query }, abort)).traces;
}

export const getTrace = (id: string, abort?: AbortSignal) =>
  get<Trace>(`/api/v1/traces/${encodeURIComponent(id)}`, {}, abort);
