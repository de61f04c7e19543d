// What the lists of probes and measurements share.
import { useState } from "preact/hooks";
import { pulse } from "../api/live";
import type { Origin } from "../api/types";

/** "eu, fast" as a list. */
export const words = (text: FormDataEntryValue | null): string[] =>
  String(text ?? "").split(",").map((word) => word.trim()).filter(Boolean);

export function OriginText({ origin }: { origin: Origin | undefined }) {
  if (!origin) return null;
  const text = { file: "a file, changed there", api: "this page", local: "this master's own" };
  return <span class="pale">{text[origin]}</span>;
}

export function RemoveButton({ what, remove }: { what: string; remove: () => Promise<unknown> }) {
  const [problem, setProblem] = useState("");
  const press = async (): Promise<void> => {
    if (!confirm(`Remove ${what}? What it measured stays.`)) return;
    try {
      await remove();
      pulse.value += 1;
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <>
      <button aria-label={`Remove ${what}`} onClick={() => void press()}>Remove</button>
      {problem && <span class="field-problem" role="alert">{problem}</span>}
    </>
  );
}
