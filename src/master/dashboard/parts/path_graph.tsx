// The graph of all flows: probes on the left, targets on the right. Width is the number of flows,
// colour the loss of their way, pale what does not answer.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { LossInterval } from "../api/types";
import { type Graph, type GraphLink, type GraphNode, linkName } from "../model/graph";
import { type Layout, layOut, type Placed } from "../model/layout";
import { shortName } from "../model/places";
import { count, interval, ms, networkText } from "../model/text";
import { lossClass } from "./loss";

const usual = 15; // px of text, of which this is laid out: it grows with the text of the page
const row = 58;
const margin = { x: 60, y: 34 };

/** Ids of links. */
export interface GraphMarks {
  /** Those of one flow; the others step back. */
  way?: Set<string> | undefined;
  /** Of culprits, with what those lose. */
  guilty?: Map<string, LossInterval> | undefined;
  /** What one of two instants has and the other has not. */
  added?: Set<string> | undefined;
  removed?: Set<string> | undefined;
  picked?: string | undefined;
}

interface Frame {
  layout: Layout;
  step: number;
}

type Spot = [x: number, y: number];

const spotOf = ({ step }: Frame, place: Placed): Spot => [margin.x + place.column * step, margin.y + place.row * row];
const spot = (frame: Frame, id: string): Spot => spotOf(frame, frame.layout.places.get(id)!);

function curve(frame: Frame, link: GraphLink): string {
  const [x1, y1] = spot(frame, link.from);
  const [x2, y2] = spot(frame, link.to);
  if (x2 <= x1) return `M${x1} ${y1}C${x1 + 40} ${y1 - row},${x2 - 40} ${y2 - row},${x2} ${y2}`;
  let [x, y] = [x1, y1];
  let path = `M${x} ${y}`;
  for (const [toX, toY] of [...(frame.layout.bends.get(link.id) ?? []).map((each) => spotOf(frame, each)), [x2, y2] as Spot]) {
    const middle = (x + toX) / 2;
    path += `C${middle} ${y},${middle} ${toY},${toX} ${toY}`;
    [x, y] = [toX, toY];
  }
  return path;
}

function classesOf(link: GraphLink, level: number, silent: boolean, marks: GraphMarks): string {
  return [
    "link", `lossy-${level}`, silent && !level ? "silent" : "", marks.guilty?.has(link.id) ? "culprit" : "",
    marks.added?.has(link.id) ? "new" : "", marks.removed?.has(link.id) ? "gone" : "",
    marks.way ? (marks.way.has(link.id) ? "pointed" : "aside") : "", marks.picked === link.id ? "picked" : "",
  ].filter(Boolean).join(" ");
}

function LinkView({ graph, frame, link, marks, onPick }: {
  graph: Graph;
  frame: Frame;
  link: GraphLink;
  marks: GraphMarks;
  onPick: (link: GraphLink) => void;
}) {
  const name = linkName(graph, link);
  const silent = [link.from, link.to].some((id) => graph.nodes.get(id)!.kind === "silent");
  const fault = marks.guilty?.get(link.id);
  const level = link.loss ? lossClass(link.loss) : 0;
  const width = silent && !level ? 1.5 : 1.5 + Math.min(12, Math.sqrt(link.flows) * 2);
  const fate = marks.added?.has(link.id) ? ", only in A" : marks.removed?.has(link.id) ? ", only in B" : "";
  const text = `${name}: ${count(link.flows, "flow")}, ` +
    `loss of their way ${link.loss ? interval(link.loss) : "unknown"}${fault ? `, at fault: loses ${interval(fault)}` : ""}${fate}`;
  return (
    <path class={classesOf(link, level, silent, marks)} d={curve(frame, link)} stroke-width={width} tabindex={0} role="button"
      aria-label={text} onClick={() => onPick(link)}
      onKeyDown={(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onPick(link); } }}>
      <title>{text}</title>
    </path>
  );
}

/** What a link at fault loses, above its middle and over everything else. */
function MarkView({ frame, link, loss }: { frame: Frame; link: GraphLink; loss: LossInterval }) {
  const [x1, y1] = spot(frame, link.from);
  const [x2, y2] = spot(frame, link.to);
  return <text class="mark" text-anchor="middle" x={(x1 + x2) / 2} y={(y1 + y2) / 2 - 10}>{interval(loss)}</text>;
}

function NodeView({ frame, node }: { frame: Frame; node: GraphNode }) {
  const [x, y] = spot(frame, node.id);
  const time = node.rtt_us?.median;
  const answers = node.sent ? `answers ${Math.round((100 * node.answered) / node.sent)} %` : "";
  const members = node.members > 1 ? count(node.members, "address", "addresses") : "";
  const full = node.kind === "silent" ? "does not answer"
    : [node.name, node.address, networkText(node.info), members, time === undefined ? "" : ms(time), answers].filter(Boolean).join(" · ");
  return (
    <g class={`node ${node.kind}`}>
      <title>{full}</title>
      <circle cx={x} cy={y} r={node.kind === "silent" ? 5 : node.kind === "group" ? 10 : 7} />
      {node.kind !== "silent" && (
        <>
          <text text-anchor="middle" x={x} y={y - 13}>{shortName(node)}</text>
          {node.kind !== "probe" && (
            <text class="second" text-anchor="middle" x={x} y={y + 21}>{node.kind === "group" ? members : ms(time)}</text>
          )}
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
  const place = useRef<HTMLDivElement>(null);
  const accused = [...(marks.guilty?.keys() ?? [])].find((id) => graph.links.has(id));
  // Where the graph is wider than the page, what is at fault comes first.
  useEffect(() => {
    const [room, link] = [place.current, place.current?.querySelector(".culprit")];
    if (!room || !link) return;
    const [all, part] = [room.getBoundingClientRect(), link.getBoundingClientRect()];
    room.scrollLeft += (part.left + part.right - all.left - all.right) / 2;
  }, [accused]);
  if (!graph.nodes.size) return <p class="pale">No path in this time.</p>;
  const step = Math.max(92, Math.min(170, 1100 / Math.max(1, layout.columns - 1)));
  const frame = { layout, step };
  const size = { x: margin.x * 2 + (layout.columns - 1) * step, y: margin.y * 2 + 10 + (layout.rows - 1) * row };
  return (
    <div ref={place} class={`graph ${marks.guilty?.size ? "accused" : ""}`} role="region" aria-label="Paths" tabIndex={0}>
      <svg style={{ maxWidth: `${(size.x * 1.2) / usual}rem`, minWidth: `${(size.x * 0.7) / usual}rem` }} viewBox={`0 0 ${size.x} ${size.y}`} role="group"
        aria-label={`${count(graph.links.size, "link")} between ${count(graph.nodes.size, "node")}`}>
        {[...graph.links.values()].map((link) => (
          <LinkView key={link.id} {...{ graph, frame, link, marks, onPick }} />
        ))}
        {[...graph.nodes.values()].map((node) => <NodeView key={node.id} frame={frame} node={node} />)}
        {[...(marks.guilty ?? [])].flatMap(([id, loss]) => {
          const link = graph.links.get(id);
          return link ? [<MarkView key={id} {...{ frame, link, loss }} />] : [];
        })}
      </svg>
    </div>
  );
}
