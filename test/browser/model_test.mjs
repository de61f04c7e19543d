// The pure part of the dashboard: what it makes of traces, without a browser.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, describe, it } from "node:test";

const source = process.env.DTRACE_DASHBOARD_SOURCE;
let model;
before(async () => {
  const { build } = createRequire(join(source, "package.json"))("esbuild");
  const names = ["statistics", "summary", "graph", "grouping", "routers", "ways", "window", "layout", "hop_rows", "series", "text", "matrix", "headline", "places"];
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
  const graphOf = (view) => model.graph.graphOf(view); // the model is loaded later
  const linkId = (from, to) => model.graph.linkId(from, to);
  const node = (id, kind, more = {}) => ({ id, kind, names: [], rank: id, first_ttl: id, last_ttl: id, sent: 6, answered: 6, kinds: [], ...more });
  const link = (from, to, lost = 0) => ({ from, to, flows: 1, rounds: 2, sent: 6, answered: 6 - lost, loss: { estimate: lost / 6, low: lost ? 0.2 : 0, high: 0.9 }, labels: [], spread: false, back: false });
  const silence = { after: 1, before: 4, position: 1, hops: 1 };
  /** n1 → 10.0.0.1 → {10.0.1.1, silence} → target. */
  const diamond = (router = "10.0.1.1") => graphOf({
    nodes: [node(0, "probe", { probe: "n1" }), node(1, "router", { address: "10.0.0.1", names: ["r1.core.example"] }), node(2, "router", { address: router, first_ttl: 2 }),
      node(3, "silent", { place: silence, first_ttl: 2 }), node(4, "target", { address: target, first_ttl: 3 })],
    links: [link(0, 1), link(1, 2), link(1, 3), link(2, 4, 4), link(3, 4)], traces: 2, voided: 0, truncated: false,
  });
  const silent = `* 1/1 10.0.0.1 ${target}`;

  it("knows nodes by who they are, and keeps silence apart", () => {
    const { nodes, links } = diamond();
    assert.deepEqual([...nodes.keys()], ["probe n1", "10.0.0.1", "10.0.1.1", silent, target]);
    assert.deepEqual([links.get(linkId("10.0.1.1", target)).sent, links.get(linkId("10.0.1.1", target)).lost], [6, 4]);
    assert.ok(links.has(linkId("10.0.0.1", silent)));
  });
  it("takes silence before a target for loss where the target is seen right there", () => {
    const { nodes, links } = graphOf({
      nodes: [node(0, "probe", { probe: "n1" }), node(1, "router", { address: "10.0.0.1" }), node(2, "target", { address: target }),
        node(3, "silent", { place: { after: 1, before: 2, position: 1, hops: 2 } }), node(4, "silent", { place: { after: 1, before: 2, position: 2, hops: 2 } })],
      links: [link(0, 1), link(1, 2), link(1, 3), link(3, 4), link(4, 2, 4)], traces: 2, voided: 0, truncated: false,
    });
    assert.deepEqual([...nodes.keys()], ["probe n1", "10.0.0.1", target]);
    assert.deepEqual([...links.keys()], [linkId("probe n1", "10.0.0.1"), linkId("10.0.0.1", target)]);
    assert.deepEqual([links.get(linkId("10.0.0.1", target)).sent, links.get(linkId("10.0.0.1", target)).rounds], [12, 4]);
  });
  it("compares two instants; silence says nothing", () => {
    const difference = model.graph.differenceOf(diamond("10.0.1.1"), diamond("10.0.1.2"));
    assert.deepEqual([...difference.added], [linkId("10.0.0.1", "10.0.1.2"), linkId("10.0.1.2", target)]);
    assert.deepEqual([...difference.removed], [linkId("10.0.0.1", "10.0.1.1"), linkId("10.0.1.1", target)]);
    assert.equal(difference.kept, 1);
    assert.equal(model.graph.joined(diamond("10.0.1.1"), diamond("10.0.1.2")).nodes.size, 6);
  });
  it("shows what crosses a link alone", () => {
    const { nodes } = model.graph.through(diamond(), new Set([linkId("10.0.1.1", target)]));
    assert.deepEqual([...nodes.keys()], ["probe n1", "10.0.0.1", "10.0.1.1", target]);
  });
  it("groups routers and sums up what crosses between groups", () => {
    const { grouped, groupings, routersBy, firstHops } = model.grouping;
    const { graph } = grouped(diamond(), routersBy(() => "one network"));
    assert.deepEqual([...graph.nodes.keys()], ["probe n1", "one network", silent, target]);
    assert.equal(graph.nodes.get("one network").members, 2);
    assert.deepEqual([graph.links.get(linkId("one network", target)).sent, graph.links.get(linkId("one network", target)).lost], [6, 4]);
    const byNetwork = grouped(diamond(), routersBy(groupings.network.of().keyOf)).graph;
    assert.ok(byNetwork.nodes.has("10.0.0.0/24") && byNetwork.nodes.has("10.0.1.0/24") && byNetwork.nodes.has(target));
    const known = diamond();
    for (const id of ["10.0.0.1", "10.0.1.1"]) known.nodes.get(id).info = { asn: 64500, organisation: "Example" };
    const byNumber = grouped(known, routersBy(groupings.network.of().keyOf)).graph;
    assert.equal(byNumber.nodes.get("AS64500 Example").members, 2);
    assert.deepEqual([...model.graph.knownOf(known).keys()], ["10.0.0.1", "10.0.1.1"]);
    assert.equal(model.graph.knownOf(diamond()).size, 0);
    assert.ok(grouped(diamond(), routersBy(groupings.name.of().keyOf)).graph.nodes.has("core.example"));
    const near = grouped(diamond(), firstHops(diamond(), 1)).graph;
    assert.deepEqual([...near.nodes.keys()], ["probe n1", "first 1 hop of n1", "10.0.1.1", silent, target]);
  });
  it("follows one flow through it, also through silence", () => {
    const traces = [trace([path(0, true, ["10.0.0.1"], ["10.0.1.1"], arrived), path(1, true, ["10.0.0.1"], [], arrived)])];
    assert.deepEqual(model.ways.flowsOf(traces), ["n1 0", "n1 1"]);
    const way = model.ways.wayOf(traces, "n1 1");
    assert.deepEqual([...way], [linkId("probe n1", "10.0.0.1"), linkId("10.0.0.1", silent), linkId(silent, target)]);
    assert.ok([...way].every((id) => diamond().links.has(id)));
  });
  it("is laid out from left to right, also with a loop", () => {
    const { places, columns } = model.layout.layOut(diamond());
    assert.equal(columns, 4);
    for (const { from, to } of diamond().links.values()) assert.ok(places.get(from).column < places.get(to).column);
    const loop = graphOf({
      nodes: [node(0, "probe", { probe: "n1" }), node(1, "router", { address: "a" }), node(2, "router", { address: "b" })],
      links: [link(0, 1), link(1, 2), link(2, 1)], traces: 1, voided: 0, truncated: false,
    });
    assert.ok(model.layout.layOut(loop).places.get("a").column < model.layout.layOut(loop).places.get("b").column);
  });
});

