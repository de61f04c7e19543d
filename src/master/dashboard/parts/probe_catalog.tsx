// Who measures: the list, how to start another one, its change and its removal.
import { useState } from "preact/hooks";
import { addProbe, changeProbe, readProbe, removeProbe } from "../api/catalog";
import { pulse } from "../api/live";
import type { Probe } from "../api/types";
import { ago } from "../model/text";
import { href } from "../router";
import { mayOperate } from "../state";
import { AskForm, type Faults } from "./ask_form";
import { Field } from "./field";
import { type Edits, OriginText, PressButton, RemoveButton, Told, useEdits, words } from "./catalog";

interface Editing {
  probe: Probe;
  etag: string;
}

/** What is to be typed on the other host. The secret stands apart: a command line is seen by all, and kept. */
function CommandLine({ name, secret }: { name: string; secret?: string | undefined }) {
  const file = "dtrace-password";
  const start = `sudo dtrace-node probe --master ${location.origin} --name '${name}' --passwd-file ${file}`;
  const write = `(umask 077; cat > ${file})   # paste the password, then Enter and Ctrl-D`;
  return (
    <>
      {secret && <pre tabIndex={0} aria-label={`Password of ${name}`}><code>{secret}</code></pre>}
      <pre tabIndex={0} aria-label={`How to start ${name}`}><code>{secret ? `${write}\n${start}` : start}</code></pre>
    </>
  );
}

function Fields({ faults, old }: { faults: Faults; old?: Probe | undefined }) {
  const id = old ? "change-probe" : "probe";
  return (
    <div class="controls">
      {!old && <Field label="Name" name="probe-name" fault={faults.name}><input id="probe-name" name="name" autocomplete="off" /></Field>}
      <Field label="Tags, with commas" name={`${id}-tags`} fault={faults.tags}>
        <input id={`${id}-tags`} name="tags" autocomplete="off" defaultValue={old?.tags.join(", ") ?? ""} /></Field>
      <Field label="Description" name={`${id}-description`} fault={faults.description}>
        <input id={`${id}-description`} name="description" size={30} autocomplete="off" defaultValue={old?.description ?? ""} /></Field>
    </div>
  );
}

function AddProbe() {
  const [made, setMade] = useState<Probe | null>(null);
  const send = async (fields: FormData): Promise<string> => {
    const description = String(fields.get("description")).trim();
    const added = await addProbe({
      name: String(fields.get("name")).trim(), tags: words(fields.get("tags")), ...(description ? { description } : {}),
    });
    setMade(added);
    pulse.value += 1;
    return `${added.name} is added.`;
  };
  return (
    <details class="card">
      <summary>Add a probe</summary>
      <AskForm action="Add" send={send}>{(faults) => <Fields faults={faults} />}</AskForm>
      {made?.secret && (
        <>
          <p>Its password, shown this once, goes into a file on the other host; then start there:</p>
          <CommandLine name={made.name} secret={made.secret} />
        </>
      )}
    </details>
  );
}

function ChangeProbe({ editing, onSave, onLeave }: { editing: Editing; onSave: Edits<Editing>["save"]; onLeave: () => void }) {
  const { probe, etag } = editing;
  const send = (fields: FormData): Promise<string> => onSave(editing, probe.name, async () => {
    const description = String(fields.get("description")).trim();
    await changeProbe(probe.name, { tags: words(fields.get("tags")), description: description || null }, etag);
    pulse.value += 1;
  });
  return (
    <div class="card">
      <h3>Change {probe.name}</h3>
      <AskForm action="Save" send={send}>{(faults) => <Fields faults={faults} old={probe} />}</AskForm>
      <p>To start it, with its password in a file:</p>
      <CommandLine name={probe.name} />
      <button onClick={onLeave}>Leave it as it is</button>
    </div>
  );
}

function Row({ probe, editable, onEdit }: { probe: Probe; editable: boolean; onEdit: () => Promise<void> }) {
  return (
    <tr>
      <td>{probe.name} {probe.description && <span class="remark">{probe.description}</span>}</td>
      <td>{probe.online ? "online" : <span class="field-problem">offline</span>}{" "}
        <span class="pale">{probe.last_seen ? `seen ${ago(probe.last_seen)}` : "not seen yet"}</span></td>
      <td class="wide">{probe.tags.join(", ")}</td>
      <td class="address wide">{probe.address}</td>
      <td class="number wide">{probe.traces_since_start}</td>
      <td class="wide">{probe.version}</td>
      <td>{editable && probe.origin === "api" ? (
        <>
          <PressButton label="Change" what={`Change probe ${probe.name}`} press={onEdit} />{" "}
          <RemoveButton what={`probe ${probe.name}`} remove={() => removeProbe(probe.name)} />
        </>
      ) : <OriginText origin={probe.origin} />}</td>
    </tr>
  );
}

export const NoProbe = () => <p>There is no probe yet. <a href={href("configuration")}>How to start one</a>.</p>;

export function ProbeCatalog({ probes }: { probes: Probe[] }) {
  const { editing, edit, leave, save, told } = useEdits<Editing>();
  const read = async (name: string): Promise<Editing> => {
    const { data, etag } = await readProbe(name);
    return { probe: data, etag };
  };
  return (
    <section aria-label="Probes">
      <h2>Probes</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of probes">
        <table class="plain">
          <thead><tr><th>Name</th><th>State</th><th class="wide">Tags</th><th class="wide">Address</th><th class="number wide">Traces</th><th class="wide">Version</th><th>From</th></tr></thead>
          <tbody>
            {probes.length === 0 && <tr><td colSpan={7} class="none">None yet.</td></tr>}
            {probes.map((probe) => <Row key={probe.name} probe={probe} editable={mayOperate()} onEdit={() => edit(() => read(probe.name))} />)}
          </tbody>
        </table>
      </div>
      <Told told={told} />
      {editing && <ChangeProbe key={editing.probe.name} editing={editing} onSave={save} onLeave={() => leave(editing)} />}
      {mayOperate() ? <AddProbe /> : (
        <>
          <h3>A new probe</h3>
          <p>An operator adds it here, or to the probes file. Then, on the other host, with its password in a file:</p>
          <CommandLine name="NAME" />
        </>
      )}
    </section>
  );
}
