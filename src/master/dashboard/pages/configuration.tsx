// Who measures, and what; what comes from files is shown as such.
import { getMeasurements, getProbes, getStatus } from "../api/resources";
import type { Measurement, Probe, Status } from "../api/types";
import { useLoaded } from "../load";
import { ago, count, instant } from "../model/text";
import { Tokens, Users } from "../parts/accounts";
import { Problem } from "../parts/problem";
import { href } from "../router";
import { mayAdminister, session } from "../state";

function Probes({ probes }: { probes: Probe[] }) {
  return (
    <section aria-label="Probes">
      <h2>Probes</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of probes">
        <table class="plain">
          <thead><tr><th>Name</th><th>State</th><th class="wide">Tags</th><th class="wide">Address</th><th class="number wide">Traces</th><th class="wide">Version</th></tr></thead>
          <tbody>
            {probes.map((probe) => (
              <tr key={probe.name}>
                <td>{probe.name}</td>
                <td>{probe.online ? "online" : <span class="field-problem">offline</span>}{" "}
                  <span class="pale">{probe.last_seen ? `seen ${ago(probe.last_seen)}` : "not seen yet"}</span></td>
                <td class="wide">{probe.tags.join(", ")}</td>
                <td class="address wide">{probe.address}</td>
                <td class="number wide">{probe.traces_since_start}</td>
                <td class="wide">{probe.version}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3>A new probe</h3>
      <p>Name it and its password in the probes file, put the password into a file on the other host, and start there:</p>
      <pre tabIndex={0}><code>sudo dtrace-node probe --master {location.origin} --name NAME --passwd-file FILE</code></pre>
    </section>
  );
}

function Measurements({ measurements }: { measurements: Measurement[] }) {
  return (
    <section aria-label="Measurements">
      <h2>Measurements</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of measurements">
        <table class="plain">
          <thead><tr><th>Name</th><th>Target</th><th>How</th><th class="number">Every</th><th class="wide">By</th></tr></thead>
          <tbody>
            {measurements.map((each) => (
              <tr key={each.id}>
                <td><a href={href("paths", { measurement: each.id })}>{each.name}</a></td>
                <td class="address">{each.target}</td>
                <td>{each.parameters.method}{each.parameters.port ? ` to port ${each.parameters.port}` : ""}, {count(each.parameters.flows, "flow")}, {count(each.parameters.attempts, "packet")} each</td>
                <td class="number">{each.interval_s} s</td>
                <td class="wide">{each.probes.length ? each.probes.join(", ") : "every probe"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Files({ status }: { status: Status }) {
  return (
    <section aria-label="Files">
      <h2>Files</h2>
      <p class="remark">What stands in a file is changed there; the master notices.</p>
      {status.config_files.map((file) => (
        <article class="card" key={file.file}>
          <h3><code>{file.file}</code></h3>
          <p>{file.state === "loaded" ? `In force since ${file.loaded_at ? instant(file.loaded_at) : "the start"}`
            : file.state === "absent" ? "Not there" : "Refused; what was loaded before stays in force"}, {count(file.entries, "entry", "entries")}.</p>
          {file.fault && <p class="problem" role="alert">{file.fault.path}: {file.fault.reason}</p>}
        </article>
      ))}
    </section>
  );
}

export function Configuration() {
  const probes = useLoaded(getProbes, []);
  const measurements = useLoaded(getMeasurements, []);
  const status = useLoaded(getStatus, []);
  const error = probes.error ?? measurements.error ?? status.error;
  return (
    <>
      <h1>Configuration</h1>
      <Problem error={error} what="the configuration" />
      {measurements.data && <Measurements measurements={measurements.data} />}
      {probes.data && <Probes probes={probes.data} />}
      {status.data && <Files status={status.data} />}
      {session.value?.user && <Tokens />}
      {mayAdminister() && <Users />}
      {!session.value?.user && <p class="pale"><a href={href("login")}>Log in</a> to make tokens and to manage users.</p>}
    </>
  );
}
