// One cursor for everything: an instant, and another one to compare it with, in the address.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, until, Visitor } from "./support.mjs";

let demo;
before(async () => {
  demo = await Demo.start({ options: ["--pace", "20"] });
  await demo.measured(2);
});
after(async () => {
  await Visitor.closeAll();
  await demo?.stop();
});

/** Starts of berlin's rounds of one measurement, oldest first, and the measurement. */
async function roundsOfBerlin() {
  const { traces } = await demo.get("/api/v1/traces?probe=berlin&limit=100");
  const { measurement } = traces[0];
  return { measurement, starts: traces.filter((trace) => trace.measurement.id === measurement.id).map(({ started_at }) => started_at).reverse() };
}

const short = (time) => new Date(time).toISOString();

describe("the cursor", () => {
  it("goes with the pages: matrix, graph and table show its instant", async () => {
    const { measurement, starts } = await roundsOfBerlin();
    const at = short(starts.at(-2)); // the newest one began beside others that are not over
    const visitor = await Visitor.arrive(demo.url);
    const asked = [];
    visitor.page.on("request", (request) => asked.push(new URL(request.url())));
    await visitor.go(`#/time?probe=berlin&measurement=${measurement.id}&span=600&at=${at}`);
    await visitor.page.locator(".graph svg").waitFor();
    await visitor.page.locator(".matrix td a").first().waitFor();
    assert.match(await visitor.text(".hops caption"), /^1 round/);
    const matrix = asked.find(({ pathname }) => pathname === "/api/v1/matrix/columns");
    assert.equal(matrix.searchParams.get("at"), at);
    const then = (await demo.get(`/api/v1/matrix/columns?at=${at}`)).probe.length;
    assert.equal(await visitor.page.locator(".matrix td a").count(), then);
    await visitor.picture("time-cursor");
    await visitor.check();

    await visitor.page.keyboard.press("n"); // the cursor stays
    await visitor.page.getByRole("group", { name: "Cursor" }).waitFor();
    assert.equal(new URLSearchParams(visitor.page.url().split("?")[1]).get("at"), at);
    await until(async () => (await visitor.page.locator(".matrix td a").count()) === then, "the matrix of then");
    await visitor.picture("now-cursor");
    await visitor.check();
    await visitor.page.reload();
    await visitor.page.getByRole("group", { name: "Cursor" }).waitFor();
    await visitor.page.keyboard.press("p");
    await visitor.page.locator(".graph svg").waitFor();
    assert.match(visitor.page.url(), /at=/);
    await visitor.page.getByRole("button", { name: "Back to now" }).click();
    await until(() => !/at=/.test(visitor.page.url()), "no cursor");
    await visitor.leave();
  });

  it("compares two instants as a difference of paths, and of cells", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const node = (id, kind, more) => ({ id, kind, names: [], rank: id, first_ttl: id, last_ttl: id, sent: 9, answered: 9, kinds: [], ...more });
    const link = (from, to) => ({ from, to, flows: 1, rounds: 1, sent: 9, answered: 9, loss: { estimate: 0, low: 0, high: 0.3 }, labels: [], spread: false, back: false });
    const graph = (router) => ({
      nodes: [node(0, "probe", { probe: "berlin" }), node(1, "router", { address: "10.0.0.1" }), node(2, "router", { address: router }), node(3, "target", { address: "198.51.100.9" })],
      links: [link(0, 1), link(1, 2), link(2, 3)], traces: 1, voided: 0, truncated: false });
    const { starts } = await roundsOfBerlin();
    const [a, b] = [short(starts.at(-1)), short(starts[0])];
    await visitor.page.route((url) => url.pathname === "/api/v1/graph", (route) => {
      const to = new URL(route.request().url()).searchParams.get("to");
      return route.fulfill({ json: graph(Date.parse(to) > Date.parse(b) + 1 ? "10.0.0.2" : "10.0.0.3") });
    });
    await visitor.go(`#/paths?probe=berlin&at=${a}&b=${b}`);
    const told = visitor.page.getByRole("region", { name: "Difference" });
    await until(async () => /only in B/.test(await told.innerText()), "what differs");
    const text = await told.innerText();
    assert.match(text, /only in A: 10\.0\.0\.1 → 10\.0\.0\.2/);
    assert.match(text, /only in B: 10\.0\.0\.1 → 10\.0\.0\.3/);
    assert.match(text, /1 link in both/);
    for (const fate of ["new", "gone"])
      await until(async () => (await visitor.page.locator(`.graph .link.${fate}`).count()) === 2, `two links are ${fate}`);
    await visitor.picture("paths-difference");
    await visitor.check();
    await visitor.page.keyboard.press("n");
    await visitor.page.locator(".matrix .before").first().waitFor();
    assert.match(await visitor.text(".matrix .before"), /^B: /);
    await visitor.picture("now-difference");
    await visitor.page.getByRole("button", { name: "End the comparison" }).click();
    await until(async () => !(await visitor.page.locator(".matrix .before").count()), "one instant alone");
    await visitor.leave();
  });

  it("is moved by the keyboard, and looks back from now", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.page.getByRole("button", { name: "Look back" }).focus();
    await visitor.page.keyboard.press("Enter");
    await visitor.page.getByRole("group", { name: "Cursor" }).waitFor();
    const at = () => Date.parse(new URLSearchParams(visitor.page.url().split("?")[1]).get("at"));
    const first = at();
    await visitor.page.getByRole("button", { name: "A minute before" }).focus();
    await visitor.page.keyboard.press("Enter");
    await until(() => at() === first - 60_000, "a minute earlier");
    await visitor.go("#/time?probe=berlin&span=600");
    const charts = visitor.page.getByRole("group", { name: /^Charts/ });
    await charts.focus();
    await visitor.page.keyboard.press("ArrowLeft");
    await until(() => at() > 0, "the newest round");
    const newest = at();
    await visitor.page.keyboard.press("ArrowLeft");
    await until(() => at() < newest, "the round before");
    await visitor.leave();
  });
});

