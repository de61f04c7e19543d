// What was: pick an instant, and the charts, the paths and the table show that instant.
import { useMemo } from "preact/hooks";
import { getMeasurements, getProbes, getTraces } from "../api/resources";
import type { Measurement, Probe, Trace } from "../api/types";
import { useLoaded } from "../load";
import { hopRows } from "../model/hop_rows";
import { mergeGraph } from "../model/merge_graph";
import { differenceOf, momentsOf, nearest, type Moment } from "../model/series";
import { count, instant, ms, percent } from "../model/text";
import { Choose, measurementOptions, probeOptions } from "../parts/choose";
import { Export } from "../parts/export";
import { HopTable } from "../parts/hop_table";
import { PathGraph } from "../parts/path_graph";
import { Problem } from "../parts/problem";
import { HopChart, WayChart } from "../parts/time_charts";
import { change, href, route } from "../router";

const spans = [
  { value: "600", text: "10 minutes" }, { value: "3600", text: "1 hour" }, { value: "21600", text: "6 hours" },
  { value: "86400", text: "1 day" }, { value: "604800", text: "7 days" },
];
const most = 400; // traces at a time

/** A part of a chart's time, or the last `span` seconds. */
async function tracesOf(measurement: string, probe: string, abort: AbortSignal): Promise<Trace[]> {
  const { from, to, span } = route.value.parameters;
  const begin = from ?? new Date(Date.now() - Number(span ?? 3600) * 1000).toISOString();
  return getTraces({ measurement, probe, from: begin, to, limit: most }, abort);
}

function Instants({ moments, at, other }: { moments: Moment[]; at: Moment | undefined; other: Moment | undefined }) {
  const step = (by: number): void => {
    const i = at ? moments.indexOf(at) : moments.length - 1;
    const next = moments[Math.min(moments.length - 1, Math.max(0, i + by))];
    if (next) change({ at: new Date(next.at).toISOString() }, true);
  };
  const jump = (by: 1 | -1): void => {
    const here = at?.at ?? Infinity;
    const changes = moments.filter((each) => each.changed && (by > 0 ? each.at > here : each.at < here));
    const next = by > 0 ? changes[0] : changes.at(-1);
    if (next) change({ at: new Date(next.at).toISOString() });
  };
  return (
    <div class="controls" role="group" aria-label="Cursor">
      <button onClick={() => step(-1)} aria-label="The round before">←</button>
      <button onClick={() => step(1)} aria-label="The round after">→</button>
      <button onClick={() => jump(-1)}>Path change before</button>
      <button onClick={() => jump(1)}>Path change after</button>
      {at && <button onClick={() => change({ b: new Date(at.at).toISOString() })}>Compare with this</button>}
      {other && <button onClick={() => change({ b: undefined })}>End the comparison</button>}
      {at && <button onClick={() => change({ at: undefined, b: undefined })}>No cursor</button>}
      {(route.value.parameters.from) && <button onClick={() => change({ from: undefined, to: undefined })}>Whole time</button>}
    </div>
  );
}

function Told({ name, moment }: { name: string; moment: Moment }) {
  return (
    <p><strong>{name}</strong> {instant(moment.at)}: {ms(moment.median_us)},{" "}
      {moment.loss === undefined ? "target not reached" : `${percent(moment.loss)} lost`}</p>
  );
}

