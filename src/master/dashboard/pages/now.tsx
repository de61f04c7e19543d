// What is going on: one sentence, the links at fault, who sees what, what happened last. With the
// cursor set: what was going on then.
import { useEffect, useMemo, useState } from "preact/hooks";
import { getStatus, getMeasurements, getProbes } from "../api/resources";
import type { Measurement, Probe, Status } from "../api/types";
import { type Culprit, getCulprits, getEventPage, type Verdicts } from "../api/verdicts";
import { together, useLoaded } from "../load";
import { headline, isQuiet } from "../model/headline";
import type { Matrix } from "../model/matrix";
import { instant, since } from "../model/text";
import { Answer } from "../parts/answer";
import { CulpritCard } from "../parts/culprit_card";
import { CursorBar, LookBack } from "../parts/cursor_bar";
import { EventList } from "../parts/event_list";
import { MatrixPart, useMatrix, useMatrixBefore } from "../parts/matrix_part";
import { NoProbe } from "../parts/probe_catalog";
import { Problem } from "../parts/problem";
import { href, route } from "../router";

/** Those that were accused at `at`; now those that are. */
function accusedAt(all: Culprit[], at: string | undefined): Culprit[] {
  if (!at) return all.filter(({ open }) => open);
  const time = Date.parse(at);
  return all.filter(({ first_seen, closed_at, last_seen, open }) =>
    Date.parse(first_seen) <= time && (open || time <= Date.parse(closed_at ?? last_seen)));
}

/** As it stood then: the verdict of now says nothing about it. */
const asOf = (verdicts: Verdicts | null, accused: Culprit[], at: string | undefined): Verdicts | null =>
  verdicts && (at ? { culprits: accused.map((each) => ({ ...each, open: true })) } : verdicts);

function Troubles({ status }: { status: Status | undefined }) {
  if (!status) return null;
  return (
    <>
      {!status.store.ok && <p class="problem" role="alert">The database is in trouble: {status.store.reason}</p>}
      {status.config_files.filter((file) => file.fault).map((file) => (
        <p class="problem" role="alert" key={file.file}>
          {file.file} is not in force: {file.fault!.path}: {file.fault!.reason}
        </p>
      ))}
    </>
  );
}

/** The sentence, and the links at fault; both are of the instant that the matrix is of. */
function State({ matrix, verdicts, probes, status }: { matrix: Matrix; verdicts: Verdicts | null; probes: Probe[]; status: Status | undefined }) {
  const { at } = matrix;
  const tally = useMemo(() => matrix.tally(), [matrix]);
  const open = accusedAt(verdicts?.culprits ?? [], at);
  const then = asOf(verdicts, open, at);
  const told = headline(then, tally, probes, at !== undefined);
  return (
    <>
      <section class={`state ${told.trouble ? "trouble" : told.unknown ? "unknown" : ""}`} aria-live="polite">
        <span class="sign" aria-hidden="true">{told.trouble ? "▲" : told.unknown ? "○" : "✓"}</span>
        <div>
          <h1>{at && <span class="pale">{instant(at)}: </span>}{told.text}</h1>
          {told.detail && <p>{told.detail}</p>}
        </div>
        <LookBack />
      </section>
      <Troubles status={status} />
      {open.length > 0 && (
        <section class={`cards ${open.length === 1 ? "alone" : ""}`} aria-label="Links at fault">
          {open.map((culprit) => <CulpritCard key={culprit.id} culprit={culprit} isOver={isQuiet(culprit, then)} />)}
        </section>
      )}
    </>
  );
}

function Body({ probes, measurements }: { probes: Probe[]; measurements: Measurement[] }) {
  const { at, b } = route.value.parameters;
  const [pace, setPace] = useState(1);
  const matrix = useMatrix(at, at ? 0 : pace);
  const before = useMatrixBefore(at && b);
  // A large network is many bytes: looked at less often.
  useEffect(() => setPace((matrix.data?.size ?? 0) > 2000 ? 10 : 1), [matrix.data]);
  const culprits = useLoaded((abort) => getCulprits(at, abort), [at]);
  const to = at && new Date(Date.parse(at) + 1).toISOString();
  const events = useLoaded((abort) => getEventPage({ limit: 8, to }, abort), [to]);
  const status = useLoaded(getStatus, []);
  return (
    <>
      <CursorBar />
      <Problem error={status.error} what="the state of the master" />
      <Answer to={together(matrix, culprits)} what="the state of the network" title="Now">
        {([matrix, verdicts]) => <State {...{ matrix, verdicts, probes }} status={status.data} />}
      </Answer>
      <h2>Probes and measurements{at ? ` at ${since(at)}` : ""}</h2>
      {probes.length === 0 && <NoProbe />}
      {measurements.length === 0 && <p>Nothing is measured yet. <a href={href("configuration")}>Say what</a>.</p>}
      {probes.length > 0 && measurements.length > 0 && (
        <Answer to={{ ...matrix, stale: matrix.stale || before.stale }} what="what the probes measured">
          {(matrix) => <MatrixPart {...{ probes, measurements, matrix }} before={before.data} />}
        </Answer>
      )}
      <Problem error={before.error} what="what B was" />
      <h2>{at ? "Events until then" : "Latest events"}</h2>
      <Answer to={events} what="events">{(page) => <EventList {...page} />}</Answer>
    </>
  );
}

export function Now() {
  const all = together(useLoaded(getProbes, []), useLoaded(getMeasurements, []));
  return (
    <Answer to={all} what="what the probes measured" title="Now">
      {([probes, measurements]) => <Body probes={probes} measurements={measurements} />}
    </Answer>
  );
}
