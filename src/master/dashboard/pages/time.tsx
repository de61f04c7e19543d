// What was: pick an instant, and the charts, the paths, the table and the matrix show that instant.
import { useMemo } from "preact/hooks";
import { getHistory, type HistoryStep } from "../api/history";
import { getMeasurements, getProbes, getTracePage } from "../api/resources";
import type { Measurement, Probe } from "../api/types";
import { type EventsOfPair, getEventsOfPair } from "../api/verdicts";
import { together, useLoaded } from "../load";
import { measured } from "../model/matrix";
import { type Moment, momentsOf, momentsOfHistory, nearest } from "../model/series";
import { count, instant, ms, percent } from "../model/text";
import { type Stretch, stretchOf, windowOf } from "../model/window";
import { Answer } from "../parts/answer";
import { Choose, measurementOptions, probeOptions } from "../parts/choose";
import { CursorBar, LookBack } from "../parts/cursor_bar";
import { EventList } from "../parts/event_list";
import { MatrixPart, useMatrix, useMatrixBefore } from "../parts/matrix_part";
import { PathsTaken } from "../parts/paths_taken";
import { Picture } from "../parts/picture";
import { Problem } from "../parts/problem";
import { HopChart, mostMarks, WayChart } from "../parts/time_charts";
import { Unreadable } from "../parts/unreadable";
import { change, href, route } from "../router";

const spans = [
  { value: "600", text: "10 minutes" }, { value: "3600", text: "1 hour" }, { value: "21600", text: "6 hours" },
  { value: "86400", text: "1 day" }, { value: "604800", text: "7 days" }, { value: "2592000", text: "30 days" },
  { value: "31536000", text: "1 year" },
];
const most = 400; // traces, or steps of the history, at a time
const most_hours = 2500; // that the master reads for one answer; days are no hours
const hour = 3600;

/** Of longer times than half a day what the hours came to, else every round. */
interface Course {
  moments: Moment[];
  steps: HistoryStep[] | undefined;
  /** Rounds, or hours and days, left out. */
  unreadable: number | undefined;
}

/** What the address of the page asks for, now. */
function asked(): Stretch {
  const { from, to, at, span } = route.value.parameters;
  return stretchOf({ from, to, at, span: Number(span ?? hour) });
}

