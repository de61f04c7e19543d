// The ways of some rounds: graph, evidence, table of hops; of one instant, or two compared.
import { useEffect, useMemo, useState } from "preact/hooks";
import { getGraph, type Rounds } from "../api/graph";
import { getTraces } from "../api/resources";
import type { LossInterval, Trace } from "../api/types";
import { type Culprit, getCulprits } from "../api/verdicts";
import { together, useLoaded } from "../load";
import { differenceOf, type Graph, graphOf, joined, knownOf, linkName, through } from "../model/graph";
import { firstHops, grouped, groupings, routersBy } from "../model/grouping";
import { hopRows } from "../model/hop_rows";
import { linkEnds } from "../model/places";
import { count, instant, linkText } from "../model/text";
import { flowsOf, wayOf } from "../model/ways";
import { change, route } from "../router";
import { Answer } from "./answer";
import { Choose } from "./choose";
import { DifferenceView } from "./difference";
import { CulpritEvidence, LinkEvidence } from "./evidence";
import { Export, ExportOne } from "./export";
import { HopTable } from "./hop_table";
import { GraphLegend } from "./loss";
import { PathGraph } from "./path_graph";
import { Problem } from "./problem";
import { SankeyGraph } from "./sankey";
import { Unreadable } from "./unreadable";

const tracesShown = 120; // in the table of hops
const large = 60; // nodes: of more, only the ways over the accused link are shown

/** The same nodes, drawn as the address of the page wants them: groups, no first hops. */
function useDrawn(graph: Graph, traces: Trace[]): { graph: Graph; idOf: (id: string) => string; remark: string | undefined } {
  const { hide, group } = route.value.parameters;
  return useMemo(() => {
    const near = Number(hide) > 0 ? grouped(graph, firstHops(graph, Number(hide))) : { graph, idOf: new Map<string, string>() };
    const grouping = groupings[group ?? ""]?.of(near.graph, traces);
    const far = grouping ? grouped(near.graph, routersBy(grouping.keyOf)) : { graph: near.graph, idOf: new Map<string, string>() };
    const idOf = (id: string): string => {
      const one = near.idOf.get(id) ?? id;
      return far.idOf.get(one) ?? one;
    };
    return { graph: far.graph, idOf, remark: grouping?.remark };
  }, [graph, hide, group, group && traces]);
}

const movedId = (id: string, idOf: (id: string) => string): string => id.split("\n").map(idOf).join("\n");
const moved = (ids: Set<string> | undefined, idOf: (id: string) => string): Set<string> | undefined =>
  ids && new Set([...ids].map((id) => movedId(id, idOf)));

/** Links that a culprit consists of, by their ids, with what it loses. */
function guiltyOf(graph: Graph, culprits: Culprit[]): Map<string, LossInterval> {
  const guilty = new Map<string, LossInterval>();
  for (const { id, access, segment, links, loss } of culprits) {
    // Any probe's way may leave a silent hop for the router behind this access.
    const known = [segment, ...links].filter(({ from }) => access === undefined || from.silent === undefined);
    const named = new Set(known.map(linkEnds).map((each) => linkText(each.from, each.to)));
    for (const link of graph.links.values())
      if (link.culprits.includes(id) || named.has(linkName(graph, link))) guilty.set(link.id, loss);
  }
  return guilty;
}

function Controls({ flows }: { flows: string[] }) {
  const hide = route.value.parameters.hide ?? "0";
  return (
    <div class="controls beside" role="group" aria-label="How it is drawn">
      <Choose name="flow" label="Flow" none="all" options={flows.map((flow) => ({ value: flow, text: flow }))} />
      <Choose name="group" label="Group by" none="address"
        options={Object.entries(groupings).map(([value, { text }]) => ({ value, text }))} />
      <label>
        Hide first hops: {hide}
        <input type="range" min="0" max="12" value={hide}
          onInput={(event) => change({ hide: event.currentTarget.value === "0" ? undefined : event.currentTarget.value }, true)} />
      </label>
      <Choose name="view" label="View" none="graph" options={[{ value: "sankey", text: "Sankey" }]} />
    </div>
  );
}

/** What was loaded of `rounds`. `other`: of the instant that it is compared with. `total`: how many traces `whole` is
 * made of; `isOne`: it is about this one alone. `culprit`: the one that it is about; `open`: those that are accused now. */
