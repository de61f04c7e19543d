// The ways to the target of a measurement, of one probe or of all, now or at an instant.
import { getMeasurements, getProbes, getTrace } from "../api/resources";
import type { Measurement, Probe } from "../api/types";
import { getCulprit } from "../api/verdicts";
import { useLoaded } from "../load";
import { measured } from "../model/matrix";
import { instant } from "../model/text";
import { accusedText } from "../model/places";
import { windowOf } from "../model/window";
import { Choose, measurementOptions, probeOptions } from "../parts/choose";
import { CursorBar, LookBack } from "../parts/cursor_bar";
import { Picture } from "../parts/picture";
import { Problem } from "../parts/problem";
import { change, everything, href, route } from "../router";

const overs = [
  { value: "600", text: "10 minutes" }, { value: "3600", text: "1 hour" }, { value: "86400", text: "1 day" },
];

function OneTrace({ id }: { id: string }) {
  const trace = useLoaded((abort) => getTrace(id, abort), [id], false);
  if (!trace.data) return trace.error ? <Problem error={trace.error} what="this trace" /> : <p class="pale">Loading…</p>;
  const { probe, target, measurement, started_at, stop_reason } = trace.data;
  const to = new Date(Date.parse(started_at) + 1).toISOString();
  return (
    <>
      <h1>{probe} → {target.host}, {instant(started_at)} <span class="pale">({stop_reason.replaceAll("_", " ")})</span></h1>
      <Picture rounds={{ probe, measurement: measurement?.id, from: started_at, to, limit: 1 }} only={trace.data} every={0} />
    </>
  );
}

/** A link at fault: everything that crossed it when it was last accused. */
function Accused({ id }: { id: string }) {
  const culprit = useLoaded((abort) => getCulprit(id, abort), [id]);
  if (!culprit.data) return culprit.error ? <Problem error={culprit.error} what="this culprit" /> : <p class="pale">Loading…</p>;
  const { witnesses, open, first_seen, last_seen } = culprit.data;
  const probes = [...new Set(witnesses.map(({ probe }) => probe))];
  const from = new Date(Math.max(Date.parse(first_seen), Date.parse(last_seen) - 600_000) - 60_000).toISOString();
  return (
    <>
      <h1>At fault: {accusedText(culprit.data)}</h1>
      <p>{open ? "Open" : "Closed"}, seen by {probes.join(", ")}. <a href={href("time", { probe: probes[0], at: first_seen })}>How it began</a>{" "}
        · <a href={href("now")}>What is going on now</a></p>
      <Picture rounds={{ probe: probes.length === 1 ? probes[0] : undefined, from, to: open ? undefined : last_seen, limit: 2000 }}
        every={0} culprit={id} />
    </>
  );
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
  const measurements = useLoaded(getMeasurements, [], false);
  const probes = useLoaded(getProbes, [], false);
  if (parameters.trace) return <OneTrace id={parameters.trace} />;
  if (parameters.culprit) return <Accused id={parameters.culprit} />;
  const error = measurements.error ?? probes.error;
  if (error) return <Problem error={error} what="paths" />;
  if (!measurements.data || !probes.data) return <p class="pale">Loading…</p>;
  if (!measurements.data.length) return <><h1>Paths</h1><p>Nothing is measured yet. <a href={href("configuration")}>Say what</a>.</p></>;
  return <Ways measurements={measurements.data} probes={probes.data} />;
}
