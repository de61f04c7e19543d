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

/** Sets the cursor, where there is none. */
export const LookBack = () =>
  route.value.parameters.at ? null : <button class="quiet" onClick={() => moveBy(-60)}>◷ Look back</button>;

export function CursorBar() {
  const { at, b } = route.value.parameters;
  if (!at) return null;
  return (
    <div class="cursor-bar set" role="group" aria-label="Cursor">
      <label class="beside" title={instant(at)}><strong>A</strong>
        <input type="datetime-local" step="1" aria-label="Instant A" value={fieldText(at)} onChange={(event) => pick("at", event.currentTarget.value)} />
      </label>
      <button onClick={() => moveBy(-60)} aria-label="A minute before">−1 min</button>
      <button onClick={() => moveBy(60)} aria-label="A minute after">+1 min</button>
      {b ? (
        <>
          <label class="beside" title={instant(b)}>compared with <strong>B</strong>
            <input type="datetime-local" step="1" aria-label="Instant B" value={fieldText(b)} onChange={(event) => pick("b", event.currentTarget.value)} />
          </label>
          <button onClick={() => change({ b: undefined })}>End the comparison</button>
        </>
      ) : <button onClick={() => change({ b: at })}>Compare with this</button>}
      <button class="main" onClick={() => change({ at: undefined, b: undefined })}>Back to now</button>
    </div>
  );
}
