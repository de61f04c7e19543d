// Every page, as it is and as few people see it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, until, Visitor } from "./support.mjs";

let demo;
before(async () => {
  demo = await Demo.start();
  await demo.measured(2);
});
after(async () => {
  await Visitor.closeAll();
  await demo?.stop();
});

const pages = ["now", "paths", "time", "measure", "events", "configuration"];

describe("every page", () => {
  for (const [look, options] of [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["phone", { viewport: { width: 375, height: 750 }, hasTouch: true, isMobile: true }],
  ])
    it(`stands, ${look}, with nothing serious against it`, async () => {
      const visitor = await Visitor.arrive(demo.url, options);
      for (const page of pages) {
        await visitor.go(`#/${page}`);
        await visitor.page.waitForFunction(() => !document.querySelector("main")?.innerText.includes("Loading…"));
        await visitor.picture(`${page}-${look}`);
        await visitor.check();
        // A phone's innerWidth grows with what is too wide.
        const wide = (await visitor.page.evaluate(() => document.documentElement.scrollWidth)) - visitor.page.viewportSize().width;
        assert.ok(wide <= 1, `${page} is ${wide} px too wide`);
      }
      await visitor.leave();
    });
});

describe("the navigation", () => {
  it("is one row at any width", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.login("admin", demo.password);
    await visitor.page.getByRole("button", { name: "Log out admin" }).waitFor();
    const tops = () => visitor.page.locator("nav a").evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top));
    for (const width of [360, 641, 700, 960, 980, 1280]) {
      await visitor.page.setViewportSize({ width, height: 700 });
      await until(async () => (await visitor.page.evaluate(() => innerWidth)) === width, "the page has its width");
      assert.equal(new Set(await tops()).size, 1, `${width} px`);
      assert.ok((await visitor.page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${width} px`);
    }
    await visitor.leave();
  });
});

describe("now", () => {
  it("says the state in a sentence and shows every pair", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await until(() => visitor.page.locator(".matrix td a").count().then((n) => n === 9), "nine cells");
    assert.match(await visitor.text(".state h1"), /^(All clear: 3 of 3 probes reach every target|\d)/);
    await visitor.page.locator(".matrix td a").first().click();
    await visitor.page.locator(".graph svg").waitFor();
    assert.match(visitor.page.url(), /#\/paths\?measurement=.*probe=berlin/);
    await visitor.leave();
  });
});

describe("paths", () => {
  it("shows the parallel ways, one flow among them, and the evidence of a link", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/paths?probe=berlin");
    const links = visitor.page.locator(".graph .link");
    await until(() => links.count().then((n) => n >= 10), "links");
    await visitor.page.getByRole("combobox", { name: "Flow" }).selectOption({ index: 1 });
    await until(() => visitor.page.locator(".graph .link.aside").count(), "other flows step aside");
    assert.match(visitor.page.url(), /flow=berlin/);
    await links.nth(3).focus();
    await visitor.page.keyboard.press("Enter");
    await visitor.page.getByLabel("Evidence").waitFor();
    const before = await links.count();
    await visitor.page.getByLabel(/Hide first hops/).fill("3");
    await until(() => links.count().then((n) => n < before), "hidden hops are gone");
    await visitor.page.reload();
    await until(() => links.count().then((n) => n > 0 && n < before), "the address restores the view");
    await visitor.page.getByRole("combobox", { name: "View" }).selectOption("sankey");
    await visitor.page.locator("canvas").first().waitFor();
    await visitor.picture("paths-sankey");
    await visitor.leave();
  });

  it("draws the addresses of a router as one, and says how it knows", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/paths?measurement=Shop");
    const ports = visitor.page.locator(".graph .node", { hasText: /ae-\d\.core1\.ams/ });
    await until(() => ports.count().then((n) => n === 2), "two addresses of a router");
    await visitor.page.getByRole("combobox", { name: "Group by" }).selectOption("router");
    await visitor.page.getByText("of 1 router, by what it says itself; of 2 routers, by names").waitFor();
    assert.equal(await ports.count(), 0);
    assert.match(await visitor.page.getByRole("combobox", { name: "Measurement" }).locator("option:checked").innerText(), /^Shop/);
    await visitor.picture("paths-routers");
    await visitor.leave();
  });

  it("tells a router that answers rarely from loss", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/paths?probe=london");
    await visitor.page.locator(".hops tr", { hasText: "access.london.example" }).getByText("traffic passes").waitFor();
    await visitor.leave();
  });

  it("gives what it shows as a file", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/paths?probe=berlin");
    const forms = {
      Text: ["traces.txt", /^2\S+Z from berlin: traceroute to www\.shop\.example.*\n[^]*edge\.fra\.carrier\.example \(10\.9\.1\.1\)/],
      JSON: ["traces.json", /^\{"traces":\[\{"id":/],
      CSV: ["traces.csv", /^trace,probe,measurement,target[^]*edge\.fra\.carrier\.example/],
      "RIPE Atlas": ["traces.atlas.json", /^\[\n\{"fw":5080,[^]*"dtrace_probe":"berlin"/],
    };
    for (const [name, [file_name, content]] of Object.entries(forms)) {
      const waiting = visitor.page.waitForEvent("download");
      await visitor.page.getByRole("link", { name, exact: true }).click();
      const file = await waiting;
      assert.equal(file.suggestedFilename(), file_name);
      assert.match(await (await file.createReadStream()).toArray().then((parts) => parts.join("")), content);
    }
    await visitor.leave();
  });

  it("gives as a file what is in the picture, and says where that is not all", async () => {
    const visitor = await Visitor.arrive(demo.url);
    const { traces } = await demo.get("/api/v1/traces?probe=berlin&limit=5");
    await visitor.pretend({ "/api/v1/traces": { traces } });
    await visitor.page.route((url) => url.pathname === "/api/v1/graph", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...(await answer.json()), traces: 1500 } });
    });
    await visitor.go("#/paths?probe=berlin");
    await visitor.page.getByText("the newest 1000 of 1500").waitFor();
    const file = async () => new URL(await visitor.page.getByRole("link", { name: "JSON" }).getAttribute("href"), demo.url);
    const end = Date.parse((await file()).searchParams.get("to"));
    assert.equal(end, Date.parse(traces[0].started_at) + 1);
    await visitor.go(`#/paths?trace=${traces[1].id}`);
    await until(async () => (await file()).pathname === `/api/v1/traces/${traces[1].id}`, "the file of one trace");
    assert.equal((await file()).search, "?format=json");
    await visitor.leave();
  });
});

