import type { NetworkEvent } from "../api/verdicts";
import { instant } from "../model/text";
import { href } from "../router";
import { Unreadable } from "./unreadable";

function Event({ event: { id, at, severity, summary } }: { event: NetworkEvent }) {
  return (
    <li>
      <time dateTime={at}>{instant(at)}</time>
      <span class={`severity ${severity}`}>{severity}</span>
      <a href={href("events", { id })}>{summary}</a>
    </li>
  );
}

export function EventList({ events, unreadable }: { events: NetworkEvent[]; unreadable?: number }) {
  return (
    <>
      {events.length > 0 ? <ul class="events">{events.map((event) => <Event key={event.id} event={event} />)}</ul>
        : !unreadable && <p class="pale">Nothing happened.</p>}
      <Unreadable number={unreadable} one="event" />
    </>
  );
}
