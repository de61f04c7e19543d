// A long list page by page, the newest first.
import { useState } from "preact/hooks";

export interface Pager {
  /** Of the page that is shown; of the first: none. */
  cursor: string | undefined;
  isFirst: boolean;
  newer: () => void;
  older: (next: string) => void;
}

/** `list`: what it is the list of; another one begins with its first page. */
export function usePager(list = ""): Pager {
  const [state, setState] = useState<{ list: string; cursors: string[] }>({ list, cursors: [] });
  const cursors = state.list === list ? state.cursors : [];
  return {
    cursor: cursors.at(-1),
    isFirst: cursors.length === 0,
    newer: () => setState({ list, cursors: cursors.slice(0, -1) }),
    older: (next) => {
      // While a page loads, the one before is shown, and with it where it goes on.
      if (cursors.at(-1) !== next) setState({ list, cursors: [...cursors, next] });
    },
  };
}

/** `next`: of the page that is shown. */
export function PageButtons({ pager, next }: { pager: Pager; next: string | undefined }) {
  if (pager.isFirst && !next) return null;
  return (
    <p class="controls">
      {!pager.isFirst && <button onClick={pager.newer}>Newer</button>}
      {next && <button onClick={() => pager.older(next)}>Older</button>}
    </p>
  );
}
