// Forms while their answers are under way: nobody's typing is lost, nobody is taken elsewhere, and nothing refused is kept quiet.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, until, Visitor } from "./support.mjs";

let demo;
let visitor;
before(async () => {
  demo = await Demo.start();
  await demo.measured(1);
  visitor = await Visitor.arrive(demo.url);
  await visitor.login("admin", demo.password);
  await visitor.page.getByRole("button", { name: "Log out admin" }).waitFor();
});
after(async () => {
  try {
    await visitor?.leave();
  } finally {
    await Visitor.closeAll();
    await demo?.stop();
  }
});

const part = (name) => visitor.page.getByRole("region", { name, exact: true });
const idOf = (name) => `00000000-0000-4000-8000-0000000000${name}`;
const asked = (method, name) => (url, by) => by === method && url.pathname === `/api/v1/measurements/${idOf(name)}`;
/** The page has made of an answer what it makes of it. */
const settled = () => visitor.page.evaluate(() => new Promise((next) => requestAnimationFrame(() => setTimeout(next))));

/** Two measurements, aa and bb, that can be changed. */
async function twoMeasurements() {
  await visitor.page.unrouteAll({ behavior: "ignoreErrors" });
  const [first] = (await demo.get("/api/v1/measurements")).measurements;
  const all = ["aa", "bb"].map((name) => ({ ...first, id: idOf(name), name, origin: "api" }));
  await visitor.pretend({ "/api/v1/measurements": { measurements: [{ ...all[0], unknown_probes: ["paris"] }, all[1]] } });
  for (const each of all)
    await visitor.page.route(`**/api/v1/measurements/${each.id}`, (route) => route.fulfill({ json: each, headers: { ETag: '"1"' } }));
  await visitor.go("#/now");
  await visitor.go("#/configuration");
  await part("Measurements").getByRole("button", { name: "Change measurement bb" }).waitFor();
}

const press = (name) => part("Measurements").getByRole("button", { name, exact: true }).click();

async function changeB() {
  await press("Change measurement bb");
  await part("Measurements").getByRole("heading", { name: "Change bb" }).waitFor();
  await part("Measurements").getByLabel("Every").fill("77");
}

async function isStillB() {
  assert.equal(await part("Measurements").getByRole("heading", { name: "Change bb" }).count(), 1);
  assert.equal(await part("Measurements").getByLabel("Every").inputValue(), "77");
}

describe("of two changes", () => {
  it("the one that was asked for last is shown, in whatever order the answers come", async () => {
    await twoMeasurements();
    const come = await visitor.hold(asked("GET", "aa"));
    await press("Change measurement aa");
    await changeB();
    const answer = visitor.page.waitForResponse((response) => response.url().endsWith(idOf("aa")));
    come();
    await (await answer).finished();
    await settled();
    await isStillB();
  });

  for (const [what, status, role, text] of [["saved", 200, "status", "aa is changed."], ["refused", 412, "alert", "The change of aa: Changed meanwhile"]])
    it(`the one that is ${what} is told, and leaves the other's form`, async () => {
      await twoMeasurements();
      const come = await visitor.hold(asked("PATCH", "aa"), (route) => route.fulfill({ status, json: { title: "Changed meanwhile", status } }));
      await press("Change measurement aa");
      await part("Measurements").getByRole("heading", { name: "Change aa" }).waitFor();
      await press("Save");
      await changeB();
      come();
      await part("Measurements").getByRole(role).filter({ hasText: text }).waitFor();
      await isStillB();
      await visitor.picture(`forms-${what}`);
      await visitor.check();
    });
});

describe("a form", () => {
  it("keeps what is typed while it is sent", async () => {
    await twoMeasurements();
    const come = await visitor.hold((url, by) => by === "POST" && url.pathname === "/api/v1/measurements", (route) => route.fulfill({ status: 201, json: { id: idOf("cc") } }));
    const all = part("Measurements");
    await all.getByText("Add a measurement").click();
    const name = all.getByLabel("Name", { exact: true });
    await name.fill("cc");
    await press("Add");
    await name.fill("dd");
    come();
    await all.getByRole("status").filter({ hasText: "cc is added." }).waitFor();
    await settled();
    assert.equal(await name.inputValue(), "dd");
  });

  it("takes nobody away who has gone elsewhere", async () => {
    await visitor.page.unrouteAll({ behavior: "ignoreErrors" });
    const isOrder = (url, by) => by === "POST" && url.pathname === "/api/v1/measurements";
    const come = await visitor.hold(isOrder, (route) => route.fulfill({ status: 201, json: { id: idOf("ee") } }));
    await visitor.go("#/measure");
    await visitor.page.getByLabel("Target").fill("192.0.2.1");
    const sent = visitor.page.waitForRequest((request) => isOrder(new URL(request.url()), request.method()));
    await visitor.page.getByRole("button", { name: "Trace" }).click();
    const request = await sent;
    await visitor.go("#/events");
    await visitor.page.getByRole("heading", { name: "Events" }).waitFor();
    come();
    await (await request.response()).finished();
    await settled();
    assert.match(visitor.page.url(), /#\/events$/);
  });
});

describe("a measurement by probes that are not there", () => {
  it("says so, on a phone too", async () => {
    await twoMeasurements();
    await visitor.page.setViewportSize({ width: 375, height: 750 });
    await part("Measurements").getByText("Probes that are not there: paris").waitFor();
    await until(async () => (await visitor.page.evaluate(() => document.documentElement.scrollWidth)) <= 376, "it fits");
  });
});
