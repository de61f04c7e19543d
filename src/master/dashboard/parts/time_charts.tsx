// RTT and loss of the way, and RTT of each hop, over time; a click sets the cursor, a drag zooms.
import type { CustomSeriesOption } from "echarts/charts";
import { type ECharts, color as colour } from "echarts/core";
import { useMemo } from "preact/hooks";
import { type Moment, nearest, spansOf } from "../model/series";
import { instant, ms, percent } from "../model/text";
import { useNewest } from "../newest";
import { isDark } from "../state";
import { Chart, colours, enlarged } from "./chart";

export interface Cursor {
  at?: number | undefined;
  other?: number | undefined;
}

interface Choice {
  onCursor: (at: number) => void;
  onZoom: (from: number, to: number) => void;
}

const inset = (): { left: number; right: number } => ({ left: 62 * enlarged(), right: 18 });
const fontSize = (): number => 12 * enlarged();

/** Dragging selects a time, clicking an instant. */
function listen(chart: ECharts, choice: { readonly current: Choice }): void {
  chart.dispatchAction({ type: "takeGlobalCursor", key: "dataZoomSelect", dataZoomSelectActive: true });
  chart.on("datazoom", (event) => {
    const range = (event as { batch?: { startValue?: number; endValue?: number }[] }).batch?.[0];
    if (range?.startValue !== undefined && range.endValue !== undefined && range.endValue > range.startValue) {
      choice.current.onZoom(range.startValue, range.endValue);
      chart.dispatchAction({ type: "dataZoom", start: 0, end: 100 }); // what is shown is loaded anew
    }
  });
  chart.getZr().on("click", (event) => {
    const at: unknown = chart.convertFromPixel({ xAxisIndex: 0 }, event.offsetX);
    if (typeof at === "number" && chart.containPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY])) choice.current.onCursor(at);
  });
}

/** Of path changes, and of events: more lines would hide the chart. */
export const mostMarks = 60;

/** Something that happened, and whether it is trouble. */
export interface Mark {
  at: number;
  trouble: boolean;
}

function marks(moments: Moment[], cursor: Cursor, events: Mark[], named = true) {
  const { ink, pale, bad } = colours();
  const line = (at: number, color: string, text: string, type: string) => ({
    xAxis: at, lineStyle: { color, type, width: text ? 2 : 1 }, label: { show: named && !!text, formatter: text, color, fontSize: fontSize() },
  });
  return {
    symbol: "none", silent: true, animation: false,
    data: [
      ...moments.filter((each) => each.changed).slice(-mostMarks).map((each) => line(each.at, pale, "", "dotted")),
      ...events.slice(0, mostMarks).map(({ at, trouble }) => line(at, trouble ? bad : pale, "", "dashed")),
      ...(cursor.at ? [line(cursor.at, ink, "A", "solid")] : []),
      ...(cursor.other ? [line(cursor.other, pale, "B", "solid")] : []),
    ],
  };
}

/** `spans`: of the rounds. Charts below each other have the same time at the same place. */
function axes(spans: [number, number][]) {
  const { pale, line } = colours();
  const text = { color: pale, fontSize: fontSize() };
  const common = { axisLabel: { ...text, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } };
  const named = { ...common, nameTextStyle: { ...text, align: "left" } };
  return { common, named, time: { type: "time", min: spans[0]?.[0], max: spans.at(-1)?.[1], ...common, splitLine: { show: false } } };
}

const tooltip = () => ({ trigger: "axis", renderMode: "richText", confine: true, textStyle: { fontSize: fontSize() } }) as const;
const brush = { toolbox: { show: true, right: -99, feature: { dataZoom: { yAxisIndex: "none", filterMode: "none", icon: { zoom: "M0 0", back: "M0 0" } } } } };

interface Charted {
  moments: Moment[];
  cursor: Cursor;
  choice: Choice;
}

