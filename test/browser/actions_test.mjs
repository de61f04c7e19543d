// What people do on the pages: log in, change things, order traces, stay while the master restarts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, until, Visitor } from "./support.mjs";

let demo;
before(async () => {
  demo = await Demo.start({ options: ["--pace", "60"] });
  await demo.measured(1);
});
after(async () => {
  await Visitor.closeAll();
  await demo?.stop();
});

describe("logging in", () => {
  it("refuses a wrong password and says so", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.login("admin", "wrong");
    await visitor.page.getByRole("alert").filter({ hasText: "name or the password is wrong" }).waitFor();
    await visitor.check();
    await visitor.leave();
  });

  it("lets an administrator make a token and a user, and ends with logging out", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.login("admin", demo.password);
    await visitor.page.getByRole("button", { name: "Log out admin" }).waitFor();
    await visitor.page.keyboard.press("c");
    const tokens = visitor.page.getByRole("region", { name: "Tokens" });
    await tokens.getByLabel("Name").fill("nightly");
    await tokens.getByRole("button", { name: "Make a token" }).click();
    assert.match(await tokens.getByRole("status").innerText(), /shown this once: \S{20,}/);
    await tokens.getByText("nightly").waitFor();

    const users = visitor.page.getByRole("region", { name: "Users" });
    await users.getByRole("button", { name: "Add a user" }).click();
    await users.getByRole("alert").waitFor(); // no name: said beside the field
    await users.getByLabel("Name").fill("anna");
    await users.getByRole("button", { name: "Add a user" }).click();
    const told = await users.getByRole("status").innerText();
    await visitor.picture("configuration-admin");
    await visitor.check();
    await visitor.page.getByRole("button", { name: "Log out admin" }).click();
    await visitor.page.getByRole("link", { name: "Log in" }).first().waitFor();

    await visitor.login("anna", told.match(/once: (\S+)/)[1]);
    await visitor.page.getByRole("button", { name: "Log out anna" }).waitFor();
    await visitor.go("#/configuration");
    await visitor.page.getByRole("region", { name: "Tokens" }).waitFor();
    assert.equal(await visitor.page.getByRole("region", { name: "Users" }).count(), 0);
    await visitor.leave();
  });
});

describe("a form", () => {
  it("says what is wrong beside the field, before anybody is asked", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/measure");
    await visitor.page.getByLabel("Flows").fill("1000");
    await visitor.page.getByLabel("berlin").uncheck();
    await visitor.page.getByLabel("london").uncheck();
    await visitor.page.getByLabel("new-york").uncheck();
    await visitor.page.getByRole("button", { name: "Trace" }).click();
    await visitor.page.locator("#probes-fault").waitFor();
    assert.deepEqual(await visitor.page.getByRole("alert").allInnerTexts(), ["is missing: the name or address to trace", "must be a whole number from 1 to 256", "choose at least one"]);
    await visitor.picture("measure-wrong");
    await visitor.check();
    await visitor.leave();
  });
});

describe("the page", () => {
  it("shows new rounds by itself", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.page.locator(".matrix td a").first().waitFor();
    const moment = () => visitor.page.locator(".matrix td a").first().getAttribute("title");
    const first = await moment();
    await until(async () => (await moment()) !== first, "a newer round is shown");
    await visitor.leave();
  });

  it("shows what hostile names say as text", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const name = `<img src=x onerror="document.title='taken'">`;
    const { traces } = await demo.get("/api/v1/traces?limit=1&probe=berlin");
    traces[0].paths[0].hops[0].answers[0].name = name;
    await visitor.pretend({ [`/api/v1/traces/${traces[0].id}`]: traces[0] });
    await visitor.go(`#/paths?trace=${traces[0].id}`);
    await visitor.page.locator(".hops").getByText(name).waitFor();
    assert.notEqual(await visitor.page.title(), "taken");
    await visitor.leave();
  });

  it("comes back by itself when the master does", async () => {
    const first = await Demo.start({ options: ["--pace", "60"] });
    const visitor = await Visitor.arrive(first.url);
    const cells = visitor.page.locator(".matrix td a");
    const moment = () => cells.first().getAttribute("title");
    await first.measured(1);
    await cells.first().waitFor();
    await first.stop();
    const last = await moment();
    await visitor.page.getByText("No connection to the master").waitFor();
    const second = await Demo.start({ port: first.port, options: ["--pace", "60"] });
    await visitor.page.getByText(/^(Live|Updated every)/).waitFor();
    await second.measured(1);
    await until(async () => (await cells.count()) === 9 && (await moment()) !== last, "its rounds are shown");
    await visitor.leave();
    await second.stop();
  });

  it("says where there is no such page, and leads back", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/nonsense");
    await visitor.page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await visitor.page.getByRole("link", { name: "What is going on now" }).click();
    await visitor.page.locator(".matrix").waitFor();
    await visitor.leave();
  });
});

