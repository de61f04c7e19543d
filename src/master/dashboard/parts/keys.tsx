// One key for each page, "?" for this list.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { go, kept } from "../router";

interface Target {
  id: string;
  title: string;
  key: string;
}

const shown = signal(false);

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, select, textarea") !== null;
}

export function useKeys(pages: Target[]): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const page = pages.find((each) => each.key === event.key);
      if (event.key === "?") shown.value = !shown.value;
      else if (page) go(page.id, kept(page.id));
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

export function Keys({ pages }: { pages: Target[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (shown.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [shown.value]);
  return (
    <dialog ref={dialog} aria-label="Keys" onClose={() => (shown.value = false)}>
      <h2>Keys</h2>
      <dl class="keys">
        {pages.map((page) => <div key={page.id}><dt><kbd>{page.key}</kbd></dt><dd>{page.title}</dd></div>)}
        <div><dt><kbd>←</kbd> <kbd>→</kbd></dt><dd>on a chart: the round before, after</dd></div>
        <div><dt><kbd>?</kbd></dt><dd>this list</dd></div>
      </dl>
      <form method="dialog"><button>Close</button></form>
    </dialog>
  );
}
