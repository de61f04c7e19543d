// ECharts, as much of it as is used, in a part of its own that is loaded when a chart is.
import { CustomChart, LineChart, SankeyChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent, ToolboxComponent } from "echarts/components";
import { type ECharts, type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "preact/hooks";
import { isDark } from "../state";

use([CanvasRenderer, CustomChart, DataZoomComponent, GridComponent, LineChart, MarkLineComponent, SankeyChart,
  ToolboxComponent, TooltipComponent]);

/** The colours of the page, as the style sheet has them now. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"), pale: of("pale"), line: of("line"), card: of("card"), good: of("good"), bad: of("bad"),
    lines: [of("line0"), of("line1"), of("line2"), of("line3"), of("loss4")],
    delay: [of("delay1"), of("delay2"), of("delay3")],
  };
}

/** How much larger than usual the text of the page is: what is given in pixels grows with it. */
export const enlarged = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) / 15;

/** `height`: at the usual size of text. */
export function Chart({ option, label, height, onReady }: {
  option: EChartsCoreOption;
  label: string;
  height?: number;
  /** Once; the chart is filled anew afterwards. */
  onReady?: (chart: ECharts) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const dark = isDark();
  useEffect(() => {
    const made = init(place.current!);
    chart.current = made;
    made.setOption(option);
    onReady?.(made);
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(place.current!);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option, { replaceMerge: ["series"] });
  }, [option, dark]);
  return <div class="chart" ref={place} role="img" aria-label={label} style={height ? { height: `${height * enlarged()}px` } : {}} />;
}
