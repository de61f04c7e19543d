// Who measures, and what; what comes from files is shown as such.
import { getMeasurements, getProbes, getStatus } from "../api/resources";
import type { Status } from "../api/types";
import { useLoaded } from "../load";
import { count, instant } from "../model/text";
import { OwnPassword, Tokens, Users } from "../parts/accounts";
import { Answer } from "../parts/answer";
import { Audit } from "../parts/audit";
import { MeasurementCatalog } from "../parts/measurement_catalog";
import { ProbeCatalog } from "../parts/probe_catalog";
import { href } from "../router";
import { mayAdminister, session } from "../state";

function stateOf({ state, loaded_at, entries }: Status["config_files"][number]): string {
  if (state === "absent") return "Not there.";
  const held = count(entries, "entry", "entries");
  if (state === "loaded") return `In force since ${loaded_at ? instant(loaded_at) : "the start"}, ${held}.`;
  return `Refused; what was loaded before stays in force, ${held}.`;
}

function Files({ status }: { status: Status }) {
  return (
    <section aria-label="Files">
      <h2>Files</h2>
      <p class="remark">What stands in a file is changed there; the master notices.</p>
      {status.config_files.map((file) => (
        <article class="card" key={file.file}>
          <h3><code>{file.file}</code></h3>
          <p>{stateOf(file)}</p>
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
  return (
    <>
      <h1>Configuration</h1>
      <Answer to={measurements} what="measurements">{(measurements) => <MeasurementCatalog measurements={measurements} />}</Answer>
      <Answer to={probes} what="probes">{(probes) => <ProbeCatalog probes={probes} />}</Answer>
      <Answer to={status} what="files">{(status) => <Files status={status} />}</Answer>
      {session.value?.user && <Tokens />}
      {session.value?.csrf_token && <OwnPassword />}
      {mayAdminister() && <Users />}
      {mayAdminister() && <Audit />}
      {!session.value?.user && <p class="pale"><a href={href("login")}>Log in</a> to change probes and measurements, make tokens and manage users.</p>}
    </>
  );
}