function AtInstant({ traces, at, other }: { traces: Trace[]; at: Moment; other: Moment | undefined }) {
  const here = useMemo(() => traces.filter((trace) => trace.id === at.id), [traces, at.id]);
  const there = useMemo(() => (other ? traces.filter((trace) => trace.id === other.id) : []), [traces, other?.id]);
  const graph = useMemo(() => mergeGraph([...here, ...there]), [here, there]);
  const difference = useMemo(() => differenceOf(there, here), [here, there]);
  const marks = other ? { added: new Set(difference.added), removed: new Set(difference.removed) } : {};
  return (
    <>
      <Told name="A" moment={at} />
      {other && <Told name="B" moment={other} />}
      {other && (
        <section class="card" aria-label="Difference">
          <h3>{difference.added.length || difference.removed.length ? "A against B" : "A and B show the same links"}</h3>
          <ul>
            {difference.added.map((link) => <li key={link}><span class="new">only in A: {link}</span></li>)}
            {difference.removed.map((link) => <li key={link}>only in B: <span class="gone">{link}</span></li>)}
          </ul>
          <p class="remark">{count(difference.kept.length, "link")} in both.</p>
        </section>
      )}
      <PathGraph graph={graph} marks={marks} onPick={() => undefined} />
      <HopTable rows={hopRows(here)} caption={`The round of ${instant(at.at)}`} />
      <p><a href={href("paths", { trace: at.id })}>This trace by itself</a></p>
    </>
  );
}

function History({ traces }: { traces: Trace[] }) {
  const { parameters } = route.value;
  const moments = useMemo(() => momentsOf(traces), [traces]);
  const at = parameters.at ? nearest(moments, Date.parse(parameters.at)) : undefined;
  const other = parameters.b ? nearest(moments, Date.parse(parameters.b)) : undefined;
  if (!moments.length) return <p class="pale">No trace in this time.</p>;
  const cursor = { at: at?.at, other: other?.at };
  const choice = {
    onCursor: (time: number) => change({ at: new Date(time).toISOString() }, true),
    onZoom: (from: number, to: number) => change({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const i = at ? moments.indexOf(at) + (event.key === "ArrowLeft" ? -1 : 1) : moments.length - 1;
    const next = moments[i];
    if (next) choice.onCursor(next.at);
  };
  const changes = moments.filter((each) => each.changed).length;
  return (
    <>
      <p class="pale">{count(moments.length, "round")}, {count(changes, "path change")} (dotted).{" "}
        {moments.length === most && "Only the newest are shown: choose a shorter time. "}
        Click for an instant, drag to zoom, ← and → for the next round.</p>
      <div tabIndex={0} role="group" aria-label="Charts; arrow keys move the cursor" onKeyDown={press}>
        <WayChart {...{ moments, cursor, choice }} />
        <HopChart {...{ moments, cursor, choice }} />
      </div>
      <Instants moments={moments} at={at} other={other} />
      {at && <AtInstant traces={traces} at={at} other={other} />}
    </>
  );
}

function Choices({ measurements, probes }: { measurements: Measurement[]; probes: Probe[] }) {
  return (
    <>
      <Choose name="measurement" label="Measurement" options={measurementOptions(measurements)} initial={measurements[0]?.id} />
      <Choose name="probe" label="Probe" options={probeOptions(probes)} initial={probes[0]?.name} />
      <Choose name="span" label="The last" options={spans.filter((each) => each.value !== "3600")} none="1 hour" />
    </>
  );
}

export function Time() {
  const { parameters } = route.value;
  const measurements = useLoaded(getMeasurements, [], false);
  const probes = useLoaded(getProbes, [], false);
  const measurement = parameters.measurement ?? measurements.data?.[0]?.id;
  const probe = parameters.probe ?? probes.data?.[0]?.name;
  const traces = useLoaded(
    async (abort) => (measurement && probe ? tracesOf(measurement, probe, abort) : []),
    [measurement, probe, parameters.span, parameters.from, parameters.to],
    !parameters.at && !parameters.to,
  );
  const error = measurements.error ?? probes.error ?? traces.error;
  if (error) return <Problem error={error} what="history" />;
  if (!measurements.data || !probes.data || !traces.data) return <p class="pale">Loading…</p>;
  if (!measurement || !probe) return <p>Nothing is measured yet. <a href={href("configuration")}>Say what</a>.</p>;
  const title = measurements.data.find((each) => each.id === measurement || each.name === measurement)?.name ?? measurement;
  return (
    <>
      <h1>{probe} → {title} over time</h1>
      <div class="controls">
        <Choices measurements={measurements.data} probes={probes.data} />
        <Export traces={traces.data} />
      </div>
      <History traces={traces.data} />
    </>
  );
}
