// The graph of all flows: probes on the left, targets on the right. Width is the number of flows,
// colour the loss of their way, pale what does not answer.
import { useMemo } from "preact/hooks";
import type { EventLink } from "../api/verdicts";
import { type Layout, layOut } from "../model/layout";
import type { Graph, GraphLink, GraphNode } from "../model/merge_graph";
import { median, wilson } from "../model/statistics";
import { count, interval, linkText, ms } from "../model/text";
import { lossClass } from "./loss";

const row = 46;
const margin = { x: 60, y: 30 };

export interface GraphMarks {
  flow?: string | undefined;
  culprits?: EventLink[];
  /** Links that one of two instants has and the other has not. */
  added?: Set<string>;
  removed?: Set<string>;
}

interface Frame {
  layout: Layout;
  step: number;
}

function spot({ layout, step }: Frame, id: string): [number, number] {
  const place = layout.places.get(id)!;
  return [margin.x + place.column * step, margin.y + place.row * row];
}

/** "10.0.0.1 → 10.0.0.2", as links are told everywhere. */
export function linkName(graph: Graph, link: GraphLink): string {
  const end = (id: string): string => {
    const node = graph.nodes.get(id)!;
    return node.kind === "probe" ? `probe ${node.name}` : node.kind === "silent" ? "*" : node.address;
  };
  return linkText(end(link.from), end(link.to));
}

function curve(frame: Frame, link: GraphLink): string {
  const [x1, y1] = spot(frame, link.from);
  const [x2, y2] = spot(frame, link.to);
  if (x2 <= x1) return `M${x1} ${y1}C${x1 + 40} ${y1 - row},${x2 - 40} ${y2 - row},${x2} ${y2}`;
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1},${middle} ${y2},${x2} ${y2}`;
}

function LinkView({ graph, frame, link, marks, onPick }: {
  graph: Graph;
  frame: Frame;
  link: GraphLink;
  marks: GraphMarks;
  onPick: (link: GraphLink) => void;
}) {
  const loss = wilson(link.lost, link.sent);
  const name = linkName(graph, link);
  const silent = graph.nodes.get(link.to)!.kind === "silent" || graph.nodes.get(link.from)!.kind === "silent";
  const guilty = marks.culprits?.some((each) => linkText(each.from, each.to) === name) ?? false;
  const level = link.sent ? lossClass(loss) : 0;
  const classes = [
    "link", `lossy-${level}`, silent && !level ? "silent" : "", guilty ? "culprit" : "",
    marks.added?.has(name) ? "new" : "", marks.removed?.has(name) ? "gone" : "",
    marks.flow ? (link.flows.has(marks.flow) ? "pointed" : "aside") : "",
  ];
  const width = silent && !level ? 1.5 : 1.5 + Math.min(12, Math.sqrt(link.flows.size) * 2);
  const text = `${name}: ${count(link.flows.size, "flow")}, ` +
    `loss of their way ${link.sent ? interval(loss) : "unknown"}${guilty ? ", at fault" : ""}`;
  const [x1, y1] = spot(frame, link.from);
  const [x2, y2] = spot(frame, link.to);
  return (
    <>
      <path class={classes.join(" ")} d={curve(frame, link)} stroke-width={width} tabindex={0} role="button"
        aria-label={text} onClick={() => onPick(link)}
        onKeyDown={(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onPick(link); } }} />
      {guilty && <text class="mark" text-anchor="middle" x={(x1 + x2) / 2} y={(y1 + y2) / 2 - 6}>{interval(loss)}</text>}
    </>
  );
}

function NodeView({ frame, node }: { frame: Frame; node: GraphNode }) {
  const [x, y] = spot(frame, node.id);
  const time = median(node.rtts_us);
  const answers = node.sent ? `answers ${Math.round((100 * node.answered) / node.sent)} %` : "";
  const full = node.kind === "silent" ? "does not answer" : [node.name, node.address, ms(time), answers].join(" · ");
  const words = (node.name || node.address).split(".");
  const short = node.kind === "probe" || !node.name ? node.name || node.address : words.slice(0, 2).join(".");
  return (
    <g class={`node ${node.kind}`}>
      <title>{full}</title>
      <circle cx={x} cy={y} r={node.kind === "silent" ? 5 : 7} />
      {node.kind !== "silent" && (
        <>
          <text text-anchor="middle" x={x} y={y - 12}>{short}</text>
          {node.kind !== "probe" && <text class="second" text-anchor="middle" x={x} y={y + 20}>{ms(time)}</text>}
        </>
      )}
    </g>
  );
}

export function PathGraph({ graph, marks, onPick }: {
  graph: Graph;
  marks: GraphMarks;
  onPick: (link: GraphLink) => void;
}) {
  const layout = useMemo(() => layOut(graph), [graph]);
  if (!graph.nodes.size) return <p class="pale">No path in this time.</p>;
  const step = Math.max(92, Math.min(170, 1100 / Math.max(1, layout.columns - 1)));
  const frame = { layout, step };
  const size = { x: margin.x * 2 + (layout.columns - 1) * step, y: margin.y * 2 + layout.rows * row };
  const links = [...graph.links.values()];
  return (
    <div class="graph" role="region" aria-label="Paths" tabIndex={0}>
      <svg style={{ maxWidth: `${size.x * 1.2}px`, minWidth: `${size.x * 0.7}px` }} viewBox={`0 0 ${size.x} ${size.y}`} role="group"
        aria-label={`${count(graph.flows.size, "flow")} over ${count(graph.nodes.size, "node")}`}>
        {links.map((link) => (
          <LinkView key={`${link.from} ${link.to}`} {...{ graph, frame, link, marks, onPick }} />
        ))}
        {[...graph.nodes.values()].map((node) => <NodeView key={node.id} frame={frame} node={node} />)}
      </svg>
    </div>
  );
}
