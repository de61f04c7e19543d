// Who measures: the list, how to start another one, and its removal.
import { useState } from "preact/hooks";
import { addProbe, removeProbe } from "../api/catalog";
import { pulse } from "../api/live";
import type { Probe } from "../api/types";
import { ago } from "../model/text";
import { mayOperate } from "../state";
import { AskForm } from "./ask_form";
import { Field } from "./field";
import { OriginText, RemoveButton, words } from "./catalog";

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
      <AskForm action="Add" send={send}>
        {(faults) => (
          <div class="controls">
            <Field label="Name" name="probe-name" fault={faults.name}><input id="probe-name" name="name" autocomplete="off" /></Field>
            <Field label="Tags, with commas" name="probe-tags" fault={faults.tags}><input id="probe-tags" name="tags" autocomplete="off" /></Field>
            <Field label="Description" name="probe-description" fault={faults.description}><input id="probe-description" name="description" size={30} autocomplete="off" /></Field>
          </div>
        )}
      </AskForm>
      {made?.secret && (
        <>
          <p>Its password, shown this once, goes into a file on the other host; then start there:</p>
          <pre tabIndex={0}><code>{`printf '%s\\n' '${made.secret}' > dtrace-password && chmod 600 dtrace-password
sudo dtrace-node probe --master ${location.origin} --name '${made.name}' --passwd-file dtrace-password`}</code></pre>
        </>
      )}
    </details>
  );
}

export function ProbeCatalog({ probes }: { probes: Probe[] }) {
  const editable = probes.some((probe) => probe.origin !== undefined) && mayOperate();
  return (
    <section aria-label="Probes">
      <h2>Probes</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of probes">
        <table class="plain">
          <thead><tr><th>Name</th><th>State</th><th class="wide">Tags</th><th class="wide">Address</th><th class="number wide">Traces</th><th class="wide">Version</th><th>From</th></tr></thead>
          <tbody>
            {probes.map((probe) => (
              <tr key={probe.name}>
                <td>{probe.name} {probe.description && <span class="remark">{probe.description}</span>}</td>
                <td>{probe.online ? "online" : <span class="field-problem">offline</span>}{" "}
                  <span class="pale">{probe.last_seen ? `seen ${ago(probe.last_seen)}` : "not seen yet"}</span></td>
                <td class="wide">{probe.tags.join(", ")}</td>
                <td class="address wide">{probe.address}</td>
                <td class="number wide">{probe.traces_since_start}</td>
                <td class="wide">{probe.version}</td>
                <td>{editable && probe.origin === "api"
                  ? <RemoveButton what={`probe ${probe.name}`} remove={() => removeProbe(probe.name)} />
                  : <OriginText origin={probe.origin} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {mayOperate() ? <AddProbe /> : (
        <>
          <h3>A new probe</h3>
          <p>An operator adds it here, or to the probes file. Then, on the other host, with its password in a file:</p>
          <pre tabIndex={0}><code>sudo dtrace-node probe --master {location.origin} --name NAME --passwd-file FILE</code></pre>
        </>
      )}
    </section>
  );
}
