// A trace on demand: ordered by POST, its result has an address of its own.
import { ApiError, get, request } from "./client";
import { getTracePage } from "./resources";
import type { ParametersInput, Trace } from "./types";

const poll_s = 30;
const pause_ms = 200;
const retry_ms = 2000;

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
  /** Traces that are left out; their probes are among the missing. */
  unreadable?: number;
  /** Traces of those waited for, as far as they are. */
  progress?: { changes: number; traces: Trace[] };
}

/** The id under which the result will be found. */
export async function orderTrace({ target, parameters, probes }: Order): Promise<string> {
  const body = { once: true, target, parameters, probes };
  return (await request<{ id: string }>("POST", "/api/v1/measurements", { body })).data.id;
}

/** How it stands; where `known` is given, as soon as that has changed. Of an order that the master has forgotten, the
 * traces. */
async function getOutcome(id: string, known: Outcome | undefined, abort: AbortSignal): Promise<Outcome> {
  const query = known ? { wait: poll_s, after: known.traces.length + (known.unreadable ?? 0), progress: known.progress?.changes } : { progress: 0 };
  try {
    const { target, once } = await get<{ target: string; once?: Outcome }>(`/api/v1/measurements/${encodeURIComponent(id)}`, query, abort);
    if (once) return { ...once, target };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  }
  const { traces, unreadable } = await getTracePage({ measurement: id, limit: 100 }, abort);
  return { target: traces[0]?.target.host ?? "", state: "complete", waiting: [], missing: [], traces, ...(unreadable ? { unreadable } : {}) };
}

/** Shows how it stands whenever that changes, until it is over. */
export async function followOutcome(
  id: string, abort: AbortSignal, show: (outcome: Outcome) => void, fail: (error: Error) => void,
): Promise<void> {
  let known: Outcome | undefined;
  while (!known || known.state === "running") {
    const next = await getOutcome(id, known, abort).catch((error: Error) => error);
    if (abort.aborted) return;
    if (next instanceof Error) fail(next);
    else show((known = next));
    await new Promise((resolve) => setTimeout(resolve, next instanceof Error ? retry_ms : pause_ms));
    if (abort.aborted) return;
  }
}
