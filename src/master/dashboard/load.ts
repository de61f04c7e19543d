// Data that a part of the page waits for.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "./api/client";
import { pulse } from "./api/live";
import { useNewest } from "./newest";

export interface Loaded<T> {
  /** undefined: there is no answer. */
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

/** A question that another try may answer: not what the master does not have, or refuses. */
const mayYetBeAnswered = (error: Error): boolean => !(error instanceof ApiError) || error.status >= 500 || error.status === 408 || error.status === 429;

const retryAfter = 2; // beats

/** Loads when a dependency changes, and whenever there may be something new; `every`: only every so
 * many times, 0: never. What failed is tried again as often, and also where it is asked only once: a try costs the master no
 * less than an answer. What was there before stays until the answer is there: stale until then, gone if the answer is none. */
export function useLoaded<T>(
  load: (abort: AbortSignal) => Promise<T>,
  dependencies: unknown[],
  every: number | boolean = 1,
): Loaded<T> {
  const [state, setState] = useState<{ data: T | undefined; error: Error | undefined; of: string }>({ data: undefined, error: undefined, of: "" });
  const question = JSON.stringify(dependencies);
  const isAnswered = state.of === question;
  const failed = isAnswered && state.error && mayYetBeAnswered(state.error);
  const pace = Number(every) || (failed ? retryAfter : 0);
  const beat = pace ? pulse.value : 0;
  const newest = useNewest(load);
  const heard = useRef(0);
  const again = useRef<() => Promise<void>>();
  useEffect(() => {
    const abort = new AbortController();
    heard.current = pulse.peek();
    again.current = oneAtATime(async () => {
      if (abort.signal.aborted) return;
      await newest.current(abort.signal).then(
        (data) => abort.signal.aborted || setState({ data, error: undefined, of: question }),
        (error: Error) =>
          abort.signal.aborted || setState(({ data, of }) => ({ data: of === question ? data : undefined, error, of: question })),
      );
    });
    void again.current();
    return () => abort.abort();
  }, dependencies);
  // A load may take longer than a beat: only another question ends it.
  useEffect(() => {
    if (!pace || beat - heard.current < pace) return;
    heard.current = beat;
    void again.current?.();
  }, [beat]);
  return { data: state.data, error: isAnswered ? state.error : undefined, stale: state.data !== undefined && !isAnswered };
}

/** Several questions as one, which is answered when all are. */
export const together = <T extends unknown[]>(...all: { [I in keyof T]: Loaded<T[I]> }): Loaded<T> => ({
  data: all.every(({ data }) => data !== undefined) ? (all.map(({ data }) => data) as T) : undefined,
  error: all.find(({ error }) => error)?.error,
  stale: all.some(({ stale }) => stale),
});