describe("a link at fault", () => {
  const place = (address) => ({ addresses: [address] });
  const link = { from: place("10.9.4.22"), to: place("10.20.0.1") };
  const id = "019aac3e-0c80-7b4e-8d5f-3a1c5e9d2b70";
  const before = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
  const culprit = {
    id, open: true, first_seen: before(9), last_seen: before(0),
    segment: link, links: [link], loss: { estimate: 0.2, low: 0.18, high: 0.24 }, odds: 40, direction: "forward", probes: 3, flows: 7,
    witnesses: ["berlin", "london"].map((probe) => ({ probe, target: "198.51.100.80", at: place("198.51.100.80"), flows: 3, sent: 90, answered: 70, elsewhere_sent: 200, elsewhere_answered: 200 })),
    alternatives: [], reason: "flows that avoid it lose nothing", change_our_mind: "a flow over it without loss",
    course: [9, 6, 3, 0].map((minutes, i) => ({ at: before(minutes), loss: { estimate: 0.05 * (i + 1), low: 0.03 * (i + 1), high: 0.08 * (i + 1) } })),
  };
  const verdicts = { now: { at: culprit.last_seen, verdict: "culprit", summary: "one link", needed: [], access: [], probes: 3, flows: 28 }, culprits: [culprit] };

  it("leads to how it began: what a witness measured, or the state of then where no trace says", async () => {
    const { traces: [{ target, measurement }] } = await demo.get("/api/v1/traces?probe=berlin&limit=1");
    const visitor = await Visitor.arrive(demo.url);
    for (const [address, expected] of [[target.address, `#/time?probe=berlin&measurement=${measurement.id}&`], ["203.0.113.1", "#/now?"]]) {
      const seen = { ...culprit, witnesses: culprit.witnesses.slice(0, 1).map((each) => ({ ...each, target: address })) };
      await visitor.pretend({ [`/api/v1/culprits/${id}`]: seen });
      await visitor.go("#/now");
      await visitor.go(`#/paths?culprit=${id}`);
      const began = visitor.page.getByRole("link", { name: "How it began" });
      await until(async () => (await began.getAttribute("href")) === `${expected}at=${encodeURIComponent(culprit.first_seen)}`, `it leads to ${expected}`);
    }
    await visitor.leave();
  });

  it("lost packets, once the newest verdicts accuse it no more", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const quiet = { ...culprit, last_seen: before(2) };
    await visitor.pretend({ "/api/v1/culprits": { now: { ...verdicts.now, verdict: "clean" }, culprits: [quiet] } });
    await visitor.page.reload();
    const card = visitor.page.locator(".card.culprit");
    await card.getByText("lost 18–24 %").waitFor();
    assert.match(await visitor.text(".state"), /1 link was losing [^]*The newest verdicts accuse it no more\./);
    await visitor.leave();
  });

  it("is said first with its course, and shown with its evidence", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.pretend({ "/api/v1/culprits": verdicts, [`/api/v1/culprits/${id}`]: culprit });
    await visitor.page.reload();
    await until(async () => /^1 link is losing 18–24 % of packets, since .*, seen by 3 of 3 probes$/.test(await visitor.text(".state h1")), "the sentence");
    const card = visitor.page.locator(".card.culprit");
    assert.match(await card.innerText(), /10\.9\.4\.22 → 10\.20\.0\.1/);
    assert.equal(await card.locator(".spark").getAttribute("aria-label"), "Loss over 9 min: first 3–8 %, now 18–24 %");
    await card.locator("summary").click();
    assert.match(await card.innerText(), /berlin to 198\.51\.100\.80: 3 flows over it, 20 of 90 packets lost; beside it 0 of 200/);
    await visitor.picture("now-culprit");
    await visitor.check();
    await card.getByRole("link", { name: "Show me" }).click();
    // A level line has no height, and so would never be "visible".
    await visitor.page.locator(".graph .link.culprit").first().waitFor({ state: "attached" });
    const evidence = visitor.page.getByRole("region", { name: "Evidence against the link" });
    assert.match(await evidence.innerText(), /flows that avoid it lose nothing/);
    assert.match(await evidence.getByRole("row").nth(1).innerText(), /berlin\s+198\.51\.100\.80\s+3\s+20 of 90\s+0 of 200/);
    await visitor.page.locator(".graph .link.picked").waitFor({ state: "attached" }); // its own counts, without a click
    await visitor.picture("paths-culprit");
    await visitor.check();
    await visitor.leave();
  });

  it("may be the access link of a probe", async () => {
    const access = { from: { addresses: [], probe: "berlin" }, to: place("10.1.0.1") };
    const accused = { ...culprit, segment: access, links: [access], access: "berlin", probes: 1, witnesses: culprit.witnesses.slice(0, 1) };
    const visitor = await Visitor.arrive(demo.url);
    await visitor.pretend({ "/api/v1/culprits": { ...verdicts, culprits: [accused] }, [`/api/v1/culprits/${id}`]: accused });
    await visitor.page.reload();
    const card = visitor.page.locator(".card.culprit");
    await card.getByRole("heading", { name: "access link probe berlin → 10.1.0.1" }).waitFor();
    await card.getByRole("link", { name: "Show me" }).click();
    await visitor.page.getByRole("heading", { name: "At fault: access link probe berlin → 10.1.0.1" }).waitFor();
    const fault = visitor.page.locator(".graph .link.culprit");
    await fault.first().waitFor({ state: "attached" });
    assert.equal(await fault.count(), 1);
    assert.match(await fault.getAttribute("aria-label"), /^probe berlin → 10\.1\.0\.1: .*at fault: loses/);
    await visitor.leave();
  });
});
