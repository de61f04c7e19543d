// What was: pick an instant, and the charts, the paths, the table and the matrix show that instant.
import { useMemo } from "preact/hooks";
import { getHistory, type HistoryStep } from "../api/history";
import { getMeasurements, getProbes, getTraces } from "../api/resources";
import type { Measurement, Probe } from "../api/types";
import { getEvents, type NetworkEvent } from "../api/verdicts";
import { useLoaded } from "../load";
import { measured } from "../model/matrix";
import { type Moment, momentsOf, momentsOfHistory, nearest } from "../model/series";
import { count, instant, ms, percent } from "../model/text";
import { windowOf } from "../model/window";
import { Choose, measurementOptions, probeOptions } from "../parts/choose";
import { CursorBar, LookBack } from "../parts/cursor_bar";
import { EventList } from "../parts/event_list";
import { MatrixPart, useMatrix } from "../parts/matrix_part";
import { PathsTaken } from "../parts/paths_taken";
import { Picture } from "../parts/picture";
import { Problem } from "../parts/problem";
import { HopChart, WayChart } from "../parts/time_charts";
import { change, href, route } from "../router";

const spans = [
  { value: "600", text: "10 minutes" }, { value: "3600", text: "1 hour" }, { value: "21600", text: "6 hours" },
  { value: "86400", text: "1 day" }, { value: "604800", text: "7 days" }, { value: "2592000", text: "30 days" },
  { value: "31536000", text: "1 year" },
];
const most = 400; // traces, or steps of the history, at a time
const most_hours = 2500; // that the master reads for one answer; days are no hours
const hour = 3600;

/** Of longer times than half a day what the hours came to, else every round; and what happened. */
interface Course {
  moments: Moment[];
  steps: HistoryStep[] | undefined;
  events: NetworkEvent[];
}

/** What the probe saw, of this measurement or of several. */
async function eventsOf(measurement: string, probe: string, from: string, to: string | undefined, abort: AbortSignal): Promise<NetworkEvent[]> {
  const all = await getEvents({ probe, from, to, limit: 200 }, abort);
  return all.filter(({ measurement: one }) => !one || one.id === measurement || one.name === measurement);
}

async function courseOf(measurement: string, probe: string, abort: AbortSignal): Promise<Course> {
  const { from, to, span } = route.value.parameters;
  const begin = from ?? new Date(Date.now() - Number(span ?? hour) * 1000).toISOString();
  const events = eventsOf(measurement, probe, begin, to, abort);
  const long = ((to ? Date.parse(to) : Date.now()) - Date.parse(begin)) / 1000;
  if (long <= 12 * hour)
    return { moments: momentsOf(await getTraces({ measurement, probe, from: begin, to, limit: most }, abort)), steps: undefined, events: await events };
  const step = [1, 3, 6, 12, 24].map((hours) => hours * hour).find((each) => long / each <= most && long <= most_hours * hour) ?? 24 * hour;
  const { history } = await getHistory({ measurement, probe, from: begin, to, step }, abort);
  return { moments: momentsOfHistory(history), steps: history, events: await events };
}

function Instants({ moments, at }: { moments: Moment[]; at: Moment | undefined }) {
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
    <div class="controls" role="group" aria-label="Rounds">
      <button onClick={() => step(-1)} aria-label="The round before">←</button>
      <button onClick={() => step(1)} aria-label="The round after">→</button>
      <button onClick={() => jump(-1)}>Path change before</button>
      <button onClick={() => jump(1)}>Path change after</button>
      {route.value.parameters.from && <button onClick={() => change({ from: undefined, to: undefined })}>Whole time</button>}
    </div>
  );
}

function Told({ name, moment }: { name: string; moment: Moment }) {
  return (
    <p><strong>{name}</strong> {instant(moment.at)}: {ms(moment.median_us)},{" "}
      {moment.loss === undefined ? "target not reached" : `${percent(moment.loss)} lost`}</p>
  );
}

