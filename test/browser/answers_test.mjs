// What the page shows while an answer is under way, when it does not come, and when it comes late: never that of another
// question as if it were this one's, and by itself what was asked for in the end.
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

const path = (...names) => ({ pathname }) => names.some((name) => pathname === `/api/v1/${name}`);
const alert = (visitor, text) => visitor.page.getByRole("alert").filter({ hasText: text }).first();
const nothingPale = (visitor) => until(async () => !(await visitor.page.locator(".stale").count()), "nothing is pale");
const minutesAgo = (n) => new Date(Date.now() - n * 60_000).toISOString();

const event = { id: "019aac3e-0c80-7b4e-8d5f-3a1c5e9d2b71", kind: "path_changed", at: minutesAgo(1), severity: "info", summary: "one event",
  probes: ["berlin"], subject: {}, evidence: { rounds: 2, flows: 1, samples: 0 } };

async function pathsOfBerlin() {
  const visitor = await Visitor.arrive(demo.url);
  await visitor.go("#/paths?probe=berlin");
  await visitor.page.locator(".graph .node", { hasText: "berlin" }).first().waitFor();
  await visitor.page.locator(".hops tbody tr").first().waitFor();
  return visitor;
}

describe("another question", () => {
  it("that is refused leaves nothing of the one before, is told, and asked again", async () => {
    const visitor = await pathsOfBerlin();
    const end = await visitor.refuse((url) => path("graph", "traces")(url) && url.searchParams.get("probe") === "london");
    await visitor.page.getByRole("combobox", { name: "Probe" }).selectOption("london");
    await alert(visitor, "Paths: Overloaded: later").waitFor();
    assert.equal(await visitor.page.locator(".graph, .hops").count(), 0);
    await visitor.picture("answers-paths-refused");
    await visitor.check();
    await end();
    await visitor.page.locator(".graph .node", { hasText: "london" }).first().waitFor();
    await until(async () => !(await visitor.page.getByRole("alert").count()), "nothing is wrong any more");
    await visitor.leave();
  });

  it("makes graph and table pale until both are there", async () => {
    const visitor = await pathsOfBerlin();
    const come = await visitor.hold((url) => path("traces")(url) && url.searchParams.get("probe") === "london");
    await visitor.page.getByRole("combobox", { name: "Probe" }).selectOption("london");
    await visitor.page.locator(".stale[aria-busy=true] .hops").first().waitFor();
    await visitor.page.locator(".stale .graph").first().waitFor();
    come();
    await nothingPale(visitor);
    await visitor.page.locator(".graph .node", { hasText: "london" }).first().waitFor();
    await visitor.leave();
  });

  it("keeps what is known of the same one when it fails, below what went wrong", async () => {
    const visitor = await pathsOfBerlin();
    const end = await visitor.refuse(path("graph"));
    await alert(visitor, "Paths: Overloaded").waitFor(); // with the next round
    await visitor.page.locator(".graph .node", { hasText: "berlin" }).first().waitFor();
    assert.equal(await visitor.page.locator(".stale").count(), 0);
    await end();
    await until(async () => !(await visitor.page.getByRole("alert").count()), "the fault is over");
    await visitor.leave();
  });
});

describe("now", () => {
  it("says nothing of an instant whose answer is refused", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.page.locator(".matrix td a").first().waitFor();
    const end = await visitor.refuse((url) => path("matrix/columns")(url) && url.searchParams.has("at"));
    await visitor.go(`#/now?at=${minutesAgo(3 * 24 * 60)}`);
    await alert(visitor, "The state of the network: Overloaded").waitFor();
    await alert(visitor, "What the probes measured: Overloaded").waitFor();
    assert.equal(await visitor.page.locator(".state, .matrix").count(), 0);
    await visitor.picture("answers-now-refused");
    await visitor.check();
    await end();
    await visitor.page.locator(".state h1", { hasText: "Nothing is known of that time" }).waitFor();
    await visitor.leave();
  });

  it("shows sentence, matrix and events of before pale, under their own time", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.pretend({ "/api/v1/events": { events: [event] } });
    await visitor.page.locator(".matrix td a").first().waitFor();
    await visitor.page.getByRole("link", { name: "one event" }).waitFor();
    const come = await visitor.hold((url) => path("matrix/columns", "events")(url) && (url.searchParams.has("at") || url.searchParams.has("to")));
    const at = minutesAgo(0);
    await visitor.go(`#/now?at=${at}`);
    for (const part of [".state", ".matrix", ".events"]) await visitor.page.locator(`.stale ${part}`).first().waitFor();
    assert.doesNotMatch(await visitor.text(".state h1"), /\d\d:\d\d:\d\d:/);
    come();
    await nothingPale(visitor);
    assert.match(await visitor.text(".state h1"), /\d\d:\d\d:\d\d:/);
    await visitor.leave();
  });

  it("does not say that all is clear before it knows of links at fault", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const come = await visitor.hold(path("culprits"));
    await visitor.page.reload();
    await visitor.page.locator(".matrix td a").first().waitFor();
    await visitor.page.getByText("Loading…").waitFor();
    assert.equal(await visitor.page.locator(".state").count(), 0);
    come();
    await visitor.page.locator(".state").waitFor();

    const end = await visitor.refuse(path("culprits"));
    await visitor.page.reload();
    await visitor.page.locator(".matrix td a").first().waitFor();
    await alert(visitor, "The state of the network: Overloaded").waitFor();
    assert.equal(await visitor.page.locator(".state").count(), 0);
    await visitor.picture("answers-culprits-refused");
    await visitor.check();
    await end();
    await visitor.page.locator(".state").waitFor();

    const missing = { title: "Not found", status: 404, detail: "there is nothing at /api/v1/culprits" };
    await visitor.page.route("**/api/v1/culprits*", (route) => route.fulfill({ status: 404, contentType: "application/problem+json", json: missing }));
    await visitor.page.reload();
    await visitor.page.locator(".state h1").waitFor(); // a master that looks for none
    await visitor.leave();
  });
});