describe("long times", () => {
  it("are told by what hours came to, also when their traces are gone", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const hour = 3_600_000;
    const now = Math.floor(Date.now() / hour) * hour;
    const history = Array.from({ length: 48 }, (_, i) => ({
      start: new Date(now - (48 - i) * hour).toISOString(), traces: 60, reached: 60, failed: 0, sent: 480, answered: i === 30 ? 400 : 480,
      rtt_us: { min: 9000, p50: 9500 + 20 * i, p90: 11000 + 30 * i, p99: 14000, max: 30000 },
      hops: i < 3 ? undefined : [1, 2, 3].map((ttl) => ({ ttl, sent: 480, answered: ttl === 2 ? 0 : 480, ...(ttl === 2 ? {} : { rtt_us: { min: 900, p50: 3000 * ttl, p90: 4000 * ttl, p99: 5000, max: 9000 } }) })),
      paths: [{ times: 50, hops: ["192.0.2.1", i < 24 ? "192.0.2.5" : "192.0.2.6", "198.51.100.9"] }, { times: 10, hops: ["192.0.2.1", "*", "198.51.100.9"] }], other_paths: 0 }));
    const asked = [];
    await visitor.page.route((url) => url.pathname === "/api/v1/history", (route) => {
      asked.push(new URL(route.request().url()).searchParams);
      return route.fulfill({ json: { probe: "berlin", measurement: "m", step_s: 3600, history } });
    });
    await visitor.go("#/time?probe=berlin&span=604800");
    await visitor.page.locator("canvas").first().waitFor();
    assert.match(await visitor.text("main"), /48 steps, 1 path change/);
    assert.deepEqual([asked[0].get("step"), asked[0].get("hops")], ["3600", "true"]);
    await visitor.page.getByText("RTT of each hop, by TTL").waitFor();
    await visitor.page.locator("figure canvas").waitFor();
    await visitor.page.getByRole("button", { name: "Path change before" }).click();
    const taken = visitor.page.getByRole("region", { name: "Paths taken" });
    assert.match(await taken.innerText(), /83 %\s+192\.0\.2\.1 → 192\.0\.2\.6 → 198\.51\.100\.9/);
    await visitor.picture("time-history");
    await visitor.check();
    await visitor.leave();
  });
});
