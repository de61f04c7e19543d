import type { ComponentChildren } from "preact";
import type { Loaded } from "../load";
import { Problem } from "./problem";

/** What shows the answer to a question: paler while that is the answer to another one, below what went wrong since.
 * `title`: the heading of a page that has none without an answer. */
export function Answer<T>({ to: { data, error, stale }, what, title, children }: {
  to: Loaded<T>;
  what: string;
  title?: string;
  children: (data: T) => ComponentChildren;
}) {
  return (
    <>
      {title && error && data === undefined && <h1>{title}</h1>}
      <Problem error={error} what={what} />
      {data !== undefined ? <div class={stale ? "loaded stale" : "loaded"} aria-busy={stale}>{children(data)}</div>
        : !error && <p class="pale">Loading…</p>}
    </>
  );
}
