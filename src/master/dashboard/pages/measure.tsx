// A trace on demand: from chosen probes to a target, once.
import { useEffect, useState } from "preact/hooks";
import { getGraph } from "../api/graph";
import { type Outcome, followOutcome, orderTrace } from "../api/once";
import { getProbes } from "../api/resources";
import type { Probe } from "../api/types";
import { type Loaded, useLoaded } from "../load";
import { graphOf } from "../model/graph";
import { hopRows } from "../model/hop_rows";
import { count } from "../model/text";
import { Answer } from "../parts/answer";
import { AskForm, parametersOf } from "../parts/ask_form";
import { Field } from "../parts/field";
import { HopTable } from "../parts/hop_table";
import { NoProbe } from "../parts/probe_catalog";
import { Shown } from "../parts/picture";
import { Problem } from "../parts/problem";
import { Unreadable } from "../parts/unreadable";
import { go, href, route } from "../router";
import { mayOperate } from "../state";

/** What can be told to be wrong before anybody is asked; by the member's name. */
function faultsOf(fields: FormData): Record<string, string> {
  const faults: Record<string, string> = {};
  const whole = (name: string, low: number, high: number): void => {
    const text = String(fields.get(name) ?? "").trim();
    if (text === "") return;
    const value = Number(text);
    if (!Number.isInteger(value) || value < low || value > high) faults[name] = `must be a whole number from ${low} to ${high}`;
  };
  const target = String(fields.get("target") ?? "").trim();
  if (!target) faults.target = "is missing: the name or address to trace";
  else if (!/^[A-Za-z0-9_.:-]{1,253}$/.test(target)) faults.target = "is neither a name nor an address";
  if (fields.get("flows") !== "auto") whole("flows", 1, 256);
  whole("attempts", 1, 100);
  whole("port", 1, 65535);
  if (!fields.getAll("probes").length) faults.probes = "choose at least one";
  return faults;
}

function Order({ probes }: { probes: Probe[] }) {
  const send = async (fields: FormData): Promise<string> => {
    const sentFrom = route.value;
    const id = await orderTrace({
      target: String(fields.get("target")).trim(),
      parameters: parametersOf(fields),
      probes: fields.getAll("probes").map(String),
    });
    if (route.value === sentFrom) go("measure", { id }); // who has gone elsewhere meanwhile stays there
    return "";
  };
  return (
    <div class="card">
      <AskForm action="Trace" look={faultsOf} send={send}>
        {(faults) => (
          <>
            <div class="controls">
              <Field label="Target" name="target" fault={faults.target}><input id="target" name="target" size={30} autocomplete="off" spellcheck={false} /></Field>
              <Field label="Method" name="method" fault={faults.method}>
                <select id="method" name="method"><option value="udp">UDP</option><option value="tcp">TCP</option><option value="icmp">ICMP</option></select>
              </Field>
              <Field label="Port" name="port" fault={faults.port}><input id="port" name="port" size={6} inputMode="numeric" placeholder="usual" /></Field>
              <Field label="Flows, or auto" name="flows" fault={faults.flows}><input id="flows" name="flows" size={4} autocomplete="off" defaultValue="8" /></Field>
              <Field label="Packets per hop" name="attempts" fault={faults.attempts}><input id="attempts" name="attempts" size={4} inputMode="numeric" defaultValue="3" /></Field>
            </div>
            <fieldset aria-describedby={faults.probes ? "probes-fault" : undefined}>
              <legend>From</legend>
              <div class="controls">
                {probes.map((probe) => (
                  <label class="beside" key={probe.name}>
                    <input type="checkbox" name="probes" value={probe.name} defaultChecked={probe.online} />
                    {probe.name}{!probe.online && <span class="field-problem">offline</span>}
                  </label>
                ))}
              </div>
              {faults.probes && <span class="field-problem" id="probes-fault" role="alert">{faults.probes}</span>}
            </fieldset>
          </>
        )}
      </AskForm>
    </div>
  );
}

function useOutcome(id: string): Pick<Loaded<Outcome>, "data" | "error"> {
  const [state, setState] = useState<Pick<Loaded<Outcome>, "data" | "error">>({ data: undefined, error: undefined });
  useEffect(() => {
    const abort = new AbortController();
    void followOutcome(
      id, abort.signal,
      (data) => setState({ data, error: undefined }),
      (error) => setState(({ data }) => ({ data, error })),
    );
    return () => abort.abort();
  }, [id]);
  return state;
}

function Result({ id }: { id: string }) {
  const outcome = useOutcome(id);
  const graph = useLoaded(async (abort) => graphOf(await getGraph({ measurement: id }, abort)), [id, outcome.data?.traces.length], false);
  if (!outcome.data)
    return <><h1>A trace on demand</h1>{outcome.error ? <Problem error={outcome.error} what="this result" /> : <p class="pale">Loading…</p>}</>;
  const { state, waiting = [], missing = [], traces = [], unreadable = 0, progress } = outcome.data;
  const results = count(traces.length + unreadable, "result");
  return (
    <>
      <h1>A trace on demand{outcome.data.target && ` to ${outcome.data.target}`}</h1>
      <p>This page has an address of its own: pass it on. <a href={href("measure")}>Another one</a></p>
      <p role="status">
        {state === "running" ? `Waiting for ${waiting.join(", ")}…` : `${unreadable ? `${traces.length} of ` : ""}${results}.`}
        {missing.length > 0 && ` Nothing ${unreadable ? "that can be read " : ""}came from ${missing.join(", ")}.`}
      </p>
      <Unreadable number={unreadable} one="result" />
      <Problem error={outcome.error} what="this result" />
      {progress && progress.traces.length > 0 && (
        <>
          <h2>Progress</h2>
          {progress.traces.map((trace) => (
            <HopTable key={trace.id} rows={hopRows([trace])} known={new Map()} caption={`${trace.probe}: what is known so far`} />
          ))}
        </>
      )}
      {traces.length > 0 && (
        <>
          <h2>{traces.map((trace) => `${trace.probe}: ${trace.stop_reason.replaceAll("_", " ")}`).join(", ")}</h2>
          {traces.filter((trace) => trace.error).map((trace) => <p class="problem" key={trace.id}>{trace.probe}: {trace.error}</p>)}
          <Answer to={graph} what="the graph of this result">
            {(whole) => <Shown whole={whole} traces={traces} rounds={{ measurement: id }} />}
          </Answer>
        </>
      )}
    </>
  );
}

export function Measure() {
  const probes = useLoaded(getProbes, [], false);
  const { id } = route.value.parameters;
  if (id) return <Result key={id} id={id} />;
  return (
    <>
      <h1>Measure now</h1>
      {!mayOperate() && <p class="pale"><a href={href("login")}>Log in</a> as an operator to order a trace.</p>}
      <Answer to={probes} what="probes">
        {(probes) => (probes.length ? <Order probes={probes} /> : <NoProbe />)}
      </Answer>
    </>
  );
}
