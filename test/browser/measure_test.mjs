// A trace on demand, for real: ordered on the page, measured by the probes, shown as it comes in.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, until, Visitor } from "./support.mjs";

let demo;
before(async () => {
  demo = await Demo.start();
  await demo.measured(1);
});
after(async () => {
  await Visitor.closeAll();
  await demo?.stop();
});

describe("a trace on demand", () => {
  it("is refused to who may not, ordered, shown, passed on and exported", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.login("admin", demo.password);
    await visitor.page.getByRole("button", { name: "Log out admin" }).waitFor();
    await visitor.page.keyboard.press("m");
    const { measurements } = await demo.get("/api/v1/measurements");
    await visitor.page.getByLabel("Target").fill("no/name at all");
    await visitor.page.getByRole("button", { name: "Trace" }).click();
    assert.match(await visitor.page.locator("#target-fault").innerText(), /neither a name nor an address/);
    await visitor.page.getByLabel("Target").fill(measurements[0].target);
    await visitor.page.getByLabel("Flows").fill("automatic");
    await visitor.page.getByRole("button", { name: "Trace" }).click();
    assert.match(await visitor.page.locator("#flows-fault").innerText(), /whole number/);
    await visitor.page.getByLabel("Flows").fill("4");
    await visitor.page.getByLabel("new-york").uncheck();
    await visitor.page.getByRole("button", { name: "Trace" }).click();
    await visitor.page.getByText("2 results.").waitFor();
    assert.match(await visitor.text("main h2"), /berlin: completed/);
    assert.match(await visitor.text("main h2"), /london: completed/);
    await visitor.page.locator(".graph svg").waitFor();
    await visitor.page.locator(".hops tbody tr").nth(3).waitFor();
    await visitor.picture("measure-result");
    await visitor.check();

    const waiting = visitor.page.waitForEvent("download");
    await visitor.page.getByRole("link", { name: "RIPE Atlas" }).click();
    const file = await waiting;
    assert.equal(file.suggestedFilename(), "traces.atlas.json");
    const results = JSON.parse((await (await file.createReadStream()).toArray()).join(""));
    assert.equal(results.length, 8); // two probes, four flows each
    for (const { type, msm_name, proto, af, dst_addr, result } of results) {
      assert.deepEqual([type, msm_name, proto, af], ["traceroute", "Traceroute", "UDP", 4]);
      assert.ok(result.some(({ result: replies }) => replies.some(({ from }) => from === dst_addr)), "the target answers");
    }

    const guest = await Visitor.arrive(demo.url);
    await guest.go(new URL(visitor.page.url()).hash);
    await guest.page.getByText("2 results.").waitFor();
    await guest.page.locator(".graph svg").waitFor();
    await guest.go("#/measure");
    await guest.page.getByText("as an operator to order a trace").waitFor();
    await guest.leave();
    await visitor.leave();
  });

  it("grows hop by hop while it is under way", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.login("admin", demo.password);
    await visitor.page.getByRole("button", { name: "Log out admin" }).waitFor();
    // A router that never answers: the last hops are waited for as long as this says.
    await visitor.page.route((url) => url.pathname === "/api/v1/measurements", (route) => {
      if (route.request().method() !== "POST") return route.continue();
      const order = route.request().postDataJSON();
      return route.continue({ postData: JSON.stringify({ ...order, parameters: { ...order.parameters, timeout_ms: 5000 } }) });
    });
    await visitor.go("#/measure");
    await visitor.page.getByLabel("Target").fill("10.1.0.9");
    for (const name of ["london", "berlin"]) await visitor.page.getByLabel(name).uncheck();
    await visitor.page.getByRole("button", { name: "Trace" }).click();
    await visitor.page.getByRole("heading", { name: "Progress" }).waitFor();
    await visitor.page.getByText("new-york: what is known so far").waitFor();
    const rows = visitor.page.locator(".hops tbody tr");
    await rows.filter({ hasText: "edge.fra.carrier.example" }).first().waitFor();
    await visitor.picture("measure-progress");
    await visitor.check();
    await visitor.page.getByText("1 result.").waitFor();
    assert.equal(await visitor.page.getByRole("heading", { name: "Progress" }).count(), 0);
    await visitor.leave();
  });

  it("says who it waits for while results come in", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const { traces } = await demo.get("/api/v1/traces?limit=1&probe=berlin");
    const id = "019aac3e-0c80-7b4e-8d5f-3a1c5e9d2b70";
    let once = { state: "running", asked: ["berlin", "london"], waiting: ["london"], missing: [], traces, progress: { changes: 7, traces: [] } };
    const asked = [];
    await visitor.page.route((url) => url.pathname === `/api/v1/measurements/${id}`, (route) => {
      asked.push(new URL(route.request().url()).search);
      return route.fulfill({ json: { id, once } });
    });
    await visitor.page.clock.install();
    await visitor.go(`#/measure?id=${id}`);
    await visitor.page.getByText("Waiting for london…").waitFor();
    await visitor.page.locator(".hops tbody tr").first().waitFor();
    once = { ...once, state: "incomplete", waiting: [], missing: ["london"] };
    await visitor.page.getByText("1 result. Nothing came from london.").waitFor();
    assert.deepEqual(asked.slice(0, 2), ["?progress=0", "?wait=30&after=1&progress=7"]);
    const before = asked.length;
    await visitor.page.clock.fastForward(120_000);
    await visitor.page.evaluate(() => fetch("/healthz"));
    assert.equal(asked.length, before, "what is over is not asked for again");
    await visitor.leave();
  });
});

describe("a mesh", () => {
  it("has a column for each of its parts", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const [first] = (await demo.get("/api/v1/measurements")).measurements;
    const parts = ["berlin", "london"].map((name, i) => ({ id: `00000000-0000-4000-8000-00000000000${i}`, name: `each other/${name}` }));
    await visitor.pretend({ "/api/v1/measurements": { measurements: [{ ...first, name: "each other", target: "", mesh: "eu", parts }] } });
    await visitor.page.reload();
    await visitor.page.locator(".matrix").waitFor();
    await until(async () => (await visitor.page.locator(".matrix thead th").count()) === 3, "two columns");
    assert.match(await visitor.text(".matrix thead"), /each other\/berlin\s+each other\/london/);
    await visitor.leave();
  });
});
