// A real master that holds the traces of a large network, and the page before it: bytes, times, and that it stays fluid.
// DTRACE_PROBES: so many probes instead of 100, each with 100 measurements. Limits are
// multiples of a fixed piece of work in the same page, so that they hold on any machine; times are printed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { Master, Visitor } from "./support.mjs";

const range = (n) => Array.from({ length: n }, (_, i) => i);
const probes = range(Number(process.env.DTRACE_PROBES ?? 100)).map((i) => `probe-${String(i).padStart(4, "0")}`);
const measurements = range(100).map((i) => ({ id: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`, name: `m${i}` }));
const wide = { id: "00000000-0000-4000-9000-000000000000", name: "wide" };
const start = Date.now();

const idOf = (number) => {
  const text = start.toString(16).padStart(12, "0") + "7000" + "8000" + number.toString(16).padStart(12, "0");
  return text.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
};
const answers = (from, rtt_us, kind = "time_exceeded") => Array(3).fill({ from, kind, rtt_us, reply_ttl: 60 });

function trace(probe, measurement, number, flows, routers) {
  const hops = (flow) => range(routers + 1).map((i) => ({
    ttl: i + 1, sent: 3,
    answers: i < routers ? answers(`10.${i}.0.${i % 5 ? 1 + (flow % 16) : 1}`, 1000 * (i + 1)) : answers("192.0.2.9", 20_000 + (number % 977), "port_unreachable"),
  }));
  const sent = flows * (routers + 1) * 3;
  return {
    id: idOf(number), probe, measurement, target: { host: "192.0.2.9", address: "192.0.2.9" }, source: "198.51.100.1", method: "udp",
    started_at: new Date(start - 5000).toISOString(), took_us: 50_000, stop_reason: "completed", packets: { sent, answered: sent },
    paths: range(flows).map((flow) => ({ flow, source_port: 24_000 + flow, destination_port: 33_434, reached: true, hops: hops(flow) })),
  };
}

/** The bytes of a database of addresses, as test/program/mmdb.py makes them. */
const mmdb = (content) => execFileSync("python3", ["-c", `import sys, mmdb; sys.stdout.buffer.write(mmdb.${content})`],
  { cwd: new URL("../program", import.meta.url) });

let master;

async function report(probe, traces) {
  const answer = await fetch(new URL("/api/v1/probe/reports", master.url), {
    method: "POST", body: JSON.stringify(traces),
    headers: { Authorization: `Basic ${Buffer.from(`${probe}:secret`).toString("base64")}`, "Content-Type": "application/json" },
  });
  assert.deepEqual(await answer.json(), { accepted: traces.length, known: 0, refused: [] });
}

before(async () => {
  const all = [...measurements, wide];
  master = await Master.start({
    probes: { Slaves: probes.map((name, i) => ({ Name: name, Password: "secret", Tags: [`site-${i % 20}`] })) },
    targets: { Targets: Object.fromEntries(all.map(({ id, name }) => [id, { Name: name, Address: "192.0.2.9" }])) },
    files: {
      "asn-db": mmdb(`networks({"10.0.0.0/12": (64500, "Carrier"), "10.16.0.0/12": (64501, "Exchange"), "192.0.2.0/24": (64502, "Shop")})`),
      "geo-db": mmdb(`places({"10.0.0.0/12": ("Berlin", "DE", 50), "192.0.2.0/24": ("Amsterdam", "NL", 5)})`),
    },
  });
  for (const [i, probe] of probes.entries())
    await report(probe, measurements.map((each, j) => trace(probe, each, 1000 * i + j, 1, 10)));
  await report(probes[0], [trace(probes[0], wide, 2 ** 32, 64, 29)]);
});
after(async () => {
  await Visitor.closeAll();
  await master?.stop();
});

/** Until there are cells: what has come as sent, and how long it took by the clock. */
async function firstView(visitor) {
  await visitor.page.reload();
  await visitor.page.locator(".matrix td a").first().waitFor();
  return visitor.page.evaluate(() => {
    const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const sum = (entries) => entries.reduce((total, { encodedBodySize }) => total + encodedBodySize, 0);
    return { bytes: sum(all), answers: sum(all.filter(({ name }) => new URL(name).pathname.startsWith("/api/"))), took: performance.now() };
  });
}

describe(`${probes.length} probes x 100 measurements, from a real master`, () => {
  it("stand at little cost and 300 kB, answers included", async () => {
    const visitor = await Visitor.arrive(master.url);
    await firstView(visitor); // once for the caches of the browser
    let seen;
    const view = await visitor.cost(async () => (seen = await firstView(visitor)));
    console.log(`${probes.length} x 100: ${view.text}, ${Math.round(seen.took)} ms by the clock, ` +
      `${seen.bytes} bytes, ${seen.answers} of them answers`);
    assert.ok(view.ms > 0 && view.works <= 25, view.text);
    if (probes.length <= 100) assert.ok(seen.bytes > 10_000 && seen.bytes <= 300_000, `${seen.bytes} bytes`);
    await visitor.picture(`network-${probes.length}x100`);
    await visitor.leave();
  });

  it("and a graph of 64 flows and 30 hops are drawn anew at little cost", async () => {
    const visitor = await Visitor.arrive(master.url);
    await visitor.go(`#/paths?measurement=${wide.id}&probe=${probes[0]}`);
    await visitor.page.locator(".graph .node").nth(100).waitFor();
    const draws = 8;
    const drawing = await visitor.cost(() => visitor.page.getByLabel(/Hide first hops/).evaluate(async (input, draws) => {
      for (let i = 0; i < draws; ++i) {
        input.value = input.value === "0" ? "1" : "0";
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
      }
    }, draws));
    console.log(`64 flows x 30 hops: ${draws} times ${drawing.text}`);
    assert.ok(drawing.ms > 0 && drawing.works / draws <= 4, drawing.text);
    await visitor.picture("network-64x30");
    await visitor.leave();
  });

  it("and the networks and places of routers are shown where files know them", async () => {
    const visitor = await Visitor.arrive(master.url);
    for (const [look, colorScheme] of [["light", "light"], ["dark", "dark"]]) {
      await visitor.page.emulateMedia({ colorScheme });
      await visitor.go(`#/paths?measurement=${measurements[0].id}&probe=${probes[0]}`);
      const row = (ttl) => visitor.page.locator(".hops tbody tr").nth(ttl - 1);
      await row(1).getByText(/AS64500\s+Berlin, DE \(± 50 km\)/).waitFor();
      assert.match(await row(11).innerText(), /AS64502\s+Amsterdam, NL \(± 5 km\)/);
      await visitor.picture(`network-places-${look}`);
    }
    await visitor.go(`#/paths?measurement=${wide.id}&probe=${probes[0]}&group=network`);
    await visitor.page.locator(".graph .node.group").nth(1).waitFor();
    assert.deepEqual(await visitor.page.locator(".graph .node.group title").evaluateAll((all) => all.map((each) => each.textContent.split(" · ")[0]).sort()),
      ["AS64500 Carrier", "AS64501 Exchange"]);
    await visitor.picture("network-grouped");
    await visitor.check();
    await visitor.leave();
  });
});
