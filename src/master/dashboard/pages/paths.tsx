// The ways to the target of a measurement, of one probe or of all, now or at an instant.
import { useMemo, useState } from "preact/hooks";
import { getMeasurements, getProbes, getTrace, getTraces } from "../api/resources";
import type { Trace } from "../api/types";
import { getCulprits } from "../api/verdicts";
import { useLoaded } from "../load";
import { hopRows } from "../model/hop_rows";
import { type GraphLink, type Grouping, mergeGraph } from "../model/merge_graph";
import { linkEnds } from "../model/places";
import { wilson } from "../model/statistics";
import { count, instant, interval, percent } from "../model/text";
import { Choose, measurementOptions, probeOptions } from "../parts/choose";
import { Export } from "../parts/export";
import { HopTable } from "../parts/hop_table";
import { Legend, LossBar } from "../parts/loss";
import { linkName, PathGraph } from "../parts/path_graph";
import { Problem } from "../parts/problem";
import { SankeyGraph } from "../parts/sankey";
import { change, href, route } from "../router";

const rounds = 6; // of each probe, merged into one picture

/** The newest rounds of each probe, at `at` or now; or one trace by its id. */
async function roundsOf(
  measurement: string, probes: string[], at: string | undefined, abort: AbortSignal,
): Promise<Trace[]> {
  const to = at ? new Date(Date.parse(at) + 1).toISOString() : undefined;
  const each = probes.map((probe) => getTraces({ measurement, probe, to, limit: rounds }, abort));
  return (await Promise.all(each)).flat().sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
}

function Evidence({ link, name }: { link: GraphLink; name: string }) {
  const loss = wilson(link.lost, link.sent);
  const flows = new Map<string, number>();
  for (const flow of link.flows) {
    const probe = flow.slice(0, flow.lastIndexOf(" "));
    flows.set(probe, (flows.get(probe) ?? 0) + 1);
  }
  return (
    <section class="card" aria-label="Evidence" aria-live="polite">
      <h3>{name}</h3>
      {link.sent > 0 ? (
        <>
          <p>Of {link.sent} packets to the target over this link, {link.lost} got no answer: <strong>{interval(loss)}</strong> of
            the whole way is lost ({percent(link.lost / link.sent)} seen).</p>
          <LossBar loss={loss} estimate={link.lost / link.sent} />
        </>
      ) : <p class="pale">No flow over this link reached the target: nothing is known of its loss.</p>}
      <p>Crossed by {[...flows].map(([probe, n]) => `${count(n, "flow")} of ${probe}`).join(", ")}.</p>
      <p class="remark">Loss anywhere on the way counts here, also on the way back. A link is at fault when flows that avoid it
        lose nothing.</p>
    </section>
  );
}

function Controls({ flows }: { flows: string[] }) {
  const { parameters } = route.value;
  return (
    <>
      <Choose name="flow" label="Flow" none="all" options={flows.map((flow) => ({ value: flow, text: flow }))} />
      <Choose name="group" label="Group by" none="address"
        options={[{ value: "name", text: "name (domain)" }, { value: "network", text: "network (/24, /48)" }]} />
      <label>
        Hide first hops: {parameters.hide ?? 0}
        <input type="range" min="0" max="12" value={parameters.hide ?? 0}
          onInput={(event) => change({ hide: event.currentTarget.value === "0" ? undefined : event.currentTarget.value }, true)} />
      </label>
      <Choose name="view" label="View" none="graph" options={[{ value: "sankey", text: "Sankey" }]} />
    </>
  );
}

export function Shown({ traces, all }: { traces: Trace[]; all: boolean }) {
  const { parameters } = route.value;
  const [picked, setPicked] = useState<string | null>(null);
  const culprits = useLoaded(getCulprits, [], all);
  const hidden = Number(parameters.hide ?? 0) || 0;
  const grouping = (["name", "network"].includes(parameters.group ?? "") ? parameters.group : "address") as Grouping;
  const graph = useMemo(() => mergeGraph(traces, hidden, grouping), [traces, hidden, grouping]);
  const flows = useMemo(() => [...mergeGraph(traces).flows], [traces]);
  const flow = flows.includes(parameters.flow ?? "") ? parameters.flow : undefined;
  const rows = useMemo(() => hopRows(traces, flow), [traces, flow]);
  const link = [...graph.links.values()].find((each) => linkName(graph, each) === picked);
  const accused = culprits.data?.culprits.filter((each) => each.open || each.id === parameters.culprit) ?? [];
  const guilty = accused.flatMap((each) => each.links.map(linkEnds));
  return (
    <>
      <div class="controls"><Controls flows={flows} /><Export traces={traces} /></div>
      {parameters.view === "sankey" ? <SankeyGraph graph={graph} /> : (
        <PathGraph graph={graph} marks={{ flow, culprits: guilty }} onPick={(each) => setPicked(linkName(graph, each))} />
      )}
      <Legend />
      {link && <Evidence link={link} name={linkName(graph, link)} />}
      <h2>Hops{flow ? ` of flow ${flow}` : ""}</h2>
      <HopTable rows={rows}
        caption={traces.length ? `${count(traces.length, "round")}, the newest of ${instant(traces[0]!.started_at)}` : ""} />
    </>
  );
}

function OneTrace({ id }: { id: string }) {
  const trace = useLoaded((abort) => getTrace(id, abort), [id], false);
  if (!trace.data) return trace.error ? <Problem error={trace.error} what="this trace" /> : <p class="pale">Loading…</p>;
  const { probe, target, started_at, stop_reason } = trace.data;
  return (
    <>
      <h1>{probe} → {target.host}, {instant(started_at)} <span class="pale">({stop_reason.replaceAll("_", " ")})</span></h1>
      <Shown traces={[trace.data]} all={false} />
    </>
  );
}

export function Paths() {
  const { parameters } = route.value;
  const measurements = useLoaded(getMeasurements, [], false);
  const probes = useLoaded(getProbes, [], false);
  const measurement = parameters.measurement ?? measurements.data?.[0]?.id;
  const names = parameters.probe ? [parameters.probe] : (probes.data ?? []).map((each) => each.name).slice(0, 20);
  const traces = useLoaded(
    async (abort) => (measurement ? roundsOf(measurement, names, parameters.at, abort) : []),
    [measurement, names.join("\n"), parameters.at],
    !parameters.at,
  );
  if (parameters.trace) return <OneTrace id={parameters.trace} />;
  const error = measurements.error ?? probes.error ?? traces.error;
  if (error) return <Problem error={error} what="paths" />;
  if (!measurements.data || !probes.data || !traces.data) return <p class="pale">Loading…</p>;
  if (!measurement) return <p>Nothing is measured yet. <a href={href("configuration")}>Say what</a>.</p>;
  const title = measurements.data.find((each) => each.id === measurement || each.name === measurement)?.name ?? measurement;
  return (
    <>
      <h1>Paths to {title}{parameters.at ? `, ${instant(parameters.at)}` : ""}</h1>
      <div class="controls">
        <Choose name="measurement" label="Measurement" options={measurementOptions(measurements.data)} initial={measurement} />
        <Choose name="probe" label="Probe" none="all" options={probeOptions(probes.data)} />
        {parameters.at && <button onClick={() => change({ at: undefined })}>Back to now</button>}
        <a href={href("time", { measurement, probe: parameters.probe, at: parameters.at })}>Over time</a>
      </div>
      <Shown traces={traces.data} all />
    </>
  );
}
