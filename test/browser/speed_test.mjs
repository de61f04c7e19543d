// Light and fast: bytes of the first view, large networks, large graphs. Times are processor time.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, Visitor } from "./support.mjs";

let demo;
before(async () => {
  demo = await Demo.start();
});
after(async () => {
  await Visitor.closeAll();
  await demo?.stop();
});

const range = (n) => Array.from({ length: n }, (_, i) => i);
const uuid = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** A network of so many probes and measurements, as the master would tell it. */
function network(probes, measurements) {
  const now = new Date().toISOString();
  const parameters = { method: "udp", flows: 1, attempts: 3, first_hop: 1, max_hops: 30, gap_limit: 5, timeout_ms: 500, tos: 0 };
  return {
    "/api/v1/probes": { probes: range(probes).map((i) => ({ name: `probe-${i}`, tags: [], online: i % 50 !== 7, measurements, traces_since_start: 1 })) },
    "/api/v1/measurements": { measurements: range(measurements).map((i) => ({ id: uuid(i), name: `m${i}`, target: "192.0.2.1", parameters, interval_s: 60, probes: [], tags: [] })) },
    "/api/v1/matrix": { cells: range(probes * measurements).map((i) => ({
      probe: `probe-${Math.floor(i / measurements)}`, measurement: uuid(i % measurements), started_at: now, stop_reason: "completed",
      reached: true, rtt_us: 20000 + i, rtt_before_us: 20000, changed: false, rounds: [{ sent: 48, answered: i % 997 ? 48 : 30 }] })) },
  };
}

/** Loads the page anew and waits until cells are there. */
async function showMatrix(visitor) {
  await visitor.page.reload();
  await visitor.page.locator(".matrix td a").first().waitFor();
}

describe("the first view", () => {
  it("is at most 300 kB as sent", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.page.locator(".matrix, .state").first().waitFor();
    const bytes = await visitor.page.evaluate(() =>
      [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
        .filter(({ name }) => !new URL(name).pathname.startsWith("/api/"))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0));
    console.log(`first view: ${bytes} bytes`);
    assert.ok(bytes > 1000 && bytes <= 300_000, `${bytes} bytes`);
    await visitor.leave();
  });

  it("shows 100 probes and 100 measurements within a second", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.pretend(network(100, 100));
    await showMatrix(visitor); // once for the caches of the browser
    const took = await visitor.busy(() => showMatrix(visitor));
    console.log(`100 x 100: ${Math.round(took)} ms`);
    assert.ok(took > 0 && took <= 1000, `${took} ms`);
    await visitor.picture("now-100x100");
    await visitor.check();
    await visitor.leave();
  });

  it("stays fluid with 1,000 probes and 100 measurements", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.pretend(network(1000, 100));
    await showMatrix(visitor);
    const steps = 20;
    const took = (await visitor.busy(() => visitor.page.evaluate(async (steps) => {
      const place = document.querySelector(".scroll.large");
      for (let i = 1; i <= steps; ++i) {
        place.scrollTop = i * 2000;
        await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
      }
    }, steps))) / steps;
    console.log(`1000 x 100: ${Math.round(took)} ms for a step of scrolling`);
    assert.ok(took > 0 && took <= 100, `${took} ms`);
    assert.ok((await visitor.page.locator(".matrix tbody tr").count()) < 60);
    await visitor.leave();
  });
});

describe("the graph", () => {
  it("draws 64 flows of 30 hops within 100 ms", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const { traces } = await demo.measured(1).then(() => demo.get("/api/v1/traces?limit=1&probe=berlin"));
    const trace = traces[0];
    trace.paths = range(64).map((flow) => ({
      flow, source_port: 24000 + flow, destination_port: 33434, reached: true,
      hops: range(30).map((i) => ({ ttl: i + 1, sent: 3, answers: [{
        from: i === 29 ? trace.target.address : `10.${i}.0.${i % 5 === 0 ? 1 : flow % 16}`, kind: "time_exceeded", rtt_us: 1000 * i + flow }] })),
    }));
    await visitor.pretend({ [`/api/v1/traces/${trace.id}`]: trace });
    await visitor.go(`#/paths?trace=${trace.id}`);
    await visitor.page.locator(".graph svg").waitFor();
    const slider = visitor.page.getByLabel(/Hide first hops/);
    const draws = 8;
    const took = (await visitor.busy(() => slider.evaluate(async (input, draws) => {
      for (let i = 0; i < draws; ++i) {
        input.value = input.value === "0" ? "1" : "0";
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
      }
    }, draws))) / draws;
    console.log(`64 flows x 30 hops: ${Math.round(took)} ms`);
    await visitor.picture("paths-64x30");
    assert.ok(took > 0 && took <= 100, `${took} ms`);
    await visitor.leave();
  });
});
