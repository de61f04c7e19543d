import { useMemo } from "preact/hooks";
import type { Graph } from "../model/graph";
import { layOut } from "../model/layout";
import { count, interval, ms } from "../model/text";
import { shortName } from "../model/places";
import { isDark } from "../state";
import { Chart, colours, enlarged } from "./chart";
import { lossClass } from "./loss";

export function SankeyDiagram({ graph }: { graph: Graph }) {
  const dark = isDark();
  const option = useMemo(() => {
    const { ink, pale, good, lines } = colours();
    const { places } = layOut(graph);
    const size = enlarged();
    // A Sankey diagram can show no loop: links that lead back stay out, and the page says so.
    const links = [...graph.links.values()].filter(
      (link) => places.get(link.to)!.column > places.get(link.from)!.column,
    );
    const label = (id: string): string => {
      const node = graph.nodes.get(id)!;
      return node.kind === "silent" ? "no answer" : shortName(node);
    };
    return {
      tooltip: {
        renderMode: "richText", textStyle: { fontSize: 12 * size },
        formatter: ({ data }: { data: { name?: string; source?: string; target?: string; value?: number; text?: string } }) =>
          data.source && data.target
            ? `${label(data.source)} to ${label(data.target)}\n${count(data.value ?? 0, "flow")}, loss of their way ${data.text}`
            : `${label(data.name!)}, ${ms(graph.nodes.get(data.name!)!.rtt_us?.median)}`,
      },
      series: [{
        type: "sankey", nodeWidth: 10, nodeGap: 14, left: 10, right: 130 * size, animation: false,
        label: { color: ink, formatter: ({ name }: { name: string }) => label(name), fontSize: 12 * size, width: 120 * size, overflow: "truncate" },
        data: [...graph.nodes.values()].map((node) => ({
          name: node.id, itemStyle: { color: node.kind === "silent" ? pale : good, borderWidth: 0 },
        })),
        links: links.map((link) => {
          const level = link.loss ? lossClass(link.loss) : 0;
          return {
            source: link.from, target: link.to, value: link.flows, text: link.loss ? interval(link.loss) : "unknown",
            lineStyle: { color: lines[level], opacity: level ? 0.8 : 0.45 },
          };
        }),
      }],
    };
  }, [graph, dark]);
  const shown = (option.series[0]?.links.length ?? 0) === graph.links.size;
  return (
    <>
      <Chart option={option} label="Sankey diagram of the flows" height={420} />
      {!shown && <p class="remark">There is a loop, which a Sankey diagram cannot show: see the graph.</p>}
    </>
  );
}
