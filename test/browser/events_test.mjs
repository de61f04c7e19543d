// What happened: page by page, filtered, until an instant, and one event by its address.
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

const uuid = (time, n) => {
  const begin = time.toString(16).padStart(12, "0");
  return `${begin.slice(0, 8)}-${begin.slice(8)}-7000-8000-${String(n).padStart(12, "0")}`;
};
const minute = 60_000;
const begin = Date.parse("2026-11-22T12:00:00Z");
const eventAt = (n) => ({
  id: uuid(begin + n * minute + 5000, n), kind: "path_changed", at: new Date(begin + n * minute).toISOString(), severity: n % 10 ? "info" : "warning",
  summary: `event number ${n}`, probes: ["berlin"], subject: { target: "t" }, evidence: { rounds: 2, flows: 1, samples: 0 } });
const all = Array.from({ length: 250 }, (_, i) => eventAt(249 - i));

/** As the master answers: newest first, `from`, `to`, `kind`, `measurement` and `cursor` heeded. */
async function pretendEvents(visitor, given = all) {
  const asked = [];
  await visitor.page.route((url) => url.pathname === "/api/v1/events", (route) => {
    const query = new URL(route.request().url()).searchParams;
    asked.push(query);
    const begin = Number(query.get("cursor") ?? 0);
    const from = query.get("from") ? Date.parse(query.get("from")) : -Infinity;
    const to = query.get("to") ? Date.parse(query.get("to")) : Infinity;
    const is = (name, value) => !query.get(name) || query.get(name) === value;
    const list = given.filter(({ at, kind, measurement }) =>
      Date.parse(at) >= from && Date.parse(at) < to && is("kind", kind) && is("measurement", measurement?.id));
    const end = begin + Number(query.get("limit"));
    return route.fulfill({ json: { events: list.slice(begin, end), ...(end < list.length ? { next: String(end) } : {}) } });
  });
  await visitor.page.route((url) => url.pathname.startsWith("/api/v1/events/"), (route) => {
    const event = given.find(({ id }) => route.request().url().endsWith(id));
    return event ? route.fulfill({ json: event }) : route.fallback(); // the master has none of them
  });
  return asked;
}

