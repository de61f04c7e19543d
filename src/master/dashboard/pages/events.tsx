// What happened: filtered, each with an address of its own.
import { getEvents, type EventState, type NetworkEvent } from "../api/verdicts";
import { getMeasurements, getProbes } from "../api/resources";
import { useLoaded } from "../load";
import { count, instant, interval, ms } from "../model/text";
import { Choose, measurementOptions, probeOptions } from "../parts/choose";
import { EventList } from "../parts/event_list";
import { Problem } from "../parts/problem";
import { change, href, route } from "../router";

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
      <p><a href={href("events")}>All events</a></p>
    </>
  );
}

export function Events() {
  const { kind, probe, measurement, id } = route.value.parameters;
  const events = useLoaded((abort) => getEvents({ kind, probe, measurement, limit: 200 }, abort), [kind, probe, measurement]);
  const measurements = useLoaded(getMeasurements, [], false);
  const probes = useLoaded(getProbes, [], false);
  if (!events.data) return (
    <>
      <h1>Events</h1>
      {events.error ? <Problem error={events.error} what="events" /> : <p class="pale">Loading…</p>}
    </>
  );
  const one = id ? events.data.find((event) => event.id === id) : undefined;
  if (one) return <OneEvent event={one} />;
  return (
    <>
      <h1>Events</h1>
      {id && <p class="problem">There is no event of this number among the newest.</p>}
      <div class="controls">
        <Choose name="kind" label="Kind" none="all" options={kinds.map((each) => ({ value: each, text: each.replaceAll("_", " ") }))} />
        <Choose name="probe" label="Probe" none="all" options={probeOptions(probes.data ?? [])} />
        <Choose name="measurement" label="Measurement" none="all" options={measurementOptions(measurements.data ?? [])} />
        {(kind || probe || measurement) && (
          <button onClick={() => change({ kind: undefined, probe: undefined, measurement: undefined })}>No filter</button>
        )}
      </div>
      <EventList events={events.data} />
    </>
  );
}
