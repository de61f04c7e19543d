// A trace on demand: ordered by POST, its result has an address of its own.
import { ApiError, get, request } from "./client";
import { getTraces } from "./resources";
import type { ParametersInput, Trace } from "./types";

export interface Order {
  target: string;
  parameters: ParametersInput;
  probes: string[];
}

export interface Outcome {
  target: string;
  state: "running" | "complete" | "incomplete";
  /** Probes that have not delivered yet, and that will not any more. */
  waiting: string[];
  missing: string[];
  traces: Trace[];
  /** Of those waited for, as far as they are. */
  partial?: Trace[];
}

/** The id under which the result will be found. */
export async function orderTrace({ target, parameters, probes }: Order): Promise<string> {
  const body = { once: true, target, parameters, probes };
  return (await request<{ id: string }>("POST", "/api/v1/measurements", { body })).data.id;
}

/** How it stands; of an order that the master has forgotten (it restarted), the traces. */
export async function getOutcome(id: string, abort?: AbortSignal): Promise<Outcome> {
  try {
    const { target, once } = await get<{ target: string; once?: Outcome }>(`/api/v1/measurements/${encodeURIComponent(id)}`, {}, abort);
    if (once) return { ...once, target };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  }
  const traces = await getTraces({ measurement: id, limit: 100 }, abort);
  return { target: traces[0]?.target.host ?? "", state: "complete", waiting: [], missing: [], traces };
}
