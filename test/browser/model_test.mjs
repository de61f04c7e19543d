// The pure part of the dashboard: what it makes of traces, without a browser.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, describe, it } from "node:test";

const source = process.env.DTRACE_DASHBOARD_SOURCE;
let model;
before(async () => {
  const { build } = createRequire(join(source, "package.json"))("esbuild");
  const names = ["statistics", "summary", "merge_graph", "layout", "hop_rows", "series", "export", "text", "matrix", "headline"];
  const { outputFiles } = await build({
    stdin: { contents: names.map((name) => `export * as ${name} from "./model/${name}";`).join("\n"), resolveDir: source },
    bundle: true, format: "esm", write: false, logLevel: "warning",
  });
  model = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
});

const answer = (from, rtt_us = 1000, more = {}) => ({ from, kind: "time_exceeded", rtt_us, ...more });
const hops = (...rows) => rows.map((answers, i) => ({ ttl: i + 1, sent: 3, answers: answers.map((each) => (typeof each === "string" ? answer(each) : each)) }));
const target = "198.51.100.9";
const path = (flow, reached, ...rows) => ({ flow, reached, hops: hops(...rows) });
const trace = (paths, more = {}) => ({
  id: "a", probe: "n1", target: { host: "t", address: target }, started_at: "2026-11-22T12:00:00Z", stop_reason: "completed", paths, ...more,
});
const arrived = [target, target, target];

describe("statistics", () => {
  it("gives Wilson's interval", () => {
    const { low, high } = model.statistics.wilson(5, 100);
    assert.ok(Math.abs(low - 0.02154) < 1e-4 && Math.abs(high - 0.11175) < 1e-4);
    assert.deepEqual(model.statistics.wilson(0, 0), { low: 0, high: 1 });
    assert.equal(model.statistics.wilson(0, 50).low, 0);
    assert.equal(model.statistics.wilson(50, 50).high, 1);
  });
  it("gives quantiles between values", () => {
    assert.equal(model.statistics.quantile([1, 2, 3, 4], 0.5), 2.5);
    assert.equal(model.statistics.quantile([], 0.5), undefined);
    assert.equal(model.statistics.standardDeviation([5]), undefined);
  });
});

describe("a summary", () => {
  it("counts packets to the target, those of a lost flow once", () => {
    const summary = model.summary.summarize(trace([path(0, true, ["10.0.0.1"], arrived), path(1, false, ["10.0.0.1"], [], [])]));
    assert.deepEqual([summary.sent, summary.answered, summary.reached], [6, 3, true]);
  });
  it("says nothing about loss where nobody arrives", () => {
    const summary = model.summary.summarize(trace([path(0, false, ["10.0.0.1"], [], [])]));
    assert.deepEqual([summary.sent, summary.reached], [0, false]);
  });
  it("takes silence for anybody", () => {
    const { sameWay } = model.summary;
    assert.ok(sameWay(["a", "*", "c"], ["a", "b", "*"]));
    assert.ok(sameWay(["a", "b"], ["a", "b", "*"]));
    assert.ok(!sameWay(["a", "b"], ["a", "c"]));
    assert.ok(!sameWay(["a", "b"], ["a", "b", "c"]));
  });
});

describe("the graph", () => {
  const diamond = () => trace([
    path(0, true, ["r1"], ["a"], arrived), path(1, true, ["r1"], ["b"], [target]), path(2, true, ["r1"], [], arrived),
  ]);
  it("pools flows on links, and keeps silence apart", () => {
    const graph = model.merge_graph.mergeGraph([diamond(), diamond()]);
    assert.deepEqual([...graph.nodes.values()].map(({ kind }) => kind).sort(), ["probe", "router", "router", "router", "silent", "target"]);
    const lossy = [...graph.links.values()].find(({ from, to }) => from === "b" && to === target);
    assert.deepEqual([lossy.sent, lossy.lost, lossy.flows.size], [6, 4, 1]);
    const clean = [...graph.links.values()].find(({ from }) => from === "a");
    assert.deepEqual([clean.sent, clean.lost], [6, 0]);
  });
  it("leaves out the first hops, and groups by network", () => {
    assert.ok(!model.merge_graph.mergeGraph([diamond()], 1).nodes.has("r1"));
    const near = trace([path(0, true, ["10.0.0.1"], ["10.0.0.2"], arrived)]);
    assert.ok(model.merge_graph.mergeGraph([near], 0, "network").nodes.has("10.0.0.0/24"));
  });
  it("is laid out from left to right, also with a loop", () => {
    const graph = model.merge_graph.mergeGraph([trace([path(0, false, ["a"], ["b"], ["a"], ["b"], [])])]);
    const { places } = model.layout.layOut(graph);
    assert.ok(places.get("a").column < places.get("b").column);
    const { places: straight, columns } = model.layout.layOut(model.merge_graph.mergeGraph([diamond()]));
    assert.equal(columns, 4);
    for (const { from, to } of model.merge_graph.mergeGraph([diamond()]).links.values())
      assert.ok(straight.get(from).column < straight.get(to).column);
  });
});