describe("events", () => {
  it("are read page by page, and filtered", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const asked = await pretendEvents(visitor);
    await visitor.go("#/events");
    const first = () => visitor.page.locator(".events a").first().innerText();
    await until(async () => (await first()) === "event number 249", "the newest");
    await visitor.page.getByRole("button", { name: "Older" }).click();
    await until(async () => (await first()) === "event number 149", "the page before");
    await visitor.page.getByRole("button", { name: "Older" }).click();
    await until(async () => (await first()) === "event number 49", "the oldest page");
    assert.equal(await visitor.page.getByRole("button", { name: "Older" }).count(), 0);
    await visitor.page.getByRole("button", { name: "Newer" }).click();
    await until(async () => (await first()) === "event number 149", "back");
    await visitor.page.getByRole("combobox", { name: "Probe" }).selectOption("london");
    await until(() => asked.at(-1).get("probe") === "london" && !asked.at(-1).has("cursor"), "the filter begins anew");
    assert.match(visitor.page.url(), /probe=london/);
    await visitor.check();
    await visitor.leave();
  });

  it("go a page further with two hasty clicks, not two", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await pretendEvents(visitor);
    await visitor.go("#/events");
    const first = () => visitor.page.locator(".events a").first().innerText();
    await until(async () => (await first()) === "event number 249", "the newest");
    let answer;
    const held = new Promise((go) => (answer = go));
    await visitor.page.route((url) => url.searchParams.get("cursor") === "100", async (route) => {
      await held;
      await route.fallback();
    });
    const older = visitor.page.getByRole("button", { name: "Older" });
    await older.click();
    await visitor.page.getByRole("button", { name: "Newer" }).waitFor();
    await older.click();
    answer();
    await until(async () => (await first()) === "event number 149", "the page before");
    await visitor.page.getByRole("button", { name: "Newer" }).click();
    await until(async () => (await first()) === "event number 249", "back at once");
    await visitor.leave();
  });

  it("heed the cursor of the page", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await pretendEvents(visitor);
    await visitor.go(`#/events?at=${new Date(begin + 30 * minute).toISOString()}`);
    await until(async () => (await visitor.page.locator(".events a").first().innerText()) === "event number 30", "the newest of then");
    await visitor.page.keyboard.press("n");
    await visitor.page.getByRole("group", { name: "Cursor" }).waitFor();
    assert.match(visitor.page.url(), /at=/);
    await visitor.leave();
  });

  it("have an address each, also long ago", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await pretendEvents(visitor);
    await visitor.go(`#/events?id=${all.at(-1).id}`);
    await until(async () => (await visitor.text("main h1")) === "Event number 0", "the oldest event");
    await visitor.picture("event");
    await visitor.check();
    await visitor.go(`#/events?id=${uuid(begin, 999)}`);
    await visitor.page.getByText("There is no event of this number").waitFor();
    await visitor.leave();
  });

  it("are told to receivers, whose state stands there, with a test for administrators", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.login("admin", demo.password);
    await visitor.page.getByRole("button", { name: "Log out admin" }).waitFor();
    const counts = { waiting: 0, delivered: 17, failed: 0, refused: 0, too_old: 0, unreadable: 0 };
    await visitor.pretend({ "/api/v1/alerts": { receivers: [
      { name: "chat", to: "https://hooks.example.net:443", ok: true, ...counts, last_delivered_at: new Date().toISOString() },
      { name: "pager", to: "https://pager.example.net:443", ok: false, ...counts, delivered: 0, waiting: 3, too_old: 2,
        fault: { since: new Date().toISOString(), reason: "https://pager.example.net:443 answered 503" } },
    ] } });
    await visitor.page.route((url) => url.pathname === "/api/v1/alerts/test", (route) => {
      const { receiver } = route.request().postDataJSON();
      return receiver === "chat" ? route.fulfill({ json: { receiver, status: 200 } })
        : route.fulfill({ status: 502, contentType: "application/problem+json", json: { title: "Not delivered", status: 502, detail: "it answered 503" } });
    });
    await visitor.go("#/events");
    const alerts = visitor.page.getByRole("region", { name: "Alerts" });
    await alerts.getByText("17 alerts delivered").waitFor();
    const pager = alerts.getByRole("article").nth(1);
    assert.match(await pager.innerText(), /fails\s+Nothing was delivered yet\. 3 events to be looked at\.\s+Since .*: https:\/\/pager\.example\.net:443 answered 503\.\s+Left out: 2 too old\./);
    await alerts.getByRole("button", { name: "Send a test to chat" }).click();
    await alerts.getByText("It took the test (200).").waitFor();
    await alerts.getByRole("button", { name: "Send a test to pager" }).click();
    await pager.getByText("Not delivered: it answered 503").waitFor();
    await visitor.picture("alerts");
    await visitor.check();
    await visitor.leave();
    const guest = await Visitor.arrive(demo.url);
    await guest.go("#/events");
    assert.equal(await guest.page.getByRole("region", { name: "Alerts" }).count(), 0);
    await guest.leave();
  });

  it("lead to what they are about, and are marked over time", async () => {
    const { traces: [trace] } = await demo.get("/api/v1/traces?probe=berlin&limit=1");
    const event = { ...all[0], id: uuid(Date.now(), 1), at: trace.started_at, measurement: trace.measurement };
    const others = Array.from({ length: 300 }, (_, i) => ({ ...event, id: uuid(Date.now(), 10 + i), measurement: { id: uuid(0, 3), name: "another" } }));
    const visitor = await Visitor.arrive(demo.url);
    const culprit = { ...event, id: uuid(Date.now(), 4), kind: "culprit_opened", measurement: undefined, summary: "a link loses packets" };
    await pretendEvents(visitor, [...others, event, culprit]);
    await visitor.go(`#/events?id=${event.id}`);
    await visitor.page.getByRole("link", { name: "Show me" }).click();
    await visitor.page.locator("canvas").first().waitFor();
    assert.equal(new URLSearchParams(visitor.page.url().split("?")[1]).get("at"), trace.started_at);
    await visitor.page.getByText("2 events of this time").click(); // not those of another measurement
    assert.match(await visitor.text("main"), /2 events \(dashed\)/);
    await visitor.page.locator(".events a", { hasText: "event number 249" }).waitFor();
    await visitor.page.locator(".events a", { hasText: "a link loses packets" }).waitFor();
    await visitor.check();
    await visitor.leave();
  });

  it("of yesterday are shown with what was around them, and under the name of what was measured", async () => {
    const { traces: [trace] } = await demo.get("/api/v1/traces?probe=berlin&limit=1");
    const at = Date.now() - 26 * 60 * minute;
    const removed = uuid(0, 5);
    const old = { ...all[0], id: uuid(at + 5000, 1), at: new Date(at).toISOString(), measurement: { id: removed, name: "removed" } };
    const round = { ...trace, id: uuid(at, 6), started_at: new Date(at + 1000).toISOString(), measurement: old.measurement };
    const visitor = await Visitor.arrive(demo.url);
    await pretendEvents(visitor, [old]);
    const asked = [];
    await visitor.page.route((url) => url.pathname === "/api/v1/traces", (route) => {
      asked.push(new URL(route.request().url()).searchParams);
      return route.fulfill({ json: { traces: [round] } });
    });
    await visitor.go(`#/events?id=${old.id}`);
    await visitor.page.getByRole("link", { name: "Show me" }).click();
    await visitor.page.getByText("1 event of this time").waitFor();
    const asks = () => asked.map((query) => [Date.parse(query.get("from")), Date.parse(query.get("to"))]); // the charts, and the rounds of the instant
    await until(() => asks().some(([from, to]) => from <= at - 15 * minute && at + 15 * minute <= to && to - from === 60 * minute), `${at} is asked for`);
    assert.equal(await visitor.text("main h1"), `berlin → ${removed} over time`);
    await visitor.leave();
  });
});
