// Who measures, and what; what comes from files is shown as such.
import { getMeasurements, getProbes, getStatus } from "../api/resources";
import type { Status } from "../api/types";
import { useLoaded } from "../load";
import { count, instant } from "../model/text";
import { OwnPassword, Tokens, Users } from "../parts/accounts";
import { Audit } from "../parts/audit";
import { MeasurementCatalog } from "../parts/measurement_catalog";
import { ProbeCatalog } from "../parts/probe_catalog";
import { Problem } from "../parts/problem";
import { href } from "../router";
import { mayAdminister, session } from "../state";

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
      {measurements.data && <MeasurementCatalog measurements={measurements.data} />}
      {probes.data && <ProbeCatalog probes={probes.data} />}
      {status.data && <Files status={status.data} />}
      {session.value?.user && <Tokens />}
      {session.value?.csrf_token && <OwnPassword />}
      {mayAdminister() && <Users />}
      {mayAdminister() && <Audit />}
      {!session.value?.user && <p class="pale"><a href={href("login")}>Log in</a> to change probes and measurements, make tokens and manage users.</p>}
    </>
  );
}