export function Shown({ whole, other, traces, total = traces.length, isOne = false, rounds, culprit, open = [] }: {
  whole: Graph;
  other?: Graph | undefined;
  traces: Trace[];
  total?: number;
  isOne?: boolean;
  rounds: Rounds;
  culprit?: Culprit | undefined;
  open?: Culprit[] | undefined;
}) {
  const { parameters } = route.value;
  const [picked, setPicked] = useState<string | undefined>();
  const flows = useMemo(() => flowsOf(traces), [traces]);
  const flow = flows.includes(parameters.flow ?? "") ? parameters.flow : undefined;
  const all = useMemo(() => (other ? joined(whole, other) : whole), [whole, other]);
  const accused = useMemo(() => guiltyOf(all, culprit ? [culprit] : open), [all, culprit, open]);
  const seen = useMemo(() => (culprit && all.nodes.size > large ? through(all, new Set(accused.keys())) : all), [all, accused, culprit]);
  const { graph, idOf, remark } = useDrawn(seen, traces);
  const difference = useMemo(() => (other ? differenceOf(other, whole) : undefined), [whole, other]);
  const way = useMemo(() => (flow ? wayOf(traces, flow) : undefined), [traces, flow]);
  const known = useMemo(() => knownOf(all), [all]);
  const rows = useMemo(() => hopRows(traces, flow), [traces, flow]);
  const marks = {
    way: moved(way, idOf), guilty: new Map([...accused].map(([id, loss]) => [movedId(id, idOf), loss])), added: moved(difference?.added, idOf),
    removed: moved(difference?.removed, idOf), picked,
  };
  const link = graph.links.get(picked ?? "");
  useEffect(() => setPicked(culprit ? [...marks.guilty.keys()][0] : undefined), [culprit?.id, accused.size > 0]);
  const crossing = link ? flows.filter((each) => moved(wayOf(traces, each), idOf)!.has(link.id)) : [];
  return (
    <>
      {difference && <DifferenceView graph={all} difference={difference} />}
      <section class="card panel" aria-label="Graph">
        <Controls flows={flows} />
        {parameters.view === "sankey" ? <SankeyGraph graph={graph} /> : (
          <PathGraph graph={graph} marks={marks} onPick={(each) => setPicked(each.id)} />
        )}
        <GraphLegend isSankey={parameters.view === "sankey"} />
        {remark && <p class="remark">{remark}</p>}
        {seen !== all && <p class="remark">Only the ways over the accused link are drawn.</p>}
      </section>
      {culprit && <CulpritEvidence culprit={culprit} />}
      {link && <LinkEvidence link={link} name={linkName(graph, link)} probes={crossing.length ? ` (${crossing.slice(0, 8).join(", ")}${crossing.length > 8 ? ", …" : ""})` : ""} />}
      <div class="title">
        <h2>Hops{flow ? ` of flow ${flow}` : ""}</h2>
        {traces.length > 0 && (isOne ? <ExportOne id={traces[0]!.id} /> : <Export rounds={rounds} shown={traces} total={total} />)}
      </div>
      <HopTable rows={rows} known={known}
        caption={traces.length ? `${count(traces.length, "round")}, the newest of ${instant(traces[0]!.started_at)}` : ""} />
    </>
  );
}

/** Loads `rounds`, and `others` to compare them with. `every`: how often anew; 0: never. `only`: it is
 * about this trace, which is at hand. */
export function Picture({ rounds, only, others, every, culprit }: {
  rounds: Rounds;
  only?: Trace;
  others?: Rounds | undefined;
  every: number;
  culprit?: Culprit | undefined;
}) {
  const key = every ? [rounds.measurement, rounds.probe, rounds.limit].join("\n") : JSON.stringify(rounds);
  const view = useLoaded((abort) => getGraph(rounds, abort), [key], every);
  const graph = useMemo(() => view.data && graphOf(view.data), [view.data]);
  const other = useLoaded(
    async (abort) => (others ? graphOf(await getGraph(others, abort)) : null), [JSON.stringify(others)], false);
  const traces = useLoaded(
    async (abort) => (only ? [only] : getTraces({ ...rounds, limit: Math.min(tracesShown, rounds.limit ?? tracesShown) }, abort)), [key], every);
  const isAccused = !culprit && [...(graph?.links.values() ?? [])].some(({ culprits }) => culprits.length > 0);
  const open = useLoaded(
    async (abort) => (isAccused ? ((await getCulprits(undefined, abort))?.culprits.filter((each) => each.open) ?? []) : []), [isAccused], every);
  return (
    <>
      <Problem error={open.error} what="what the links at fault lose" />
      <Answer to={together({ ...view, data: graph }, traces, other)} what="paths">
        {([whole, traces, other]) => (
          <>
            <Unreadable number={view.data?.unreadable} one="trace of this time" many="traces of this time" />
            {whole.nodes.size || other?.nodes.size
              ? <Shown {...{ whole, traces, rounds, culprit }} other={other ?? undefined} total={view.data?.traces ?? 0} isOne={!!only} open={open.data} />
              : !view.data?.unreadable && <p class="pale">No trace of this time is kept.</p>}
          </>
        )}
      </Answer>
    </>
  );
}