describe("time", () => {
  it("moves one cursor for charts, graph and table, and compares two instants", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/time?probe=berlin&span=600");
    await visitor.page.locator("canvas").first().waitFor();
    await visitor.page.getByRole("button", { name: "The round before" }).click();
    await visitor.page.locator(".graph svg").waitFor();
    assert.match(visitor.page.url(), /at=/);
    const first = await visitor.text(".hops caption");
    await visitor.page.getByRole("button", { name: "Compare with this" }).click();
    await visitor.page.getByRole("button", { name: "The round after" }).click();
    await until(async () => (await visitor.text(".hops caption")) !== first, "the table shows the other round");
    await visitor.page.getByLabel("Difference").waitFor();
    await visitor.page.locator(".hops").first().waitFor();
    await visitor.picture("time-difference");
    await visitor.leave();
  });

  it("is pale while it is still of another measurement", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/time?probe=berlin&span=600");
    await visitor.page.locator("canvas").first().waitFor();
    let answer;
    const held = new Promise((go) => (answer = go));
    await visitor.page.route((url) => url.pathname === "/api/v1/traces", async (route) => {
      await held;
      await route.continue().catch(() => undefined); // who asked may have left
    });
    await visitor.page.getByRole("combobox", { name: "Measurement" }).selectOption({ index: 1 });
    await visitor.page.locator(".loaded.stale[aria-busy=true] canvas").first().waitFor();
    answer();
    await until(async () => !(await visitor.page.locator(".stale").count()), "nothing is of the other measurement");
    await visitor.page.locator("canvas").first().waitFor();
    await visitor.leave();
  });

  it("is of one measurement, also when one comes from the paths of all", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/paths?measurement=all&probe=berlin");
    await visitor.page.locator(".graph svg").waitFor();
    await visitor.page.keyboard.press("t");
    await visitor.page.locator("canvas").first().waitFor();
    assert.match(visitor.page.url(), /#\/time\?probe=berlin$/);
    assert.doesNotMatch(await visitor.text("main h1"), /→ all/);
    await visitor.leave();
  });

  it("zooms by dragging", async () => {
    const visitor = await Visitor.arrive(demo.url);
    await visitor.go("#/time?probe=berlin&span=600");
    const box = await visitor.page.locator("canvas").first().boundingBox();
    await visitor.page.mouse.move(box.x + 100, box.y + 80);
    await visitor.page.mouse.down();
    await visitor.page.mouse.move(box.x + box.width - 40, box.y + 90, { steps: 8 });
    await visitor.page.mouse.up();
    await until(() => /from=.*to=/.test(visitor.page.url()), "the address has the time");
    await visitor.page.getByRole("button", { name: "Whole time" }).click();
    await until(() => !/from=/.test(visitor.page.url()), "back to the whole");
    await visitor.leave();
  });
});

describe("the keyboard alone", () => {
  it("reaches every page, and the content behind the navigation", async () => {
    const visitor = await Visitor.arrive(demo.url);
    for (const [key, title] of [["p", /^Paths to/], ["t", /over time$/], ["m", /^Measure now/], ["e", /^Events/], ["c", /^Configuration/]]) {
      await visitor.page.keyboard.press(key);
      await until(async () => title.test(await visitor.text("main h1")), `${key} opens its page`);
    }
    await visitor.page.keyboard.press("?");
    await visitor.page.getByRole("dialog").waitFor();
    await visitor.page.keyboard.press("Escape");
    await visitor.go("#/now");
    await visitor.page.reload();
    await visitor.page.locator(".matrix").waitFor();
    await visitor.page.keyboard.press("Tab");
    await visitor.page.keyboard.press("Enter");
    assert.equal(await visitor.page.evaluate(() => document.activeElement.id), "main");
    await visitor.leave();
  });
});