/** `band`: what the band around the median is. `events`: what happened in this time. */
export function WayChart({ moments, cursor, choice, band: told, events }: Charted & { band: string; events: Mark[] }) {
  const dark = isDark();
  const newest = useNewest(choice);
  const option = useMemo(() => {
    const { good, bad } = colours();
    const { named, time } = axes(spansOf(moments));
    const size = enlarged();
    const point = (value: (moment: Moment) => number | undefined) => moments.map((each) => [each.at, value(each) ?? null]);
    const band = { type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 } };
    return {
      animation: false, ...brush,
      grid: [{ ...inset(), top: 30 * size, height: 125 * size }, { ...inset(), top: 190 * size, height: 55 * size }],
      tooltip: {
        ...tooltip(),
        formatter: (shown: { value?: [number] }[]) => {
          const here = nearest(moments, shown[0]?.value?.[0] ?? NaN);
          if (!here) return "";
          const loss = here.loss === undefined ? "target not reached" : `${percent(here.loss)} lost`;
          return `${instant(here.at)}\n${ms(here.median_us)} (${ms(here.low_us)} to ${ms(here.high_us)})\n${loss}${here.changed ? "\npath changed" : ""}`;
        },
      },
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      xAxis: [{ ...time, axisLabel: { show: false } }, { ...time, gridIndex: 1 }],
      yAxis: [
        { type: "value", name: `RTT in ms: median, and from ${told}`, scale: true, ...named },
        { type: "value", name: "Loss in %", gridIndex: 1, min: 0, splitNumber: 2, max: (range: { max: number }) => Math.max(10, Math.ceil(range.max / 10) * 10), ...named },
      ],
      series: [
        { ...band, name: "low", data: point((each) => each.low_us && each.low_us / 1000) },
        { ...band, name: "band", areaStyle: { color: good, opacity: 0.22 },
          data: point((each) => each.high_us !== undefined && each.low_us !== undefined ? (each.high_us - each.low_us) / 1000 : undefined) },
        { type: "line", name: "median", symbol: "circle", symbolSize: 3, color: good, data: point((each) => each.median_us && each.median_us / 1000), markLine: marks(moments, cursor, events) },
        { type: "line", name: "loss", step: "middle", symbol: "none", color: bad, areaStyle: { opacity: 0.35 }, xAxisIndex: 1, yAxisIndex: 1,
          data: point((each) => (each.loss === undefined ? 100 : each.loss * 100)), markLine: marks(moments, cursor, events) },
      ],
    };
  }, [moments, cursor.at, cursor.other, told, events, dark]);
  return <Chart option={option} label="Round-trip time and loss over time" height={275} onReady={(chart) => listen(chart, newest)} />;
}

/** From the colour of no time to that of `top`. */
function shade(delay: string[], share: number): string {
  const at = Math.min(1, share) * (delay.length - 1);
  const i = Math.min(delay.length - 2, Math.floor(at));
  return colour.lerp(at - i, [delay[i]!, delay[i + 1]!]) as string;
}

type Cell = [from: number, to: number, row: number, value_ms: number];

/** A rectangle for what one hop took in one round. */
const drawCell = (delay: string[], top: number): CustomSeriesOption["renderItem"] => (_, api) => {
  const [x1, y1] = api.coord!([api.value!(0), api.value!(2)]) as [number, number];
  const [x2] = api.coord!([api.value!(1), api.value!(2)]) as [number, number];
  const height = (api.size!([0, 1]) as [number, number])[1];
  // Whole pixels: no seams between neighbours.
  const [left, above] = [Math.round(x1), Math.round(y1 - height / 2)];
  const shape = { x: left, y: above, width: Math.max(1, Math.round(x2) - left), height: Math.round(y1 + height / 2) - above };
  return { type: "rect", shape, style: { fill: shade(delay, Number(api.value!(3)) / top) } };
};

/** `empty`: what a place without colour means. */
export function HopChart({ moments, cursor, choice, empty }: Charted & { empty: string }) {
  const dark = isDark();
  const newest = useNewest(choice);
  const ttls = Math.max(1, ...moments.flatMap((each) => each.hops.filter((hop) => hop.answered).map((hop) => hop.ttl)));
  const { cells, top } = useMemo(() => {
    const spans = spansOf(moments);
    const all = moments.flatMap((each, i) => each.hops.flatMap(({ ttl, median_us }): Cell[] =>
      (ttl <= ttls && median_us !== undefined ? [[...spans[i]!, ttl - 1, median_us / 1000]] : [])));
    return { cells: all, top: Math.max(0.01, ...all.map((cell) => cell[3])) };
  }, [moments, ttls]);
  const option = useMemo(() => {
    const { delay } = colours();
    const { named, time } = axes(spansOf(moments));
    return {
      animation: false, ...brush,
      grid: { ...inset(), top: 8, bottom: 26 * enlarged() },
      tooltip: {
        ...tooltip(), trigger: "item",
        formatter: ({ value: [from, to, row, value] }: { value: Cell }) =>
          `TTL ${row + 1}, ${instant(nearest(moments, (from + to) / 2)!.at)}\n${ms(value * 1000)}`,
      },
      xAxis: time,
      yAxis: { type: "category", inverse: true, data: Array.from({ length: ttls }, (_, i) => i + 1), ...named, splitLine: { show: false } },
      series: [{ type: "custom", renderItem: drawCell(delay, top), encode: { x: [0, 1], y: 2 }, data: cells, markLine: marks([], cursor, [], false) }],
    };
  }, [moments, cells, cursor.at, cursor.other, dark]);
  return (
    <figure>
      <figcaption class="legend">
        <span>RTT of each hop, by TTL:</span> <span>0 <i class="delays" /> {ms(top * 1000)}</span> <span>empty: {empty}</span>
      </figcaption>
      <Chart option={option} label="Round-trip time of each hop over time" height={40 + ttls * 22} onReady={(chart) => listen(chart, newest)} />
    </figure>
  );
}