describe("the table of hops", () => {
  it("sees that traffic passes a router that answers rarely", () => {
    const rows = model.hop_rows.hopRows([trace([path(0, true, ["r1"], ["r2", "r2", "r2"], arrived)])]);
    assert.deepEqual(rows.map(({ ttl, answered, passes }) => [ttl, answered, passes]), [[1, 1, true], [2, 3, false], [3, 3, false]]);
  });
  it("shows one flow, and no silence behind the end", () => {
    const rows = model.hop_rows.hopRows([trace([path(0, true, ["r1"], arrived), path(1, false, ["r9"], [], [], [])])], "n1 1");
    assert.deepEqual(rows.map(({ hosts }) => hosts.map(({ address }) => address)), [["r9"], []]);
  });
});

describe("time", () => {
  it("marks the rounds whose flows went elsewhere", () => {
    const at = (minute, router) => trace([path(0, true, ["r1"], router, arrived)], { id: String(minute), started_at: `2026-11-22T12:0${minute}:00Z` });
    const moments = model.series.momentsOf([at(3, ["b"]), at(2, []), at(1, ["a"]), at(0, ["a"])]);
    assert.deepEqual(moments.map(({ changed }) => changed), [false, false, false, false]);
    const jump = model.series.momentsOf([at(0, ["a"]), at(1, ["b"])]);
    assert.deepEqual(jump.map(({ changed }) => changed), [false, true]);
    const difference = model.series.differenceOf([at(0, ["a"])], [at(1, ["b"])]);
    assert.deepEqual(difference.removed, ["r1 → a", `a → ${target}`]);
    assert.equal(model.series.nearest(jump, NaN), undefined);
  });
});

describe("text", () => {
  it("never makes a formula of a name in CSV", () => {
    const csv = model.export.toCsv([trace([path(0, true, [answer("10.0.0.1", 5, { name: '=cmd("x")' })], arrived)])]);
    assert.match(csv, /,"'=cmd\(""x""\)",/);
    assert.match(csv, /\r\n$/);
  });
  it("reads like traceroute", () => {
    assert.match(model.export.toText(trace([path(0, true, ["r1"], arrived)])), / 1 {2}r1 \(r1\) {2}1\.000 ms {2}\* {2}\*/);
  });
  it("tells intervals", () => {
    assert.equal(model.text.interval({ low: 0.18, high: 0.24 }), "18–24 %");
    assert.equal(model.text.interval({ low: 0.181, high: 0.182 }), "18 %");
    assert.equal(model.text.ms(undefined), "–");
  });
});

describe("the sentence", () => {
  const probes = [{ name: "n1", tags: [], online: true }, { name: "n2", tags: [], online: false }];
  const cell = (lost, reached = true) => model.matrix.matrixOf([{ probe: "n1", measurement: "m", started_at: "", reached, changed: false, rounds: [{ sent: 100, answered: 100 - lost }] }]);
  const told = (cells, verdicts) => model.headline.headline(verdicts, [...cells.values()], probes);
  it("tells clean, lossy, unreached and unknown apart", () => {
    assert.match(told(cell(0)).text, /^All clear: 1 of 2 probes/);
    assert.match(told(cell(0)).detail, /less than 3\.0 % is lost overall.*1 probe is offline/);
    assert.match(told(cell(20)).text, /^1 of 1 pair of probe and target loses packets/);
    assert.match(told(cell(0, false)).text, /has no connection/);
    assert.match(told(new Map()).text, /^Nothing is known/);
  });
  it("names the culprit first", () => {
    const culprit = { open: true, loss: { low: 0.18, high: 0.24, estimate: 0.2 }, first_seen: "2026-11-22T12:00:00Z", probes: 2 };
    const { text, trouble } = told(cell(20), { culprits: [culprit, { ...culprit, open: false }] });
    assert.ok(trouble);
    assert.match(text, /^1 link is losing 18–24 % of packets, since .*, seen by 2 of 2 probes/);
  });
});