describe("a page whose first answers are refused", () => {
  for (const [name, address, refused, told, there] of [
    ["paths", "#/paths?probe=berlin", path("measurements", "probes"), "Paths: Overloaded", ".graph .node"],
    ["one trace", "trace", ({ pathname }) => pathname.startsWith("/api/v1/traces/"), "This trace: Overloaded", ".graph .node"],
    ["time", "#/time?probe=berlin&span=600", path("measurements", "probes"), "History: Overloaded", "canvas"],
    ["measure", "#/measure", path("probes"), "Probes: Overloaded", "#target"],
    ["events", "#/events", path("probes"), "Probes and measurements: Overloaded", "option[value=berlin]"],
  ])
    it(`shows them when they come: ${name}`, async () => {
      const { traces: [trace] } = await demo.get("/api/v1/traces?probe=berlin&limit=1");
      const visitor = await Visitor.arrive(demo.url);
      const end = await visitor.refuse(refused);
      await visitor.go(address === "trace" ? `#/paths?trace=${trace.id}` : address);
      await alert(visitor, told).waitFor();
      await end();
      await visitor.page.locator(there).first().waitFor({ state: "attached" });
      await until(async () => !(await visitor.page.getByRole("alert").count()), "nothing is wrong any more");
      await visitor.leave();
    });

  it("leaves the rest of it in use: time", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const end = await visitor.refuse(path("traces"));
    await visitor.go("#/time?probe=berlin&span=600");
    await alert(visitor, "History: Overloaded").waitFor();
    assert.match(await visitor.text("main h1"), /^berlin → .* over time$/);
    await visitor.page.getByRole("combobox", { name: "The last" }).waitFor();
    await end();
    await visitor.page.locator("canvas").first().waitFor();
    await visitor.leave();
  });
});

describe("time", () => {
  it("shows the matrix of the instant before pale", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go(`#/time?probe=berlin&span=600&at=${minutesAgo(0)}`);
    await visitor.page.locator(".matrix td a").first().waitFor();
    const come = await visitor.hold(path("matrix/columns"));
    await visitor.page.getByRole("button", { name: "The round before" }).click();
    await visitor.page.locator(".stale .matrix").first().waitFor();
    come();
    await nothingPale(visitor);
    await visitor.leave();
  });
});

describe("the list of events", () => {
  it("is pale while it is still of another filter", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.pretend({ "/api/v1/events": { events: [event] } });
    await visitor.go("#/events");
    await visitor.page.getByRole("link", { name: "one event" }).waitFor();
    const come = await visitor.hold((url) => path("events")(url) && url.searchParams.get("probe") === "london", (route) => route.fulfill({ json: { events: [] } }));
    await visitor.page.getByRole("combobox", { name: "Probe" }).selectOption("london");
    await visitor.page.locator(".stale .events").waitFor();
    come();
    await visitor.page.getByText("Nothing happened.").waitFor();
    await nothingPale(visitor);
    await visitor.leave();
  });
});

describe("what the master could not read", () => {
  it("is told wherever it is missing", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const asked = path("traces", "history", "graph", "matrix/columns", "events");
    let unreadable = 3;
    await visitor.page.route((url) => asked(url), async (route) => {
      const json = await route.fetch().then((answer) => answer.json());
      return route.fulfill({ json: { ...json, unreadable } });
    });
    const told = (text) => visitor.page.getByRole("note").filter({ hasText: `The database is damaged: ${text} left out.` }).first().waitFor();
    await visitor.go(`#/now?at=${minutesAgo(0)}`);
    await told("3 traces of that time could not be read and are");
    await told("3 events could not be read and are");
    await visitor.picture("unreadable");
    await visitor.check();
    await visitor.go("#/now");
    await told("3 earlier traces could not be read and are");
    await visitor.go("#/paths?probe=berlin");
    await told("3 traces of this time could not be read and are");
    await visitor.go("#/time?probe=berlin");
    await told("3 rounds could not be read and are");
    await visitor.go("#/time?probe=berlin&span=604800");
    await told("3 hours or days, or some of their paths, could not be read and are");
    unreadable = 1;
    await visitor.go("#/events");
    await told("1 event could not be read and is");
    const id = "019aac3e-0c80-7b4e-8d5f-3a1c5e9d2b70";
    const once = { state: "incomplete", waiting: [], missing: ["berlin"], traces: [], unreadable };
    await visitor.page.route(`**/api/v1/measurements/${id}?*`, (route) => route.fulfill({ json: { id, target: "a.test", once } }));
    await visitor.go(`#/measure?id=${id}`);
    await told("1 result could not be read and is");
    await visitor.page.getByText("0 of 1 result. Nothing that can be read came from berlin.").waitFor();
    await visitor.leave();
  });
});
