// Light and fast: bytes of the first view, a large network as a master would tell it (network_test.mjs has a real one).
// Limits are multiples of a fixed piece of work in the same page, so that they hold on any machine; times are printed.
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
  const all = range(probes * measurements);
  const parameters = { method: "udp", flows: 1, attempts: 3, first_hop: 1, max_hops: 30, gap_limit: 5, timeout_ms: 500, tos: 0 };
  return {
    "/api/v1/probes": { probes: range(probes).map((i) => ({ name: `probe-${i}`, tags: [`site-${i % 20}`], online: i % 50 !== 7, measurements, traces_since_start: 1 })) },
    "/api/v1/measurements": { measurements: range(measurements).map((i) => ({ id: uuid(i), name: `m${i}`, target: "192.0.2.1", parameters, interval_s: 60, probes: [], tags: [] })) },
    "/api/v1/matrix/columns": {
      newest: now, probes: range(probes).map((i) => `probe-${i}`), measurements: range(measurements).map(uuid),
      probe: all.map((i) => Math.floor(i / measurements)), measurement: all.map((i) => i % measurements), age_s: all.map((i) => i % 60),
      sent: all.map(() => 96), lost: all.map((i) => (i % 997 ? 0 : 18)), rtt_us: all.map((i) => 20000 + i), marks: all.map(() => 1) },
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

  it("stays fluid with 1,000 probes and 100 measurements", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.pretend(network(1000, 100));
    const first = await visitor.cost(() => showMatrix(visitor)); // a row for each tag
    console.log(`1000 x 100: until it stands ${first.text}`);
    assert.ok(first.ms > 0 && first.works <= 25, first.text);
    assert.equal(await visitor.page.locator(".matrix tbody tr").count(), 20);
    await visitor.picture("now-1000x100-tags");
    const trouble = await visitor.cost(async () => {
      await visitor.page.getByLabel("Show").selectOption("1");
      await visitor.page.getByLabel("A row for each").selectOption("probe");
      await visitor.page.locator(".matrix th[scope=row]", { hasText: "probe-" }).first().waitFor();
    });
    console.log(`1000 x 100: the troubled probes alone ${trouble.text}`);
    assert.ok(trouble.ms > 0 && trouble.works <= 25, trouble.text);
    await visitor.picture("now-1000x100-trouble");
    await visitor.page.getByLabel("Show").selectOption("");
    await visitor.page.locator(".scroll.large").waitFor();
    const steps = 20;
    const scrolling = await visitor.cost(() => visitor.page.evaluate(async (steps) => {
      const place = document.querySelector(".scroll.large");
      for (let i = 1; i <= steps; ++i) {
        place.scrollTop = i * 2000;
        await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
      }
    }, steps));
    console.log(`1000 x 100: ${steps} steps of scrolling ${scrolling.text}`);
    assert.ok(scrolling.ms > 0 && scrolling.works / steps <= 4, scrolling.text);
    assert.ok((await visitor.page.locator(".matrix tbody tr").count()) < 60);
    await visitor.leave();
  });
});
