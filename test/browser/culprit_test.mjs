// A link that really begins to lose packets: from the simulated network to the sentence on the page.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, until, Visitor } from "./support.mjs";

let demo;
before(async () => {
  demo = await Demo.start({ options: ["--pace", "2"] }); // loses 20 % from 30 s to 75 s on
});
after(async () => {
  await Visitor.closeAll();
  await demo?.stop();
});

describe("a link that begins to lose packets", () => {
  it("is named with what it loses since then, by itself, and shown", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.page.locator(".matrix").waitFor();
    const card = visitor.page.locator(".card.culprit");
    await card.waitFor({ timeout: 120_000 }); // verdicts are made every 15 s, and two have to agree
    assert.match(await visitor.text(".state h1"), /^1 link is losing \d+–\d+ % of packets, since \d\d:\d\d, seen by \d of 3 probes$/);
    assert.match(await card.innerText(), /agg2\.ams\.carrier\.example → border\.dc\.example/);
    const { culprits: [{ loss, id }] } = await demo.get("/api/v1/culprits");
    assert.ok(loss.low < 0.25 && loss.high > 0.15, `loses ${loss.low} to ${loss.high}`); // diluted by the time before it were 7 %
    const { events } = await demo.get("/api/v1/events?kind=culprit_opened");
    assert.equal(events[0].evidence.culprit, id);
    await visitor.page.getByText(/^agg2\.ams\.carrier\.example → border\.dc\.example loses/).waitFor();
    await visitor.picture("now-culprit-real");
    await visitor.check();
    await card.getByRole("link", { name: "Show me" }).click();
    const title = visitor.page.locator("main h1");
    await title.filter({ hasText: "At fault: agg2.ams.carrier.example → border.dc.example" }).waitFor();
    await visitor.page.locator(".graph .link.culprit").first().waitFor({ state: "attached" });
    const names = await visitor.page.locator(".graph .link.culprit").evaluateAll((links) => links.map((link) => link.getAttribute("aria-label")));
    assert.equal(names.length, 1);
    assert.match(names[0], /^10\.9\.4\.22 → 10\.20\.0\.1: .*at fault: loses/);
    await visitor.picture("paths-culprit-real");
    await visitor.check();
    await visitor.leave();

    const phone = await Visitor.arrive(demo.url, { viewport: { width: 375, height: 750 }, hasTouch: true, isMobile: true });
    await phone.go(`#/paths?culprit=${id}`);
    const fault = phone.page.locator(".graph .link.culprit").first();
    await fault.waitFor({ state: "attached" });
    const inSight = async () => {
      const { x, width } = await fault.boundingBox();
      return x >= 0 && x + width <= 375;
    };
    await until(inSight, "the link at fault is in sight");
    await phone.picture("paths-culprit-phone");
    await phone.leave();
  });
});
