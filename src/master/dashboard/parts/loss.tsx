// How loss looks: its class, its interval as text and as a bar.
import type { LossInterval } from "../api/types";
import { interval, percent } from "../model/text";
import { wilson } from "../model/statistics";

/** By what is certain: the low end. 0: none that could be told from none; 4: over 20 %. */
export function lossClass(loss: LossInterval): 0 | 1 | 2 | 3 | 4 {
  if (loss.low <= 0.002) return 0;
  if (loss.low < 0.01) return 1;
  if (loss.low < 0.05) return 2;
  return loss.low < 0.2 ? 3 : 4;
}

export function LossText({ lost, sent }: { lost: number; sent: number }) {
  if (!sent) return <>–</>;
  if (!lost) return <>0 %</>;
  return <>{interval(wilson(lost, sent))}</>;
}

/** The interval on a scale of 0 to 100 %. */
export function LossBar({ loss, estimate, passes = false }: {
  loss: LossInterval;
  estimate?: number | undefined;
  passes?: boolean;
}) {
  const text = `between ${percent(loss.low)} and ${percent(loss.high)}`;
  return (
    <svg class={`bar ${passes ? "passes" : ""}`} viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label={text}>
      <rect class="ground" x="0" y="5" width="100" height="4" />
      <rect class="range" x={loss.low * 100} y="2" width={Math.max(0.8, (loss.high - loss.low) * 100)} height="10" />
      {estimate !== undefined && <line class="point" x1={estimate * 100} x2={estimate * 100} y1="0" y2="14" vector-effect="non-scaling-stroke" />}
    </svg>
  );
}

/** Loss over time: the line is the estimate, the band around it the interval. */
export function Spark({ course, label }: { course: { at: string; loss: LossInterval & { estimate: number } }[]; label: string }) {
  const times = course.map(({ at }) => Date.parse(at));
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  const top = Math.max(0.02, ...course.map(({ loss }) => loss.high));
  const x = (i: number): number => (last > first ? (100 * (times[i]! - first)) / (last - first) : 50);
  const y = (value: number): number => 29 - (value / top) * 27;
  const line = (of: (loss: LossInterval & { estimate: number }) => number): string[] => course.map(({ loss }, i) => `${x(i).toFixed(1)} ${y(of(loss)).toFixed(1)}`);
  const band = [...line((loss) => loss.high), ...line((loss) => loss.low).reverse()];
  return (
    <svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="ground" d="M0 29.5H100" vector-effect="non-scaling-stroke" />
      <path class="band" d={`M${band.join("L")}Z`} />
      <path d={`M${line((loss) => loss.estimate).join("L")}`} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

const steps = ["none certain", "under 1 %", "1–5 %", "5–20 %", "over 20 %"];

export function Legend() {
  return (
    <ul class="legend" aria-label="Loss, by what is certain">
      {steps.map((text, i) => <li key={i}><i class={`loss-${i}`} />{text}</li>)}
    </ul>
  );
}

/** Of a graph: its lines instead of cells. */
export function GraphLegend({ isSankey }: { isSankey: boolean }) {
  return (
    <ul class="legend" aria-label="Links">
      <li>Loss of the whole way:</li>
      {steps.map((text, i) => <li key={i}><i class={`line lossy-${i}`} />{text}</li>)}
      {!isSankey && <><li><i class="line culprit" />at fault</li><li><i class="line silent" />does not answer</li></>}
      <li>Width: flows</li>
    </ul>
  );
}
