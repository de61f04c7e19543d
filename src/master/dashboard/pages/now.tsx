// What is going on: one sentence, the links at fault, who sees what, what happened last.
import { useEffect, useMemo, useState } from "preact/hooks";
import { getMatrix, getMeasurements, getProbes, getStatus } from "../api/resources";
import { getCulprits, getEvents } from "../api/verdicts";
import { useLoaded } from "../load";
import { headline } from "../model/headline";
import { matrixOf, measured } from "../model/matrix";
import { CulpritCard } from "../parts/culprit_card";
import { EventList } from "../parts/event_list";
import { Legend } from "../parts/loss";
import { MatrixTable } from "../parts/matrix_table";
import { Problem } from "../parts/problem";
import { href } from "../router";

export function Now() {
  const probes = useLoaded(getProbes, []);
  const measurements = useLoaded(getMeasurements, []);
  const [pace, setPace] = useState(1);
  const matrix = useLoaded(getMatrix, [], pace);
  const columns = useMemo(() => measured(measurements.data ?? []), [measurements.data]);
  const cells = useMemo(() => matrixOf(matrix.data ?? []), [matrix.data]);
  // A large network is megabytes: looked at less often.
  useEffect(() => setPace(matrix.data && matrix.data.length > 2000 ? 10 : 1), [matrix.data]);
  const culprits = useLoaded(getCulprits, []);
  const events = useLoaded((abort) => getEvents({ limit: 8 }, abort), []);
  const status = useLoaded(getStatus, []);

  const failed = probes.error ?? measurements.error ?? matrix.error;
  if (failed && !(probes.data && measurements.data && matrix.data))
    return <><h1>Now</h1><Problem error={failed} what="what the probes measured" /></>;
  if (!probes.data || !measurements.data || !matrix.data) return <p class="pale">Loading…</p>;

  const open = culprits.data?.culprits.filter((culprit) => culprit.open);
  const told = headline(culprits.data, [...cells.values()], probes.data);
  return (
    <>
      <section class={`state ${told.trouble ? "trouble" : ""}`} aria-live="polite">
        <span class="sign" aria-hidden="true">{told.trouble ? "▲" : "✓"}</span>
        <div>
          <h1>{told.text}</h1>
          {told.detail && <p>{told.detail}</p>}
        </div>
      </section>
      {status.data && !status.data.store.ok && (
        <p class="problem" role="alert">Traces cannot be stored: {status.data.store.reason}</p>
      )}
      {status.data?.config_files.filter((file) => file.fault).map((file) => (
        <p class="problem" role="alert" key={file.file}>
          {file.file} is not in force: {file.fault!.path}: {file.fault!.reason}
        </p>
      ))}
      {open && open.length > 0 && (
        <section class="cards" aria-label="Links at fault">
          {open.map((culprit) => <CulpritCard key={culprit.id} culprit={culprit} />)}
        </section>
      )}
      <h2>Probes and measurements</h2>
      {measurements.data.length === 0 ? (
        <p>Nothing is measured yet. <a href={href("configuration")}>Say what</a>.</p>
      ) : probes.data.length === 0 ? (
        <p>There is no probe yet. <a href={href("configuration")}>How to start one</a>.</p>
      ) : (
        <>
          <MatrixTable probes={probes.data} measurements={columns} cells={cells} now={Date.now()} />
          <Legend />
          <p class="remark">
            Loss on the way to the target and back over the last two rounds, as far as it is certain (95 %); median
            round-trip time. ⤭: links that the round before did not show.
          </p>
        </>
      )}
      <h2>Latest events</h2>
      {events.data ? <EventList events={events.data} /> : <Problem error={events.error} what="events" />}
    </>
  );
}