describe("a link that passes a column", () => {
  it("has a place of its own there, beside the nodes", () => {
    const node = (id) => [id, { id, kind: id === "a" ? "probe" : "router" }];
    const link = (from, to) => [`${from}${to}`, { id: `${from}${to}`, from, to }];
    const graph = { nodes: new Map(["a", "b", "c", "d"].map(node)), links: new Map([link("a", "b"), link("b", "c"), link("c", "d"), link("a", "d")]) };
    const { places, bends } = model.layout.layOut(graph);
    assert.deepEqual([...bends.keys()], ["ad"]);
    assert.deepEqual(bends.get("ad").map(({ column }) => column), [1, 2]);
    for (const { column, row } of bends.get("ad"))
      for (const id of ["b", "c"]) assert.ok(places.get(id).column !== column || Math.abs(places.get(id).row - row) >= 1);
  });
});

describe("the rounds of a view", () => {
  const at = "2026-11-22T12:00:00.000Z";
  it("are the newest, those of an instant, or those of a longer time", () => {
    const { windowOf } = model.window;
    assert.deepEqual(windowOf({}, 3, 60), { limit: 18 });
    assert.deepEqual(windowOf({ at }, 3, 60), { from: "2026-11-22T11:58:57.000Z", to: "2026-11-22T12:00:00.001Z", limit: 2000 });
    assert.equal(windowOf({ at }, 1, 60).limit, 1);
    assert.equal(windowOf({ at, over: "600" }, 3, 60).from, "2026-11-22T11:50:00.000Z");
    assert.deepEqual(windowOf({ over: "600" }, 3, 60, Date.parse(at)), { from: "2026-11-22T11:50:00.000Z", to: undefined, limit: 2000 });
  });
});

