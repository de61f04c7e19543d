// What the lists of probes and measurements share.
import { type MutableRef, useRef, useState } from "preact/hooks";
import { pulse } from "../api/live";
import type { Origin } from "../api/types";
import { useNewest } from "../newest";
import { Problem } from "./problem";

/** "eu, fast" as a list. */
export const words = (text: FormDataEntryValue | null): string[] =>
  String(text ?? "").split(",").map((word) => word.trim()).filter(Boolean);

/** Where it can be changed, if not here. */
export function OriginText({ origin }: { origin: Origin | undefined }) {
  if (!origin) return null;
  const text = { file: "read-only: a file", api: "this page", local: "read-only: this master's own" };
  return <span class="pale">{text[origin]}</span>;
}

/** Does one thing, after a question if there is one, and says what went wrong. */
export function PressButton({ label, what, ask, press }: { label: string; what: string; ask?: string; press: () => Promise<void> }) {
  const [problem, setProblem] = useState("");
  const busy = useRef(false); // a second press meanwhile is none; what is disabled would lose the focus
  const act = async (): Promise<void> => {
    if (busy.current || (ask && !confirm(ask))) return;
    busy.current = true;
    try {
      setProblem("");
      await press();
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      busy.current = false;
    }
  };
  return (
    <>
      <button aria-label={what} onClick={() => void act()}>{label}</button>
      {problem && <span class="field-problem" role="alert">{problem}</span>}
    </>
  );
}

export interface Edits<T> {
  /** Of which the form is shown; null: none. */
  editing: T | null;
  /** Reads what is to be changed and shows its form, unless another one was asked for meanwhile. */
  edit: (read: () => Promise<T> | T) => Promise<void>;
  /** Closes the form of this one, no other's. */
  leave: (one: T) => void;
  /** Sends the form of `one`, or of a new one (null). Where that form is gone by then, what went wrong is told here. */
  save: (one: T | null, what: string, send: () => Promise<unknown>) => Promise<string>;
  told: { what: string; isNew: boolean; error?: Error } | undefined;
}

/** The changes to a list: one form at a time, and what came of it, also when the form is gone. */
export function useEdits<T>(): Edits<T> {
  const [editing, setEditing] = useState<T | null>(null);
  const [told, setTold] = useState<Edits<T>["told"]>();
  const asked = useRef(0);
  const shown: Readonly<MutableRef<T | null>> = useNewest(editing);
  const leave = (one: T): void => setEditing((now) => (now === one ? null : now));
  return {
    editing, told, leave,
    edit: async (read) => {
      const mine = ++asked.current;
      const found = await read();
      if (mine !== asked.current) return;
      setTold(undefined);
      setEditing(found);
    },
    save: async (one, what, send) => {
      const isNew = one === null;
      try {
        await send();
      } catch (error) {
        if (shown.current !== one) setTold({ what, isNew, error: error as Error });
        throw error;
      }
      setTold({ what, isNew });
      if (one !== null) leave(one);
      return "";
    },
  };
}

/** What came of the last change. */
export function Told<T>({ told }: Pick<Edits<T>, "told">) {
  if (!told) return null;
  const { what, isNew, error } = told;
  if (error) return <Problem error={error} what={`the ${isNew ? "addition" : "change"} of ${what}`} />;
  return <p class="card" role="status">{what} is {isNew ? "added" : "changed"}.</p>;
}

export function RemoveButton({ what, remove }: { what: string; remove: () => Promise<unknown> }) {
  return (
    <PressButton label="Remove" what={`Remove ${what}`} ask={`Remove ${what}? What it measured stays.`}
      press={async () => {
        await remove();
        pulse.value += 1;
      }} />
  );
}
