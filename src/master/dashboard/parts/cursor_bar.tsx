// The one cursor of the page: the instant that charts, paths, table and matrix show, and the one it
// is compared with. Both stand in the address.
import { instant } from "../model/text";
import { change, route } from "../router";

/** What a field for dates wants: local time, in seconds. */
function fieldText(at: string): string {
  const date = new Date(at);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return Number.isNaN(local.getTime()) ? "" : local.toISOString().slice(0, 19);
}

function pick(name: "at" | "b", text: string): void {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) change({ [name]: time.toISOString() }, true);
}

const moveBy = (seconds: number): void => {
  const at = route.value.parameters.at;
  change({ at: new Date((at ? Date.parse(at) : Date.now()) + seconds * 1000).toISOString() }, true);
};

export function CursorBar() {
  const { at, b } = route.value.parameters;
  if (!at) return (
    <p class="cursor-bar">
      <button class="quiet" onClick={() => moveBy(-60)}>◷ Look back</button>
    </p>
  );
  return (
    <div class="cursor-bar set" role="group" aria-label="Cursor">
      <strong>A {instant(at)}</strong>
      <button onClick={() => moveBy(-60)} aria-label="A minute before">−1 min</button>
      <button onClick={() => moveBy(60)} aria-label="A minute after">+1 min</button>
      <label class="beside">Instant
        <input type="datetime-local" step="1" value={fieldText(at)} onChange={(event) => pick("at", event.currentTarget.value)} />
      </label>
      {b ? (
        <>
          <label class="beside">Compared with B
            <input type="datetime-local" step="1" value={fieldText(b)} onChange={(event) => pick("b", event.currentTarget.value)} />
          </label>
          <button onClick={() => change({ b: undefined })}>End the comparison</button>
        </>
      ) : <button onClick={() => change({ b: at })}>Compare with this</button>}
      <button class="main" onClick={() => change({ at: undefined, b: undefined })}>Back to now</button>
    </div>
  );
}
