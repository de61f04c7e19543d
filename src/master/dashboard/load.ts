// Data that a part of the page waits for.
import { useEffect, useRef, useState } from "preact/hooks";
import { pulse } from "./api/live";
import { useNewest } from "./newest";

export interface Loaded<T> {
  data: T | undefined;
  error: Error | undefined;
  /** The data is of what was asked before. */
  stale: boolean;
}

/** Calls `once` when told to, never twice at a time: being told meanwhile means once more afterwards. */
function oneAtATime(once: () => Promise<void>): () => Promise<void> {
  let [busy, wanted] = [false, false];
  return async () => {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      wanted = false;
      await once();
    }
    busy = false;
  };
}

/** Loads when a dependency changes, and whenever there may be something new; `every`: only every so
 * many times, 0: never. What was there before stays until the new is there. */
export function useLoaded<T>(
  load: (abort: AbortSignal) => Promise<T>,
  dependencies: unknown[],
  every: number | boolean = 1,
): Loaded<T> {
  const [state, setState] = useState<{ data: T | undefined; error: Error | undefined; of: string }>({ data: undefined, error: undefined, of: "" });
  const question = JSON.stringify(dependencies);
  const beat = every ? Math.floor(pulse.value / Number(every)) : 0;
  const newest = useNewest(load);
  const heard = useRef(beat);
  const again = useRef<() => Promise<void>>();
  useEffect(() => {
    const abort = new AbortController();
    heard.current = beat;
    again.current = oneAtATime(async () => {
      if (abort.signal.aborted) return;
      await newest.current(abort.signal).then(
        (data) => abort.signal.aborted || setState({ data, error: undefined, of: question }),
        (error: Error) =>
          abort.signal.aborted || setState((before) => ({ ...before, error })),
      );
    });
    void again.current();
    return () => abort.abort();
  }, dependencies);
  // A load may take longer than a beat: only another question ends it.
  useEffect(() => {
    if (every && heard.current !== beat) void again.current?.();
    heard.current = beat;
  }, [beat]);
  return { data: state.data, error: state.error, stale: state.data !== undefined && state.error === undefined && state.of !== question };
}

/** For a part that shows what was loaded: paler while that is of another question. */
export const shownAs = ({ stale }: { stale: boolean }) => ({ class: stale ? "loaded stale" : "loaded", "aria-busy": stale });