/** Everything else that the page shows of the instant. */
function AtInstant({ course, probe, measurement, probes, measurements }: {
  course: Course;
  probe: string;
  measurement: Measurement;
  probes: Probe[];
  measurements: Measurement[];
}) {
  const { at, b, over } = route.value.parameters;
  const matrix = useMatrix(at, 0, !at);
  const before = useMatrix(b, 0, !at || !b);
  if (!at) return null;
  const which = { probe, measurement: measurement.id };
  const told = (time: string | undefined): Moment | undefined => (time ? nearest(course.moments, Date.parse(time)) : undefined);
  const [one, other] = [told(at), told(b)];
  const view = (time: string) => ({ ...which, ...windowOf({ at: time, over }, 1, measurement.interval_s) });
  return (
    <>
      {one && <Told name="A" moment={one} />}
      {other && <Told name="B" moment={other} />}
      {course.steps && one && <PathsTaken step={course.steps.find(({ start }) => start === one.id)} />}
      <Picture rounds={view(at)} others={b ? view(b) : undefined} every={0} />
      <h2>All probes and measurements at that instant</h2>
      {matrix.data?.size === 0 && <p class="pale">No trace of this time is kept.</p>}
      {matrix.data && matrix.data.size > 0 && <MatrixPart {...{ probes, measurements, at }} matrix={matrix.data} before={before.data} />}
      <Problem error={matrix.error} what="the matrix of that instant" />
    </>
  );
}

function Charts({ course: { moments, steps, events } }: { course: Course }) {
  const { at: a, b } = route.value.parameters;
  const at = a ? nearest(moments, Date.parse(a)) : undefined;
  const other = b ? nearest(moments, Date.parse(b)) : undefined;
  const cursor = { at: at?.at, other: other?.at };
  const choice = {
    onCursor: (time: number) => change({ at: new Date(nearest(moments, time)?.at ?? time).toISOString() }, true),
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
  const happened = useMemo(() => events.map(({ at, severity }) => ({ at: Date.parse(at), trouble: severity !== "info" })), [events]);
  return (
    <>
      <p class="remark told">{count(moments.length, steps ? "step" : "round")}, {count(changes, "path change")} (dotted),{" "}
        {count(events.length, "event")} (dashed).{" "}
        {!steps && moments.length === most && "Only the newest are shown: choose a shorter time. "}
        Click for an instant, drag to zoom, ← and → for the next {steps ? "step" : "round"}.</p>
      <div tabIndex={0} role="group" aria-label="Charts; arrow keys move the cursor" onKeyDown={press}>
        <WayChart {...{ moments, cursor, choice }} events={happened} band={steps ? "the least to 90 %" : "10 % to 90 %"} />
        {moments.some(({ hops }) => hops.length > 0) ? <HopChart {...{ moments, cursor, choice }} empty={steps ? "no answer, or not kept" : "no answer"} />
          : <p class="remark">The RTT of each hop was not kept for this time.</p>}
      </div>
      <Instants moments={moments} at={at} />
      {events.length > 0 && (
        <details>
          <summary>{count(events.length, "event")} of this time</summary>
          <EventList events={events} />
        </details>
      )}
    </>
  );
}

function Choices({ measurements, probes, measurement }: { measurements: Measurement[]; probes: Probe[]; measurement: string }) {
  return (
    <div class="controls">
      <Choose name="measurement" label="Measurement" options={measurementOptions(measurements)} initial={measurement} />
      <Choose name="probe" label="Probe" options={probeOptions(probes)} initial={probes[0]?.name} />
      <Choose name="span" label="The last" options={spans.filter((each) => each.value !== "3600")} none="1 hour" />
    </div>
  );
}

export function Time() {
  const { parameters } = route.value;
  const measurements = useLoaded(getMeasurements, [], false);
  const probes = useLoaded(getProbes, [], false);
  const all = useMemo(() => measured(measurements.data ?? []), [measurements.data]);
  const one = all.find(({ id, name }) => id === parameters.measurement || name === parameters.measurement) ?? all[0];
  const measurement = parameters.measurement ?? one?.id;
  const probe = parameters.probe ?? probes.data?.[0]?.name;
  const course = useLoaded(
    async (abort) => (measurement && probe ? courseOf(measurement, probe, abort) : undefined),
    [measurement, probe, parameters.span, parameters.from, parameters.to],
    !parameters.at && !parameters.to,
  );
  const error = measurements.error ?? probes.error ?? course.error;
  if (error) return <Problem error={error} what="history" />;
  if (!measurements.data || !probes.data) return <p class="pale">Loading…</p>;
  if (!one || !measurement || !probe) return <p>Nothing is measured yet. <a href={href("configuration")}>Say what</a>.</p>;
  if (!course.data) return <p class="pale">Loading…</p>;
  const empty = !course.data.moments.length;
  return (
    <>
      <div class="title"><h1>{probe} → {one.name} over time</h1><LookBack /></div>
      <CursorBar />
      <Choices measurements={measurements.data} probes={probes.data} measurement={one.id} />
      {empty ? <p class="pale">Nothing was measured in this time{course.data.steps ? ", or its first hour is not over" : ""}.</p>
        : <Charts course={course.data} />}
      <AtInstant course={course.data} probe={probe} measurement={{ ...one, id: measurement }} probes={probes.data} measurements={measurements.data} />
    </>
  );
}
