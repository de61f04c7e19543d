// When to look again: the master tells (server-sent events); where it cannot, we ask now and then.
import { signal } from "@preact/signals";

/** Counts up whenever there may be something new; at most once a second. */
export const pulse = signal(0);
/** live: the master tells us; asking: it cannot, we ask every few seconds, and once a minute whether
 * it can; lost: no connection. */
export const connection = signal<"starting" | "live" | "asking" | "lost">("starting");

/** Not of progress: who orders a trace follows that one. */
const kinds = ["trace", "culprit", "event", "probe"];
const shortest_ms = 1000;
const ask_every_ms = 5000;
const listen_every_ms = 60_000;
let due = 0;
let last = -shortest_ms;
let asking = 0;
let waiting = 0;
let source: EventSource | undefined;

function beat(): void {
  if (due) return;
  due = window.setTimeout(() => {
    due = 0;
    last = performance.now();
    if (!document.hidden) pulse.value += 1;
  }, last + shortest_ms - performance.now());
}

/** Asks the status: the cheapest way to see whether the master is there again. */
async function ask(): Promise<void> {
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  connection.value = answer ? "asking" : "lost";
  if (answer) beat();
}

/** Also anew, for one who may hear more since a login. */
export function listen(): void {
  source?.close();
  window.clearInterval(asking);
  window.clearTimeout(waiting);
  const own = (source = new EventSource(`/api/v1/live?kinds=${kinds.join(",")}`));
  const onMessage = () => {
    connection.value = "live";
    beat();
  };
  own.onopen = () => {
    connection.value = "live";
    beat();
  };
  own.onmessage = onMessage;
  for (const kind of kinds) own.addEventListener(kind, onMessage);
  own.onerror = () => {
    if (own.readyState !== EventSource.CLOSED) {
      connection.value = "lost"; // the browser tries again by itself
      return;
    }
    void ask();
    asking = window.setInterval(() => void ask(), ask_every_ms);
    waiting = window.setTimeout(listen, listen_every_ms);
  };
}

/** Once a minute in any case: what a file or a disk has come to, nobody tells. */
export function startLive(): void {
  window.setInterval(beat, 60_000);
  document.addEventListener("visibilitychange", beat);
  listen();
}
