// A trace on demand: ordered by POST, its result has an address of its own.
import { request } from "./client";
import type { ProbingParameters } from "./types";

export interface Order {
  target: string;
  parameters: Partial<ProbingParameters>;
  probes: string[];
}

/** The id under which the traces will be found. */
export async function orderTrace({ target, parameters, probes }: Order): Promise<string> {
  const body = { once: true, target, parameters, probes };
  const { data, location } = await request<{ id?: string }>("POST", "/api/v1/measurements", { body });
  return data?.id ?? location.split("/").pop() ?? "";
}