describe("charts", () => {
  const now = Date.parse("2026-11-22T12:34:56Z");
  const stretchOf = (view) => model.window.stretchOf({ span: 3600, ...view }, now);
  it("show the last hour, or what was zoomed into", () => {
    const last = { from: "2026-11-22T11:34:56.000Z", to: undefined };
    assert.deepEqual(stretchOf({}), last);
    assert.deepEqual(stretchOf({ at: "2026-11-22T12:00:00Z" }), last);
    assert.deepEqual(stretchOf({ at: "no time" }), last);
    assert.deepEqual(stretchOf({ from: "a", to: "b", at: "2026-11-20T12:00:00Z" }), { from: "a", to: "b" });
  });
  it("show an hour around a cursor that is older, and stay while it moves a little", () => {
    const then = { from: "2026-11-21T09:30:00.000Z", to: "2026-11-21T10:30:00.000Z" };
    for (const at of ["2026-11-21T09:45:00Z", "2026-11-21T10:00:00Z", "2026-11-21T10:14:59.999Z"]) assert.deepEqual(stretchOf({ at }), then);
    assert.equal(stretchOf({ at: "2026-11-21T10:15:00Z" }).from, "2026-11-21T10:00:00.000Z");
    for (let age = 3601; age < 9000; age += 7) {
      const at = now - age * 1000;
      const { from, to } = stretchOf({ at: new Date(at).toISOString() });
      assert.ok(Date.parse(from) <= at - 900_000 && at < Date.parse(to) - 900_000 && Date.parse(to) <= now, from);
    }
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
    assert.equal(model.series.nearest(jump, NaN), undefined);
    const late = trace([path(0, true, ["r1"], ["a"], [], arrived)], { started_at: "2026-11-22T12:05:00Z" });
    assert.ok(!model.series.momentsOf([at(0, ["a"]), late]).some(({ changed }) => changed)); // lost, and heard further on
  });
});

describe("a round in a heat map", () => {
  it("lasts until halfway to the next, and a gap stays one", () => {
    const at = (...times) => times.map((time) => ({ at: time }));
    assert.deepEqual(model.series.spansOf(at(0, 10, 20)), [[-5, 5], [5, 15], [15, 25]]);
    assert.deepEqual(model.series.spansOf(at(0, 10, 20, 100)).slice(2), [[15, 27.5], [92.5, 105]]);
    assert.deepEqual(model.series.spansOf(at(7000)), [[6500, 7500]]);
  });
});

describe("long times", () => {
  it("show what hours came to, and where most rounds took another path", () => {
    const step = (hour, router, rest = {}) => ({ start: `2026-11-22T0${hour}:00:00Z`, traces: 60, reached: 60, failed: 0, sent: 100, answered: 95, paths: [{ times: 50, hops: ["r1", router, "t"] }], other_paths: 0, ...rest });
    const hop = { ttl: 2, sent: 9, answered: 7, rtt_us: { min: 1, p50: 5, p90: 6, p99: 7, max: 8 } };
    assert.deepEqual(model.series.momentsOfHistory([step(1, "a", { hops: [hop, { ttl: 3, sent: 9, answered: 0 }] }), step(2, "a")]).map(({ hops }) => hops), [
      [{ ttl: 2, sent: 9, answered: 7, median_us: 5 }, { ttl: 3, sent: 9, answered: 0, median_us: undefined }], []]);
    const moments = model.series.momentsOfHistory([step(1, "a", { rtt_us: { min: 1, p50: 2, p90: 3, p99: 4, max: 5 } }), step(2, "*"), step(3, "a"), step(4, "b"), step(5, "b", { sent: 0, answered: 0, paths: [] })]);
    assert.deepEqual(moments.map(({ changed }) => changed), [false, false, false, true, false]);
    assert.deepEqual([moments[0].low_us, moments[0].median_us, moments[0].high_us, moments[4].loss], [1, 2, 3, undefined]);
    assert.ok(Math.abs(moments[0].loss - 0.05) < 1e-9);
  });
});

