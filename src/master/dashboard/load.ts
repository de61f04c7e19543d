// Data that a part of the page waits for.
import { useEffect, useState } from "preact/hooks";
import { pulse } from "./api/live";

export interface Loaded<T> {
  data: T | undefined;
  error: Error | undefined;
}

/** Loads when a dependency changes, and with `live` whenever there may be something new. What was
 * there before stays until the new is there. */
export function useLoaded<T>(
  load: (abort: AbortSignal) => Promise<T>,
  dependencies: unknown[],
  live = true,
): Loaded<T> {
  const [state, setState] = useState<Loaded<T>>({ data: undefined, error: undefined });
  const beat = live ? pulse.value : 0;
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (data) => abort.signal.aborted || setState({ data, error: undefined }),
      (error: Error) =>
        abort.signal.aborted || setState((before) => ({ data: before.data, error })),
    );
    return () => abort.abort();
  }, [...dependencies, beat]);
  return state;
}
