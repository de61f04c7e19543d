// How often each path was taken in a step of the history.
import type { HistoryStep } from "../api/history";
import { instant, percent } from "../model/text";

const listed = 8;

export function PathsTaken({ step }: { step: HistoryStep | undefined }) {
  if (!step?.paths.length) return null;
  const all = step.paths.reduce((sum, { times }) => sum + times, step.other_paths);
  const rest = all - step.paths.slice(0, listed).reduce((sum, { times }) => sum + times, 0);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Paths taken">
      <table class="plain">
        <caption class="remark">Paths taken from {instant(step.start)}</caption>
        <thead><tr><th class="number">Share</th><th>Hops</th></tr></thead>
        <tbody>
          {step.paths.slice(0, listed).map(({ times, hops }, i) => (
            <tr key={i}><td class="number">{percent(times / all)}</td><td class="address">{hops.join(" → ")}</td></tr>
          ))}
          {rest > 0 && <tr><td class="number">{percent(rest / all)}</td><td>other paths</td></tr>}
        </tbody>
      </table>
    </div>
  );
}
