// The ways to the target of a measurement, of one probe or of all, now or at an instant.
import type { Rounds } from "../api/graph";
import { getMeasurements, getProbes, getTrace, getTraces } from "../api/resources";
import type { Measurement, Probe, Trace } from "../api/types";
import { type Culprit, getCulprit } from "../api/verdicts";
import { together, useLoaded } from "../load";
import { measured } from "../model/matrix";
import { instant } from "../model/text";
import { accusedText } from "../model/places";
import { windowOf } from "../model/window";
import { Answer } from "../parts/answer";
import { Choose, measurementOptions, probeOptions } from "../parts/choose";
import { CursorBar, LookBack } from "../parts/cursor_bar";
import { Picture } from "../parts/picture";
import { change, everything, href, route } from "../router";

const overs = [
  { value: "600", text: "10 minutes" }, { value: "3600", text: "1 hour" }, { value: "86400", text: "1 day" },
];

function OneTrace({ id }: { id: string }) {
  const trace = useLoaded((abort) => getTrace(id, abort), [id], false);
  return <Answer to={trace} what="this trace" title="A trace">{(trace) => <TraceView trace={trace} />}</Answer>;
}

function TraceView({ trace }: { trace: Trace }) {
  const { probe, target, measurement, started_at, stop_reason } = trace;
  const to = new Date(Date.parse(started_at) + 1).toISOString();
  return (
    <>
      <h1>{probe} → {target.host}, {instant(started_at)} <span class="pale">({stop_reason.replaceAll("_", " ")})</span></h1>
      <Picture rounds={{ probe, measurement: measurement?.id, from: started_at, to, limit: 1 }} only={trace} every={0} />
    </>
  );
}

/** The first witness that a measurement is known of, with it: what it saw. null: there is none. */
async function testimonyOf({ witnesses }: Culprit, rounds: Rounds, abort: AbortSignal): Promise<{ probe: string; measurement: string } | null> {
  const probe = witnesses[0]?.probe;
  const targets = witnesses.filter((each) => each.probe === probe).map(({ target }) => target);
  const traces = await getTraces({ ...rounds, probe, limit: 120 }, abort);
  const one = traces.find(({ target, measurement }) => measurement && target.address && targets.includes(target.address));
  return one?.measurement ? { probe: one.probe, measurement: one.measurement.id } : null;
}

/** A link at fault: everything that crossed it when it was last accused. */
function AccusedView({ culprit }: { culprit: Culprit }) {
  const { id, witnesses, open, first_seen, last_seen } = culprit;
  const probes = [...new Set(witnesses.map(({ probe }) => probe))];
  const from = new Date(Math.max(Date.parse(first_seen), Date.parse(last_seen) - 600_000) - 60_000).toISOString();
  const to = open ? undefined : last_seen;
  const testimony = useLoaded((abort) => testimonyOf(culprit, { from, to }, abort), [id], false);
  const began = testimony.data && !testimony.stale ? href("time", { ...testimony.data, at: first_seen }) : href("now", { at: first_seen });
  return (
    <>
      <h1>At fault: {accusedText(culprit)}</h1>
      <p>{open ? "Open" : "Closed"}, seen by {probes.join(", ")}. <a href={began}>How it began</a>{" "}
        · <a href={href("now")}>What is going on now</a></p>
      <Picture rounds={{ probe: probes.length === 1 ? probes[0] : undefined, from, to, limit: 2000 }} every={0} culprit={culprit} />
    </>
  );
}

function Accused({ id }: { id: string }) {
  const culprit = useLoaded((abort) => getCulprit(id, abort), [id]);
  return <Answer to={culprit} what="this culprit" title="A link at fault">{(culprit) => <AccusedView culprit={culprit} />}</Answer>;
}

function Ways({ measurements, probes }: { measurements: Measurement[]; probes: Probe[] }) {
  const { parameters } = route.value;
  const all = measured(measurements);
  const wanted = parameters.measurement ?? all[0]!.id;
  const one = all.find((each) => each.id === wanted || each.name === wanted);
  const probe = parameters.probe;
  const pairs = (probe ? 1 : probes.length) * (wanted === everything ? all.length : 1);
  const interval = one?.interval_s ?? Math.max(...all.map((each) => each.interval_s));
  const which = { measurement: wanted === everything ? undefined : wanted, probe };
  const { at, b, over } = parameters;
  return (
    <>
      <div class="title">
        <h1>Paths to {wanted === everything ? "all targets" : (one?.name ?? wanted)}{at ? `, ${instant(at)}` : ""}</h1>
        <LookBack />
      </div>
      <CursorBar />
      <div class="controls">
        <Choose name="measurement" label="Measurement" initial={wanted}
          options={[...measurementOptions(measurements), { value: everything, text: "all" }]} />
        <Choose name="probe" label="Probe" none="all" options={probeOptions(probes)} />
        <Choose name="over" label="Rounds" none={at ? "of that instant" : "the newest"} options={overs} />
        <a href={href("time", { measurement: wanted === everything ? undefined : wanted, probe, at, b })}>Over time</a>
        {parameters.hide && <button onClick={() => change({ hide: undefined })}>Show all hops</button>}
      </div>
      <Picture rounds={{ ...which, ...windowOf({ at, over }, pairs, interval) }} every={at || over ? 0 : pairs > 20 ? 10 : 1}
        others={at && b ? { ...which, ...windowOf({ at: b, over }, pairs, interval) } : undefined} />
    </>
  );
}

export function Paths() {
  const { parameters } = route.value;
  const all = together(useLoaded(getMeasurements, [], false), useLoaded(getProbes, [], false));
  if (parameters.trace) return <OneTrace id={parameters.trace} />;
  if (parameters.culprit) return <Accused id={parameters.culprit} />;
  return (
    <Answer to={all} what="paths" title="Paths">
      {([measurements, probes]) => (measurements.length ? <Ways measurements={measurements} probes={probes} />
        : <><h1>Paths</h1><p>Nothing is measured yet. <a href={href("configuration")}>Say what</a>.</p></>)}
    </Answer>
  );
}
