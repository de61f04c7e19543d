// One place that speaks HTTP to the master.
import { signal } from "@preact/signals";

/** An answer that is not the one we asked for, as problem+json tells it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly path: string,
  ) {
    super(detail ? `${title}: ${detail}` : title);
  }

  /** This master does not know the route: it is older, or the part is not there. */
  get missing(): boolean {
    return this.status === 404 && this.detail.startsWith("there is nothing at");
  }
}

/** Set when the master wants to know who asks. */
export const loginNeeded = signal(false);
/** Sent with every change, so that other sites cannot make one in our name. */
let csrfToken = "";

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

export type Query = Record<string, string | number | undefined>;

export interface Options {
  query?: Query;
  body?: unknown;
  ifMatch?: string;
  signal?: AbortSignal;
}

export interface Answered<T> {
  data: T;
  status: number;
  etag: string;
  location: string;
}

/** Where a GET finds its answer. */
export function address(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry) => entry[1] !== undefined && entry[1] !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

async function failure(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string) => (typeof problem[name] === "string" ? problem[name] : "");
  return new ApiError(
    response.status,
    text("title") || response.statusText || `Status ${response.status}`,
    text("detail"),
    text("path"),
  );
}

export async function request<T>(
  method: string,
  path: string,
  { query = {}, body, ifMatch, signal: abort }: Options = {},
): Promise<Answered<T>> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && csrfToken) headers["X-CSRF-Token"] = csrfToken;
  if (ifMatch) headers["If-Match"] = ifMatch;
  const response = await fetch(address(path, query), {
    method,
    headers,
    credentials: "same-origin",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(abort ? { signal: abort } : {}),
  });
  // Where a password is asked for, 401 means that it is wrong.
  if (response.status === 401 && !path.startsWith("/api/v1/session")) loginNeeded.value = true;
  if (!response.ok) throw await failure(response);
  const data = response.status === 204 ? undefined : await response.json();
  return {
    data: data as T,
    status: response.status,
    etag: response.headers.get("ETag") ?? "",
    location: response.headers.get("Location") ?? "",
  };
}

export async function get<T>(path: string, query: Query = {}, abort?: AbortSignal): Promise<T> {
  return (await request<T>("GET", path, abort ? { query, signal: abort } : { query })).data;
}
