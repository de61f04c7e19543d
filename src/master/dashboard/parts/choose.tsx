// Choices that live in the address of the page.
import type { Measurement, Probe } from "../api/types";
import { measured } from "../model/matrix";
import { change, route } from "../router";

/** An option may be asked for by its `name` too. `initial`: what holds while the address names nothing, where `none` is no choice. */
export function Choose({ name, label, options, none, initial = "" }: {
  name: string;
  label: string;
  options: { value: string; text: string; name?: string }[];
  none?: string;
  initial?: string | undefined;
}) {
  const asked = route.value.parameters[name] ?? initial;
  const value = options.find((each) => each.value === asked || each.name === asked)?.value ?? asked;
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => change({ [name]: event.currentTarget.value || undefined })}>
        {none !== undefined && <option value="">{none}</option>}
        {options.map((each) => (
          <option key={each.value} value={each.value} selected={each.value === value}>{each.text}</option>
        ))}
      </select>
    </label>
  );
}

export const measurementOptions = (all: Measurement[]) =>
  measured(all).map((each) => ({ value: each.id, text: `${each.name} (${each.target})`, name: each.name }));
export const probeOptions = (all: Probe[]) => all.map((each) => ({ value: each.name, text: each.name }));
