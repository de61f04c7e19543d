import { cloneElement, type VNode } from "preact";

/** A labelled field, and what is wrong with it beside it. The control inside has the id `name`. */
export function Field({ label, name, fault, children }: {
  label: string;
  name: string;
  fault: string | undefined;
  children: VNode;
}) {
  const id = `${name}-fault`;
  const told = fault ? { "aria-invalid": "true", "aria-describedby": id } : {};
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {cloneElement(children, told)}
      {fault && <span class="field-problem" role="alert" id={id}>{fault}</span>}
    </div>
  );
}
