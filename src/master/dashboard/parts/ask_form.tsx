// A form that sends itself; what the master finds wrong stands beside the field it names.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../api/client";
import type { Method, ParametersInput, Typed } from "../api/types";
import { Problem } from "./problem";

/** "parameters.flows" and "probes[0]" belong to the fields "flows" and "probes". */
const fieldOf = (path: string): string => path.replace(/\[.*$/, "").split(".").pop() ?? "";

export type Faults = Record<string, string>;

/** A number where it is one. */
export function typed(fields: FormData, name: string): Typed {
  const text = String(fields.get(name) ?? "").trim();
  return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
}

/** What was left empty is absent. */
export function parametersOf(fields: FormData): ParametersInput {
  const given = (["port", "flows", "attempts"] as const).map((name) => [name, typed(fields, name)] as const);
  return { method: fields.get("method") as Method, ...Object.fromEntries(given.filter(([, value]) => value !== "")) };
}

const textOf = (fields: FormData): string => JSON.stringify([...fields]);

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
      if (textOf(new FormData(form)) === textOf(fields)) form.reset(); // what was typed meanwhile is kept
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
