// Changes of what is measured, and by whom. Only what did not come from a file can be changed.
import { request } from "./client";
import type { Measurement, ParametersInput, Probe, Typed } from "./types";

export interface ProbeInput {
  name: string;
  tags: string[];
  description?: string;
}

/** With `mesh`, a tag, instead of a target and probes: those with the tag measure each other. */
export interface MeasurementInput {
  name: string;
  target?: string;
  mesh?: string;
  parameters: ParametersInput;
  interval_s: Typed;
  probes?: string[];
  probe_tags?: string[];
  tags: string[];
}

const probePath = (name: string): string => `/api/v1/probes/${encodeURIComponent(name)}`;
const measurementPath = (id: string): string => `/api/v1/measurements/${encodeURIComponent(id)}`;

/** The answer has the secret, this once. */
export const addProbe = async (body: ProbeInput) => (await request<Probe>("POST", "/api/v1/probes", { body })).data;

export const readProbe = (name: string) => request<Probe>("GET", probePath(name));

/** `null` takes a member away. */
export const changeProbe = (name: string, body: { tags: string[]; description: string | null }, ifMatch: string) =>
  request<Probe>("PATCH", probePath(name), { body, ifMatch });

/** Nobody else's change in between is lost: the tag of what is removed goes with the request. */
export async function removeProbe(name: string): Promise<void> {
  const { etag } = await readProbe(name);
  await request("DELETE", probePath(name), { ifMatch: etag });
}

export const addMeasurement = async (body: MeasurementInput) =>
  (await request<Measurement>("POST", "/api/v1/measurements", { body })).data;

export const readMeasurement = (id: string) => request<Measurement>("GET", measurementPath(id));

/** What the form does not show stays as it is; a port that was taken out goes. */
export const changeMeasurement = (id: string, input: MeasurementInput, ifMatch: string) => {
  const body = { ...input, parameters: { port: null, ...input.parameters } };
  return request<Measurement>("PATCH", measurementPath(id), { body, ifMatch });
};

export async function removeMeasurement(id: string): Promise<void> {
  const { etag } = await readMeasurement(id);
  await request("DELETE", measurementPath(id), { ifMatch: etag });
}
