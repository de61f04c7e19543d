// RTT and loss of the way, and RTT of each hop, over time; a click sets the cursor, a drag zooms.
import type { ECharts } from "echarts/core";
import { useMemo, useRef } from "preact/hooks";
import { type Moment, nearest } from "../model/series";
import { instant, ms, percent } from "../model/text";
import { isDark } from "../state";
import { Chart, colours } from "./chart";

export interface Cursor {
  at?: number | undefined;
  other?: number | undefined;
}

type Choice = { onCursor: (at: number) => void; onZoom: (from: number, to: number) => void };
const inset = { left: 62, right: 18 };

/** Dragging selects a time, clicking an instant. */
function listen(chart: ECharts, { onCursor, onZoom }: Choice): void {
  chart.dispatchAction({ type: "takeGlobalCursor", key: "dataZoomSelect", dataZoomSelectActive: true });
  chart.on("datazoom", (event) => {
    const range = (event as { batch?: { startValue?: number; endValue?: number }[] }).batch?.[0];
    if (range?.startValue !== undefined && range.endValue !== undefined && range.endValue > range.startValue) {
      onZoom(range.startValue, range.endValue);
      chart.dispatchAction({ type: "dataZoom", start: 0, end: 100 }); // what is shown is loaded anew
    }
  });
  chart.getZr().on("click", (event) => {
    const at: unknown = chart.convertFromPixel({ xAxisIndex: 0 }, event.offsetX);
    if (typeof at === "number" && chart.containPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY])) onCursor(at);
  });
}

function marks(moments: Moment[], cursor: Cursor) {
  const { bad, ink, pale } = colours();
  const line = (at: number, color: string, text: string, type: string) => ({
    xAxis: at, lineStyle: { color, type, width: text ? 2 : 1 }, label: { show: !!text, formatter: text, color },
  });
  return {
    symbol: "none", silent: true, animation: false,
    data: [
      ...moments.filter((each) => each.changed).slice(-60).map((each) => line(each.at, bad, "", "dotted")),
      ...(cursor.at ? [line(cursor.at, ink, "A", "solid")] : []),
      ...(cursor.other ? [line(cursor.other, pale, "B", "solid")] : []),
    ],
  };
}

function axes() {
  const { pale, line } = colours();
  const common = { axisLabel: { color: pale, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, nameTextStyle: { color: pale }, splitLine: { lineStyle: { color: line } } };
  return { common, time: { type: "time", ...common, splitLine: { show: false } } };
}

const tooltip = { trigger: "axis", renderMode: "richText", confine: true } as const;
const brush = { toolbox: { show: true, right: -99, feature: { dataZoom: { yAxisIndex: "none", icon: { zoom: "M0 0", back: "M0 0" } } } } };

export function WayChart({ moments, cursor, choice }: { moments: Moment[]; cursor: Cursor; choice: Choice }) {
  const dark = isDark();
  const option = useMemo(() => {
    const { good, bad } = colours();
    const { common, time } = axes();
    const point = (value: (moment: Moment) => number | undefined) => moments.map((each) => [each.at, value(each) ?? null]);
    const band = { type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 } };
    return {
      animation: false, ...brush,
      aria: { enabled: true },
      grid: [{ ...inset, top: 30, height: 125 }, { ...inset, top: 190, height: 55 }],
      tooltip: {
        ...tooltip,
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
        { type: "value", name: "RTT, ms", scale: true, ...common },
        { type: "value", name: "Loss, %", gridIndex: 1, min: 0, splitNumber: 2, max: (range: { max: number }) => Math.max(10, Math.ceil(range.max / 10) * 10), ...common },
      ],
      series: [
        { ...band, name: "low", data: point((each) => each.low_us && each.low_us / 1000) },
        { ...band, name: "band", areaStyle: { color: good, opacity: 0.22 },
          data: point((each) => each.high_us !== undefined && each.low_us !== undefined ? (each.high_us - each.low_us) / 1000 : undefined) },
        { type: "line", name: "median", symbol: "circle", symbolSize: 3, color: good, data: point((each) => each.median_us && each.median_us / 1000), markLine: marks(moments, cursor) },
        { type: "line", name: "loss", step: "middle", symbol: "none", color: bad, areaStyle: { opacity: 0.35 }, xAxisIndex: 1, yAxisIndex: 1,
          data: point((each) => (each.loss === undefined ? 100 : each.loss * 100)), markLine: marks(moments, cursor) },
      ],
    };
  }, [moments, cursor.at, cursor.other, dark]);
  return <Chart option={option} label="Round-trip time and loss over time" height={275} onReady={(chart) => listen(chart, choice)} />;
}

export function HopChart({ moments, cursor, choice }: { moments: Moment[]; cursor: Cursor; choice: Choice }) {
  const dark = isDark();
  const latest = useRef(moments);
  latest.current = moments;
  const ttls = Math.max(1, ...moments.flatMap((each) => each.hops.filter((hop) => hop.answered).map((hop) => hop.ttl)));
  const option = useMemo(() => {
    const { delay, pale } = colours();
    const { common } = axes();
    const cells = moments.flatMap((each, i) =>
      each.hops.filter((hop) => hop.ttl <= ttls).map((hop) => [i, hop.ttl - 1, hop.median_us === undefined ? -1 : hop.median_us / 1000]),
    );
    const top = Math.max(1, ...cells.map((cell) => cell[2]!));
    const at = (time: number | undefined) => (time ? moments.indexOf(nearest(moments, time)!) : -1);
    return {
      animation: false,
      aria: { enabled: true },
      grid: { ...inset, top: 8, bottom: 26 },
      tooltip: {
        renderMode: "richText", confine: true,
        formatter: ({ value }: { value: [number, number, number] }) =>
          `TTL ${value[1] + 1}, ${instant(moments[value[0]]!.at)}\n${value[2] < 0 ? "no answer" : `${value[2].toFixed(2)} ms`}`,
      },
      xAxis: { type: "category", data: moments.map((each) => instant(each.at)), ...common },
      yAxis: { type: "category", inverse: true, data: Array.from({ length: ttls }, (_, i) => i + 1), ...common },
      visualMap: { show: false, min: 0, max: top, inRange: { color: delay }, outOfRange: { color: "transparent" } },
      series: [{
        type: "heatmap", data: cells, progressive: 2000,
        markLine: { symbol: "none", silent: true, animation: false, label: { show: false }, lineStyle: { color: pale, width: 2 },
          data: [at(cursor.at), at(cursor.other)].filter((i) => i >= 0).map((i) => ({ xAxis: i })) },
      }],
    };
  }, [moments, ttls, cursor.at, cursor.other, dark]);
  return (
    <Chart option={option} label="Round-trip time of each hop over time" height={60 + ttls * 22}
      onReady={(chart) => chart.on("click", ({ value }) => {
        const moment = latest.current[(value as number[] | undefined)?.[0] ?? -1];
        if (moment) choice.onCursor(moment.at);
      })} />
  );
}