describe("the matrix", () => {
  const columns = { newest: "2026-11-22T12:00:00Z", probes: ["n1", "n2"], measurements: ["m", "k"], probe: [0, 1, 1], measurement: [0, 0, 1],
    age_s: [0, 30, 0], sent: [100, 100, 0], lost: [0, 20, 0], rtt_us: [1000, 3000, 0], marks: [1, 1 + 2 + 4, 0] };
  const probe = (name, ...tags) => ({ name, tags, online: true });
  const measurements = [{ id: "m" }, { id: "k" }];
  it("is read by place", () => {
    const matrix = new model.matrix.Matrix(columns);
    const { started, sent, lost, changed, trend, reached } = matrix.cell("n2", "m");
    assert.deepEqual([started, sent, lost, changed, trend, reached], [Date.parse("2026-11-22T11:59:30Z"), 100, 20, true, "up", true]);
    assert.equal(matrix.cell("n1", "k"), undefined);
    assert.equal(matrix.cell("n9", "m"), undefined);
    assert.deepEqual(matrix.tally(), { cells: 3, unreached: 1, lossy: 1, sent: 200, lost: 20 });
  });
  it("sums up the probes of a tag", () => {
    const matrix = new model.matrix.Matrix(columns);
    const rows = model.matrix.rowsOf([probe("n1", "eu"), probe("n2", "eu", "core"), probe("n3")], measurements, matrix, "tag");
    assert.deepEqual(rows.map(({ name, probes }) => [name, probes.length]), [["eu", 2], ["core", 1], ["no tag", 1]]);
    assert.equal(rows[0].trouble, 1);
    assert.equal(rows[2].trouble, 0);
    const sum = model.matrix.sumOf(rows[0], "m", matrix);
    assert.deepEqual([sum.sent, sum.lost, sum.rtt_us, sum.cells, sum.unreached, sum.changed], [200, 20, 2000, 2, 0, true]);
    assert.equal(model.matrix.sumOf(rows[2], "m", matrix), undefined);
  });
});

describe("a router", () => {
  const node = (address, name = "") => ({ id: address, kind: "router", address, name });
  const nodes = [node("10.0.0.1", "ae-1.core1.fra.example"), node("10.0.0.2", "xe-0-0-3.core1.fra.example"), node("10.0.0.3", "core2.fra.example"), node("10.0.0.4"), node("10.0.0.5")];
  it("is told by names that differ in the interface", () => {
    const { nameOf, told, guessed } = model.routers.routersOf(nodes, []);
    assert.deepEqual([...nameOf], [["10.0.0.1", "core1.fra.example"], ["10.0.0.2", "core1.fra.example"]]);
    assert.deepEqual([told, guessed], [0, 1]);
  });
  it("is told by what it says of itself", () => {
    const interfaces = [{ role: "incoming", address: "10.0.0.5" }, { role: "next_hop", address: "10.0.0.3" }];
    const said = trace([path(0, true, [answer("10.0.0.4", 5, { interfaces })], [answer("10.0.0.3", 5, { node: { name: "r9" } })], arrived)]);
    const one = model.routers.routersOf(nodes.slice(2), [said]);
    assert.deepEqual([...one.nameOf], [["10.0.0.4", "10.0.0.4"], ["10.0.0.5", "10.0.0.4"]]);
    assert.deepEqual([one.told, one.guessed], [1, 0]);
    const other = trace([path(0, true, [answer("10.0.0.4", 5, { node: { name: "r9" } })], [answer("10.0.0.3", 5, { node: { name: "r9" } })], arrived)]);
    assert.equal(model.routers.routersOf(nodes, [other]).nameOf.get("10.0.0.4"), "r9");
  });
  it("is no more than one address where nothing tells", () => {
    const { stemOf, routersOf } = model.routers;
    assert.equal(routersOf([node("10.0.0.4"), node("10.0.0.5"), node("10.0.0.6", "a.x.example"), node("10.0.0.7", "b.x.example")], []).nameOf.size, 0);
    assert.equal(stemOf("ae1.example.net"), "ae1.example.net"); // nothing would be left of it
    assert.equal(stemOf("po-2.ae3.r1.fra.example"), "r1.fra.example");
    assert.equal(stemOf("agg2.ams.carrier.example"), "agg2.ams.carrier.example");
  });
  it("says in the picture what is a guess", () => {
    const graph = { nodes: new Map(nodes.map((each) => [each.id, each])), links: new Map() };
    const { keyOf, remark } = model.grouping.groupings.router.of(graph, []);
    assert.match(remark, /of 0 routers, by what it says itself; of 1 router, by names .* which is a guess/);
    assert.equal(keyOf(nodes[1]), "core1.fra.example");
    assert.equal(keyOf(nodes[3]), undefined);
  });
});

describe("text", () => {
  it("tells intervals", () => {
    assert.equal(model.text.interval({ low: 0.18, high: 0.24 }), "18–24 %");
    assert.equal(model.text.interval({ low: 0.181, high: 0.182 }), "18 %");
    assert.equal(model.text.ms(undefined), "–");
  });
});

