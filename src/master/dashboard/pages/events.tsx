// What happened: filtered, each with an address of its own.
import { getEvent, getEventPage, type EventState, type NetworkEvent } from "../api/verdicts";
import { getMeasurements, getProbes } from "../api/resources";
import { useLoaded } from "../load";
import { count, instant, interval, ms } from "../model/text";
import { Alerts } from "../parts/alerts";
import { Answer } from "../parts/answer";
import { Choose, measurementOptions, probeOptions } from "../parts/choose";
import { CursorBar, LookBack } from "../parts/cursor_bar";
import { EventList } from "../parts/event_list";
import { PageButtons, usePager } from "../parts/pages";
import { Problem } from "../parts/problem";
import { change, href, route } from "../router";
import { mayOperate } from "../state";

const kinds = ["culprit_opened", "culprit_grew", "culprit_closed", "path_changed", "target_unreachable", "target_reachable",
  "loop_began", "loop_ended", "hop_kind_new", "rtt_shifted", "rtt_settled",
  "probe_offline", "probe_online"];

function State({ title, state }: { title: string; state: EventState | undefined }) {
  if (!state) return null;
  return (
    <section class="card">
      <h3>{title}</h3>
      {state.links && <ul>{state.links.map((link) => (
        <li key={`${link.from} ${link.to}`}>{link.from} → {link.to} <span class="pale">{Math.round(link.share * 100)} % of the flows</span></li>
      ))}</ul>}
      {state.rtt_us && <p>RTT {ms(state.rtt_us.estimate)} <span class="pale">({ms(state.rtt_us.low)} to {ms(state.rtt_us.high)})</span></p>}
      {state.loss && <p>Loss {interval(state.loss)}</p>}
      {state.worst_loss && <p>At its worst {interval(state.worst_loss)}</p>}
      {state.stop_reason && <p>Rounds end: {state.stop_reason.replaceAll("_", " ")}</p>}
      {state.kinds && <p>Answers: {state.kinds.join(", ").replaceAll("_", " ")}</p>}
    </section>
  );
}

const basis = ({ rounds, flows, samples }: NetworkEvent["evidence"]): string =>
  [rounds && count(rounds, "round"), flows && count(flows, "flow"), samples && count(samples, "sample")].filter(Boolean).join(", ") || "nothing that was counted";

function OneEvent({ event }: { event: NetworkEvent }) {
  const { evidence, measurement } = event;
  return (
    <>
      <h1>{event.summary.charAt(0).toUpperCase() + event.summary.slice(1)}</h1>
      <p><time dateTime={event.at}>{instant(event.at)}</time> · <span class={`severity ${event.severity}`}>{event.severity}</span></p>
      <p>Seen by {event.probes.join(", ") || "no probe"}{measurement ? `, on the way to ${measurement.name}` : ""}.
        It rests on {basis(evidence)}.</p>
      <div class="cards"><State title="Before" state={event.before} /><State title="After" state={event.after} /></div>
      {measurement && (
        <p class="act"><a class="button" href={href("time", { measurement: measurement.id, probe: event.probes[0], at: event.at })}>Show me</a></p>
      )}
      {evidence.culprit && <p class="act"><a class="button" href={href("paths", { culprit: evidence.culprit })}>Show me the link</a></p>}
      {evidence.traces && evidence.traces.length > 0 && (
        <p>Traces that show it:{evidence.traces.slice(0, 5).map((id, i) => <> <a key={id} href={href("paths", { trace: id })}>{i + 1}</a></>)}</p>
      )}
    </>
  );
}

function Permalink({ id }: { id: string }) {
  const event = useLoaded((abort) => getEvent(id, abort).then((found) => found ?? null), [id], false);
  return (
    <>
      <Answer to={event} what="this event" title="Event">
        {(event) => (event ? <OneEvent event={event} />
          : <><h1>Event</h1><p class="problem">There is no event of this number, or it is no longer kept.</p></>)}
      </Answer>
      <p><a href={href("events")}>All events</a></p>
    </>
  );
}

const pageSize = 100;

function List() {
  const { kind, probe, measurement, at } = route.value.parameters;
  const to = at && new Date(Date.parse(at) + 1).toISOString();
  const pager = usePager([kind, probe, measurement, to].join("\n"));
  const page = useLoaded(
    (abort) => getEventPage({ kind, probe, measurement, to, limit: pageSize, cursor: pager.cursor }, abort),
    [kind, probe, measurement, to, pager.cursor], pager.isFirst && !to);
  const measurements = useLoaded(getMeasurements, [], false);
  const probes = useLoaded(getProbes, [], false);
  return (
    <>
      <div class="title"><h1>Events{at ? ` until ${instant(at)}` : ""}</h1><LookBack /></div>
      <CursorBar />
      <div class="controls">
        <Choose name="kind" label="Kind" none="all" options={kinds.map((each) => ({ value: each, text: each.replaceAll("_", " ") }))} />
        <Choose name="probe" label="Probe" none="all" options={probeOptions(probes.data ?? [])} />
        <Choose name="measurement" label="Measurement" none="all" options={measurementOptions(measurements.data ?? [])} />
        {(kind || probe || measurement) && (
          <button onClick={() => change({ kind: undefined, probe: undefined, measurement: undefined })}>No filter</button>
        )}
      </div>
      <Problem error={probes.error ?? measurements.error} what="probes and measurements" />
      <Answer to={page} what="events">{(page) => <EventList {...page} />}</Answer>
      <PageButtons pager={pager} next={page.data?.next} />
      {mayOperate() && <Alerts />}
    </>
  );
}

export function Events() {
  const { id } = route.value.parameters;
  return id ? <Permalink id={id} /> : <List />;
}
