import type { NetworkEvent } from "../api/verdicts";
import { instant } from "../model/text";
import { href } from "../router";

export function EventList({ events }: { events: NetworkEvent[] }) {
  if (!events.length) return <p class="pale">Nothing happened.</p>;
  return (
    <ul class="events">
      {events.map((event) => (
        <li key={event.id}>
          <time dateTime={event.at}>{instant(event.at)}</time>
          <span class={`severity ${event.severity}`}>{event.severity}</span>
          <a href={href("events", { id: event.id })}>{event.summary}</a>
        </li>
      ))}
    </ul>
  );
}
