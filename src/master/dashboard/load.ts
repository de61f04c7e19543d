// Data that a part of the page waits for.
import { useEffect, useState } from "preact/hooks";
import { pulse } from "./api/live";

export interface Loaded<T> {
  data: T | undefined;
  error: Error | undefined;
}

/** Loads when a dependency changes, and whenever there may be something new; `every`: only every so
 * many times, 0: never. What was there before stays until the new is there. */
export function useLoaded<T>(
  load: (abort: AbortSignal) => Promise<T>,
  dependencies: unknown[],
  every: number | boolean = 1,
): Loaded<T> {
  const [state, setState] = useState<Loaded<T>>({ data: undefined, error: undefined });
  const beat = every ? Math.floor(pulse.value / Number(every)) : 0;
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
