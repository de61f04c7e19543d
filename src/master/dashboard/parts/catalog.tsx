// What the lists of probes and measurements share.
import { useRef, useState } from "preact/hooks";
import { pulse } from "../api/live";
import type { Origin } from "../api/types";

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

export function RemoveButton({ what, remove }: { what: string; remove: () => Promise<unknown> }) {
  return (
    <PressButton label="Remove" what={`Remove ${what}`} ask={`Remove ${what}? What it measured stays.`}
      press={async () => {
        await remove();
        pulse.value += 1;
      }} />
  );
}
