// Every view has an address: "#/paths?measurement=Shop&probe=berlin".
import { signal } from "@preact/signals";

/** All measurements at once, of a page that can show them. */
export const everything = "all";

export interface Route {
  page: string;
  parameters: Record<string, string>;
}

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  return { page: path || "now", parameters: Object.fromEntries(new URLSearchParams(query)) };
}

export const route = signal<Route>(read());
window.addEventListener("hashchange", () => {
  route.value = read();
});

/** Parameters that are absent or empty do not appear. */
export function href(page: string, parameters: Record<string, string | undefined> = {}): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => !!entry[1]);
  const query = new URLSearchParams(given).toString();
  return `#/${page}${query ? `?${query}` : ""}`;
}

/** What a change of the page keeps: the cursor, and between views of paths what they are of. */
export function kept(page: string): Record<string, string | undefined> {
  const { at, b, measurement, probe } = route.value.parameters;
  if (page === "now" || page === "events") return { at, b };
  if (page !== "paths" && page !== "time") return {};
  if (!["paths", "time"].includes(route.value.page)) return { at, b };
  return { at, b, probe, measurement: page === "time" && measurement === everything ? undefined : measurement };
}

export function go(page: string, parameters: Record<string, string | undefined> = {}): void {
  location.hash = href(page, parameters);
}

/** The same page with some parameters changed. `replace`: no step back in the browser's history. */
export function change(parameters: Record<string, string | undefined>, replace = false): void {
  const { page, parameters: old } = route.value;
  const target = href(page, { ...old, ...parameters });
  if (target === location.hash) return;
  if (!replace) {
    location.hash = target;
    return;
  }
  history.replaceState(null, "", target);
  route.value = read();
}