describe("the sentence", () => {
  const probes = [{ name: "n1", tags: [], online: true }, { name: "n2", tags: [], online: false }];
  const tally = (lost, unreached = 0) => ({ cells: 1, unreached, lossy: lost ? 1 : 0, sent: 100, lost });
  const told = (counted, verdicts, past) => model.headline.headline(verdicts, counted, probes, past);
  it("tells clean, lossy, unreached and unknown apart", () => {
    assert.match(told(tally(0)).text, /^All clear: 1 of 2 probes/);
    assert.match(told(tally(0)).detail, /less than 3\.0\s% is lost overall.*1 probe is offline/);
    assert.match(told(tally(20)).text, /^1 of 1 pair of probe and target loses packets/);
    assert.match(told(tally(0, 1)).text, /has no connection/);
    assert.match(told({ ...tally(0), cells: 0 }).text, /^Nothing is known/);
    assert.deepEqual([told({ ...tally(0), cells: 0 }).unknown, told(tally(0)).unknown], [true, undefined]);
    assert.match(told(tally(0), undefined, true).text, /^All clear: every target was reached/);
  });
  it("names the culprit first", () => {
    const culprit = { open: true, loss: { low: 0.18, high: 0.24, estimate: 0.2 }, first_seen: "2026-11-22T12:00:00Z", probes: 2 };
    const { text, trouble } = told(tally(20), { culprits: [culprit, { ...culprit, open: false }] });
    assert.ok(trouble);
    assert.match(text, /^1 link is losing 18–24 % of packets, since .*, seen by 2 of 2 probes/);
  });
  it("says when the newest verdicts accuse nobody any more, and what has no connection at all", () => {
    const culprit = { open: true, loss: { low: 0.18, high: 0.24 }, first_seen: "2026-11-22T12:00:00Z", last_seen: "2026-11-22T12:05:00Z", probes: 2 };
    const at = (time) => told(tally(20, 1), { now: { at: time }, culprits: [culprit] });
    assert.match(at("2026-11-22T12:05:30Z").text, /^1 link is losing/);
    assert.equal(at("2026-11-22T12:05:30Z").detail, "1 of 1 pair of probe and target has no connection. 1 probe is offline.");
    assert.match(at("2026-11-22T12:06:00Z").text, /^1 link was losing 18–24 % of packets, since .*, until .*, seen by 2 of 2 probes$/);
    assert.match(at("2026-11-22T12:06:00Z").detail, /^The newest verdicts accuse it no more\./);
    const another = told(tally(20, 1), { now: { at: "2026-11-22T12:06:00Z", verdict: "culprit" }, culprits: [culprit] });
    assert.match(another.text, /^1 link was losing/);
    assert.doesNotMatch(another.detail, /accuse/); // they accuse a link that is not named yet
  });
  it("says of several what the worst one loses, and since when there is one", () => {
    const one = { open: true, loss: { low: 0.03, high: 0.05, estimate: 0.04 }, first_seen: "2026-11-22T12:00:00Z", probes: 2 };
    const worse = { ...one, loss: { low: 0.18, high: 0.24, estimate: 0.2 }, first_seen: "2026-11-23T12:00:00Z", probes: 1 };
    assert.match(told(tally(20), { culprits: [one, worse] }).text, /^2 links are losing packets, the worst 18–24 %, since .*22.*, seen by 2 of 2 probes$/);
  });
});

describe("a link at fault", () => {
  const segment = { from: { addresses: ["10.0.0.1", "10.0.0.2"] }, to: { addresses: ["10.0.0.3"] } };
  it("is told by the names of its routers, as far as they are known", () => {
    const { accusedText, namedEnds } = model.places;
    assert.deepEqual(namedEnds({ segment, names: { "10.0.0.1": "a.example", "10.0.0.3": "c.example" } }), { from: "a.example|10.0.0.2", to: "c.example" });
    assert.deepEqual(namedEnds({ segment }), { from: "10.0.0.1|10.0.0.2", to: "10.0.0.3" });
    const access = { segment: { ...segment, from: { addresses: [], probe: "n1" } }, access: "n1" };
    assert.equal(namedEnds(access).from, "probe n1");
    assert.equal(accusedText({ segment }), "10.0.0.1|10.0.0.2 → 10.0.0.3");
    assert.equal(accusedText(access), "access link probe n1 → 10.0.0.3");
  });
});

describe("what is known of an address", () => {
  it("is said with its doubt, and not at all where nobody knows", () => {
    const { networkText, placeText } = model.text;
    assert.equal(networkText({ asn: 64500, organisation: "Example" }), "AS64500 Example");
    assert.equal(networkText({ asn: 64500 }), "AS64500");
    assert.equal(networkText({ country: "DE" }), undefined);
    assert.equal(networkText(undefined), undefined);
    assert.equal(placeText({ city: "Berlin", country: "DE", coordinates: { latitude: 52.5, longitude: 13.25, radius_km: 20 } }), "Berlin, DE (± 20 km)");
    assert.equal(placeText({ country: "DE" }), "DE");
    assert.equal(placeText({ asn: 64500 }), "");
  });
});
