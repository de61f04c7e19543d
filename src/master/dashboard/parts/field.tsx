import type { ComponentChildren } from "preact";

/** A labelled field, and what is wrong with it beside it. The control inside has the id `name`. */
export function Field({ label, name, fault, children }: {
  label: string;
  name: string;
  fault: string | undefined;
  children: ComponentChildren;
}) {
  return (
    <label for={name}>
      {label}
      {children}
      {fault && <span class="field-problem" role="alert" id={`${name}-fault`}>{fault}</span>}
    </label>
  );
}
