// What the master holds, one function for each question.
import { address, get } from "./client";
import type { Measurement, Probe, Status, Trace } from "./types";

export const getStatus = (abort?: AbortSignal) => get<Status>("/api/v1/status", {}, abort);

type Page<Name extends string, T> = { [name in Name]: T[] } & { next?: string };

/** All pages of a list. */
async function all<Name extends string, T>(name: Name, path: string, abort?: AbortSignal): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<Name, T> = await get(path, { cursor }, abort);
    found.push(...page[name]);
    cursor = page.next;
  } while (cursor);
  return found;
}

export const getProbes = (abort?: AbortSignal) => all<"probes", Probe>("probes", "/api/v1/probes", abort);
export const getMeasurements = (abort?: AbortSignal) =>
  all<"measurements", Measurement>("measurements", "/api/v1/measurements", abort);

export interface TraceQuery {
  probe?: string | undefined;
  measurement?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number;
}

export const largestPage = 1000;

/** The address of the same traces in another form: text, json, csv or atlas. */
export const tracesFile = (query: TraceQuery, format: string): string =>
  address("/api/v1/traces", { ...query, limit: Math.min(largestPage, query.limit ?? largestPage), format });

export const traceFile = (id: string, format: string): string => address(`/api/v1/traces/${encodeURIComponent(id)}`, { format });

export interface TracePage {
  traces: Trace[];
  /** Left out. */
  unreadable?: number;
}

/** Newest first. */
export const getTracePage = (query: TraceQuery, abort?: AbortSignal) => get<TracePage>("/api/v1/traces", { ...query }, abort);
export const getTraces = async (query: TraceQuery, abort?: AbortSignal): Promise<Trace[]> => (await getTracePage(query, abort)).traces;

export const getTrace = (id: string, abort?: AbortSignal) =>
  get<Trace>(`/api/v1/traces/${encodeURIComponent(id)}`, {}, abort);