async function courseOf(measurement: string, probe: string, { from, to }: Stretch, abort: AbortSignal): Promise<Course> {
  const long = ((to ? Date.parse(to) : Date.now()) - Date.parse(from)) / 1000;
  if (long <= 12 * hour) {
    const { traces, unreadable } = await getTracePage({ measurement, probe, from, to, limit: most }, abort);
    return { moments: momentsOf(traces), steps: undefined, unreadable };
  }
  const step = [1, 3, 6, 12, 24].map((hours) => hours * hour).find((each) => long / each <= most && long <= most_hours * hour) ?? 24 * hour;
  const { history, unreadable } = await getHistory({ measurement, probe, from, to, step }, abort);
  return { moments: momentsOfHistory(history), steps: history, unreadable };
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

/** Everything else that the page shows of the instant. `course`: where it is known. */
function AtInstant({ at, course, probe, measurement, interval_s, probes, measurements }: {
  at: string;
  course: Course | undefined;
  probe: string;
  measurement: string;
  interval_s: number;
  probes: Probe[];
  measurements: Measurement[];
}) {
  const { b, over } = route.value.parameters;
  const matrix = useMatrix(at, 0);
  const before = useMatrixBefore(b);
  const which = { probe, measurement };
  const told = (time: string | undefined): Moment | undefined => (time && course ? nearest(course.moments, Date.parse(time)) : undefined);
  const [one, other] = [told(at), told(b)];
  const view = (time: string) => ({ ...which, ...windowOf({ at: time, over }, 1, interval_s) });
  return (
    <>
      {one && <Told name="A" moment={one} />}
      {other && <Told name="B" moment={other} />}
      {course?.steps && one && <PathsTaken step={course.steps.find(({ start }) => start === one.id)} />}
      <Picture rounds={view(at)} others={b ? view(b) : undefined} every={0} />
      <h2>All probes and measurements at that instant</h2>
      <Answer to={{ ...matrix, stale: matrix.stale || before.stale }} what="the matrix of that instant">
        {(matrix) => (matrix.size ? <MatrixPart {...{ probes, measurements, matrix }} before={before.data} /> : <p class="pale">No trace of this time is kept.</p>)}
      </Answer>
      <Problem error={before.error} what="what B was" />
    </>
  );
}

function Charts({ course: { moments, steps }, happened }: { course: Course; happened: EventsOfPair | undefined }) {
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
  const events = happened?.events ?? [];
  const marks = useMemo(() => events.map(({ at, severity }) => ({ at: Date.parse(at), trouble: severity !== "info" })), [happened]);
  return (
    <>
      <p class="remark told">{count(moments.length, steps ? "step" : "round")}, {count(changes, "path change")} (dotted),{" "}
        {happened?.truncated && "at least "}{count(events.length, "event")} (dashed).{" "}
        {Math.max(changes, events.length) > mostMarks && `Only the newest ${mostMarks} of each are drawn. `}
        {!steps && moments.length === most && "Only the newest are shown: choose a shorter time. "}
        Click for an instant, drag to zoom, ← and → for the next {steps ? "step" : "round"}.</p>
      <div tabIndex={0} role="group" aria-label="Charts; arrow keys move the cursor" onKeyDown={press}>
        <WayChart {...{ moments, cursor, choice }} events={marks} band={steps ? "the least to 90 %" : "10 % to 90 %"} />
        {moments.some(({ hops }) => hops.length > 0) ? <HopChart {...{ moments, cursor, choice }} empty={steps ? "no answer, or not kept" : "no answer"} />
          : <p class="remark">The RTT of each hop was not kept for this time.</p>}
      </div>
      <Instants moments={moments} at={at} />
      {happened && (events.length > 0 || happened.unreadable > 0) && (
        <details>
          <summary>{count(events.length, "event")} of this time</summary>
          <EventList {...happened} />
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

function OverTime({ measurements, probes }: { measurements: Measurement[]; probes: Probe[] }) {
  const { parameters } = route.value;
  const all = useMemo(() => measured(measurements), [measurements]);
  const measurement = parameters.measurement ?? all[0]?.id;
  const found = all.find(({ id, name }) => id === measurement || name === measurement); // none: it was removed
  const probe = parameters.probe ?? probes[0]?.name;
  const isLive = !parameters.at && !parameters.to;
  const which = [measurement, probe, parameters.span, parameters.from, asked().to];
  const course = useLoaded(async (abort) => (measurement && probe ? courseOf(measurement, probe, asked(), abort) : null), which, isLive);
  const happened = useLoaded(
    async (abort) => (measurement && probe ? getEventsOfPair(probe, measurement, asked(), abort) : null), which, isLive && 10);
  if (!measurement || !probe) return <><h1>Time</h1><p>Nothing is measured yet. <a href={href("configuration")}>Say what</a>.</p></>;
  return (
    <>
      <div class="title"><h1>{probe} → {found?.name ?? measurement} over time</h1><LookBack /></div>
      <CursorBar />
      <Choices measurements={measurements} probes={probes} measurement={found?.id ?? measurement} />
      <Answer to={{ ...course, stale: course.stale || happened.stale }} what="history">
        {(course) => course && (
          <>
            {course.steps ? <Unreadable number={course.unreadable} one="hour or day, or some of its paths," many="hours or days, or some of their paths," />
              : <Unreadable number={course.unreadable} one="round" />}
            {course.moments.length ? <Charts course={course} happened={happened.data ?? undefined} />
              : !course.unreadable && <p class="pale">Nothing was measured in this time{course.steps ? ", or its first hour is not over" : ""}.</p>}
          </>
        )}
      </Answer>
      <Problem error={happened.error} what="what happened" />
      {parameters.at && <AtInstant {...{ probe, measurement, probes, measurements }} at={parameters.at}
        course={(!course.stale && course.data) || undefined} interval_s={found?.interval_s ?? hour} />}
    </>
  );
}

export function Time() {
  const all = together(useLoaded(getMeasurements, [], false), useLoaded(getProbes, [], false));
  return (
    <Answer to={all} what="history" title="Time">
      {([measurements, probes]) => <OverTime measurements={measurements} probes={probes} />}
    </Answer>
  );
}
