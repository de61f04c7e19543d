// What is measured: the list, and a form to add to it or to change it.
import { addMeasurement, changeMeasurement, type MeasurementInput, readMeasurement, removeMeasurement } from "../api/catalog";
import { pulse } from "../api/live";
import type { Measurement } from "../api/types";
import { count } from "../model/text";
import { href } from "../router";
import { mayOperate } from "../state";
import { AskForm, type Faults, parametersOf, typed } from "./ask_form";
import { OriginText, PressButton, RemoveButton, Told, useEdits, words } from "./catalog";
import { Field } from "./field";

interface Editing {
  measurement: Measurement;
  etag: string;
}

function inputOf(fields: FormData): MeasurementInput {
  const mesh = String(fields.get("mesh") ?? "").trim();
  const of = mesh ? { mesh } : {
    target: String(fields.get("target")).trim(), probes: words(fields.get("probes")), probe_tags: words(fields.get("probe_tags")),
  };
  return {
    name: String(fields.get("name")).trim(),
    ...of,
    parameters: parametersOf(fields),
    interval_s: typed(fields, "interval_s"),
    tags: words(fields.get("tags")),
  };
}

function Fields({ faults, old }: { faults: Faults; old: Measurement | undefined }) {
  const given = old?.parameters;
  return (
    <div class="controls">
      <Field label="Name" name="m-name" fault={faults.name}><input id="m-name" name="name" defaultValue={old?.name ?? ""} autocomplete="off" /></Field>
      <Field label="Target" name="m-target" fault={faults.target}><input id="m-target" name="target" size={26} defaultValue={old?.target ?? ""} autocomplete="off" spellcheck={false} /></Field>
      <Field label="Method" name="m-method" fault={faults.method}>
        <select id="m-method" name="method">
          {["udp", "tcp", "icmp"].map((each) => <option key={each} value={each} selected={each === given?.method}>{each.toUpperCase()}</option>)}
        </select>
      </Field>
      <Field label="Port" name="m-port" fault={faults.port}><input id="m-port" name="port" size={6} inputMode="numeric" defaultValue={given?.port ?? ""} placeholder="usual" /></Field>
      <Field label="Flows, or auto" name="m-flows" fault={faults.flows}><input id="m-flows" name="flows" size={4} autocomplete="off" defaultValue={given?.flows ?? 8} /></Field>
      <Field label="Packets per hop" name="m-attempts" fault={faults.attempts}><input id="m-attempts" name="attempts" size={4} inputMode="numeric" defaultValue={given?.attempts ?? 3} /></Field>
      <Field label="Every … seconds" name="m-interval" fault={faults.interval_s}><input id="m-interval" name="interval_s" size={6} inputMode="numeric" defaultValue={old?.interval_s ?? 60} /></Field>
      <Field label="Probes, with commas (empty: all)" name="m-probes" fault={faults.probes}><input id="m-probes" name="probes" size={26} defaultValue={old?.probes.join(", ") ?? ""} autocomplete="off" /></Field>
      <Field label="Or those with a tag of" name="m-probe-tags" fault={faults.probe_tags}><input id="m-probe-tags" name="probe_tags" defaultValue={old?.probe_tags?.join(", ") ?? ""} autocomplete="off" /></Field>
      {!old && <Field label="Instead of all that: a mesh of probes with the tag" name="m-mesh" fault={faults.mesh}><input id="m-mesh" name="mesh" autocomplete="off" /></Field>}
      <Field label="Tags, with commas" name="m-tags" fault={faults.tags}><input id="m-tags" name="tags" defaultValue={old?.tags.join(", ") ?? ""} autocomplete="off" /></Field>
    </div>
  );
}

function MeasurementForm({ old, send }: { old?: Measurement; send: (input: MeasurementInput) => Promise<string> }) {
  return (
    <AskForm action={old ? "Save" : "Add"} send={(fields) => send(inputOf(fields))}>
      {(faults) => <Fields faults={faults} old={old} />}
    </AskForm>
  );
}

function Unknown({ probes }: { probes: string[] }) {
  return probes.length > 0 ? <p class="remark">Probes that are not there: {probes.join(", ")}</p> : null;
}

function Row({ each, editable, onEdit }: { each: Measurement; editable: boolean; onEdit: () => Promise<void> }) {
  const { method, port, flows, attempts } = each.parameters;
  return (
    <tr>
      <td><a href={href("paths", { measurement: each.id })}>{each.name}</a><Unknown probes={each.unknown_probes ?? []} /></td>
      <td class="address">{each.mesh ? `all with tag ${each.mesh}, each other` : each.target}</td>
      <td class="wide">{method}{port ? ` to port ${port}` : ""}, {flows === "auto" ? "as many flows as it takes" : count(flows, "flow")}, {count(attempts, "packet")} each</td>
      <td class="number wide">{each.interval_s} s</td>
      <td class="wide">{[...each.probes, ...(each.probe_tags ?? []).map((tag) => `tag ${tag}`)].join(", ") || "every probe"}</td>
      <td>{editable && each.origin === "api" ? (
        <>
          {!each.mesh && <PressButton label="Change" what={`Change measurement ${each.name}`} press={onEdit} />}{" "}
          <RemoveButton what={`measurement ${each.name}`} remove={() => removeMeasurement(each.id)} />
        </>
      ) : <OriginText origin={each.origin} />}</td>
    </tr>
  );
}

export function MeasurementCatalog({ measurements }: { measurements: Measurement[] }) {
  const { editing, edit, leave, save, told } = useEdits<Editing>();
  const read = async (id: string): Promise<Editing> => {
    const { data, etag } = await readMeasurement(id);
    return { measurement: data, etag };
  };
  const send = (one: Editing | null) => (input: MeasurementInput): Promise<string> => save(one, input.name, async () => {
    if (one) await changeMeasurement(one.measurement.id, input, one.etag);
    else await addMeasurement(input);
    pulse.value += 1;
  });
  return (
    <section aria-label="Measurements">
      <h2>Measurements</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of measurements">
        <table class="plain">
          <thead><tr><th>Name</th><th>Target</th><th class="wide">How</th><th class="number wide">Every</th><th class="wide">By</th><th>From</th></tr></thead>
          <tbody>
            {measurements.length === 0 && <tr><td colSpan={6} class="none">None yet.</td></tr>}
            {measurements.map((each) => <Row key={each.id} each={each} editable={mayOperate()} onEdit={() => edit(() => read(each.id))} />)}
          </tbody>
        </table>
      </div>
      <Told told={told} />
      {mayOperate() && (editing ? (
        <div class="card">
          <h3>Change {editing.measurement.name}</h3>
          <MeasurementForm key={editing.measurement.id} old={editing.measurement} send={send(editing)} />
          <button onClick={() => leave(editing)}>Leave it as it is</button>
        </div>
      ) : (
        <details class="card"><summary>Add a measurement</summary><MeasurementForm send={send(null)} /></details>
      ))}
    </section>
  );
}
