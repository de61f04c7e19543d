// The page while new rounds come in: slow answers, clicks, and a master that cannot tell for a while.
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

const later = (ms) => new Promise((next) => setTimeout(next, ms));

describe("while new rounds come in", () => {
  it("an answer that takes longer than they do is waited for", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.page.getByText("Live", { exact: true }).waitFor();
    let asked = 0;
    await visitor.page.route((url) => url.pathname === "/api/v1/matrix/columns", async (route) => {
      ++asked;
      await later(2500);
      await route.continue().catch(() => undefined); // who asked may have left
    });
    await visitor.page.reload();
    await visitor.page.locator(".matrix td a").first().waitFor();
    await until(() => asked >= 2, "what came in meanwhile is asked for");
    await visitor.page.unrouteAll({ behavior: "ignoreErrors" });
    await visitor.leave();
  });

  it("a click on a chart is one on what the chart shows now", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/time?probe=berlin&span=600");
    const chart = visitor.page.getByRole("img", { name: "Round-trip time and loss over time" }).locator("canvas");
    await chart.waitFor();
    const rounds = async () => Number((await visitor.text(".told")).match(/^(\d+) round/)[1]);
    const [first, drawn] = [await rounds(), Date.now()];
    await until(async () => (await rounds()) >= first + 3, "more rounds are shown");
    const box = await chart.boundingBox();
    await chart.click({ position: { x: box.width - 22, y: 80 } });
    await until(() => /at=/.test(visitor.page.url()), "a cursor");
    const at = Date.parse(new URLSearchParams(visitor.page.url().split("?")[1]).get("at"));
    assert.ok(at > drawn, `${at} is after ${drawn}`);
    await visitor.leave();
  });

  it("a master that could not tell is listened to again", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const isFeed = (url) => url.pathname === "/api/v1/live";
    await visitor.page.clock.install();
    await visitor.page.route(isFeed, (route) => route.fulfill({ status: 502 }));
    await visitor.page.reload();
    await visitor.page.getByText("Updated every 5 s").waitFor();
    await visitor.page.unroute(isFeed);
    await visitor.page.clock.fastForward(61_000);
    await visitor.page.getByText("Live", { exact: true }).waitFor();
    await visitor.leave();
  });
});
