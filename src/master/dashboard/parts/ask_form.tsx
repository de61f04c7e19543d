// A form that sends itself; what the master finds wrong stands beside the field it names.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { Problem } from "./problem";

/** "parameters.flows" and "probes[0]" belong to the fields "flows" and "probes". */
export const fieldOf = (path: string): string => path.replace(/\[.*$/, "").split(".").pop() ?? "";

export type Faults = Record<string, string>;

export function AskForm({ action, children, send, look }: {
  action: string;
  children: (faults: Faults) => ComponentChildren;
  /** What can be told to be wrong before the master is asked. */
  look?: (fields: FormData) => Faults;
  /** What came of it, to be shown. */
  send: (fields: FormData) => Promise<string>;
}) {
  const [faults, setFaults] = useState<Faults>({});
  const [told, setTold] = useState("");
  const [failed, setFailed] = useState<Error | undefined>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    const found = look?.(fields) ?? {};
    setFaults(found);
    setFailed(undefined);
    setTold("");
    if (Object.keys(found).length) return;
    setBusy(true);
    try {
      setTold(await send(fields));
      form.reset();
    } catch (error) {
      if (error instanceof ApiError && error.path) setFaults({ [fieldOf(error.path)]: error.detail });
      else setFailed(error as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      {children(faults)}
      <p><button class="main" disabled={busy}>{action}</button></p>
      {told && <p class="card" role="status">{told}</p>}
      <Problem error={failed} what="this" />
    </form>
  );
}
