// Everything that can be made, changed and removed on the page, also by somebody who errs.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, until, Visitor } from "./support.mjs";

let demo;
let visitor;
before(async () => {
  demo = await Demo.start();
  visitor = await Visitor.arrive(demo.url);
  await visitor.login("admin", demo.password);
  await visitor.page.getByRole("button", { name: "Log out admin" }).waitFor();
  await visitor.go("#/configuration");
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
const fault = (region) => region.locator(".field-problem[role=alert]").first().innerText();
const accept = () => visitor.page.once("dialog", (dialog) => dialog.accept());

describe("a probe", () => {
  it("is refused without a name, added with its command line, changed and removed", async () => {
    const probes = part("Probes");
    await probes.getByText("Add a probe").click();
    const add = probes.getByRole("button", { name: "Add", exact: true });
    await add.click();
    const missing = await fault(probes);
    assert.ok(missing.length > 3);
    await probes.getByLabel("Name").fill("wrong:name");
    await add.click();
    await probes.locator("#probe-name-fault").filter({ hasNotText: missing }).waitFor();
    await visitor.picture("configuration-wrong");
    await visitor.check();
    await probes.getByLabel("Name").fill("oslo");
    await probes.getByLabel("Tags").fill("eu, north");
    await add.click();
    const line = await probes.getByLabel("How to start oslo").innerText();
    assert.match(await probes.getByLabel("Password of oslo").innerText(), /^\S{16,}$/);
    assert.match(line, /^\(umask 077; cat > dtrace-password\).*\nsudo dtrace-node probe --master http:\/\/\S+ --name 'oslo' --passwd-file dtrace-password/);
    const { probes: listed } = await demo.get("/api/v1/probes?tag=north");
    assert.deepEqual(listed.map(({ name, tags }) => [name, tags]), [["oslo", ["eu", "north"]]]);

    await probes.getByRole("button", { name: "Change probe oslo" }).click();
    await visitor.page.locator("#change-probe-description").fill("rack 7");
    await visitor.page.locator("#change-probe-tags").fill("north");
    await probes.getByRole("button", { name: "Save" }).click();
    await probes.getByText("rack 7").waitFor();
    assert.deepEqual((await demo.get("/api/v1/probes/oslo")).tags, ["north"]);

    accept();
    await probes.getByRole("button", { name: "Remove probe oslo" }).click();
    await until(async () => !(await probes.getByRole("cell", { name: /^oslo/ }).count()), "oslo is gone");
  });

  it("of the demo is read-only, and that is said", async () => {
    assert.match(await part("Probes").getByRole("row", { name: /^berlin/ }).innerText(), /read-only/);
    assert.equal(await part("Probes").getByRole("button", { name: "Remove probe berlin" }).count(), 0);
  });
});

describe("a measurement", () => {
  it("is refused with wrong numbers, added, changed and removed", async () => {
    const all = part("Measurements");
    await all.getByText("Add a measurement").click();
    const add = all.getByRole("button", { name: "Add", exact: true });
    await all.getByLabel("Name", { exact: true }).fill("web");
    await all.getByLabel("Target", { exact: true }).fill("192.0.2.7");
    await all.getByLabel("Flows").fill("100000");
    await add.click();
    await all.locator("#m-flows-fault").waitFor();
    await visitor.check();
    await all.getByLabel("Flows").fill("4");
    await all.getByLabel("Every").fill("0");
    await add.click();
    await all.locator("#m-interval-fault").waitFor();
    await all.getByLabel("Every").fill("30");
    await all.getByLabel("Target", { exact: true }).fill("");
    await add.click();
    await all.locator("#m-target-fault").waitFor();
    await all.getByLabel("Target", { exact: true }).fill("192.0.2.7");
    await all.getByLabel("Probes, with commas").fill("berlin");
    await add.click();
    await all.getByRole("link", { name: "web" }).waitFor();
    const made = (await demo.get("/api/v1/measurements?q=web")).measurements[0];
    assert.deepEqual([made.target, made.interval_s, made.parameters.flows, made.probes], ["192.0.2.7", 30, 4, ["berlin"]]);

    await all.getByRole("button", { name: "Change measurement web" }).click();
    await all.getByRole("heading", { name: "Change web" }).waitFor();
    await all.getByLabel("Every").fill("45");
    await all.getByRole("button", { name: "Save" }).click();
    await until(async () => (await demo.get(`/api/v1/measurements/${made.id}`)).interval_s === 45, "the interval is changed");
    accept();
    await all.getByRole("button", { name: "Remove measurement web" }).click();
    await until(async () => !(await demo.get("/api/v1/measurements?q=web")).measurements.length, "web is gone");
  });

  it("keeps flows that are counted automatically, and what is no number is refused by name", async () => {
    const all = part("Measurements");
    await visitor.page.reload();
    await all.getByText("Add a measurement").click();
    await all.getByLabel("Name", { exact: true }).fill("balanced");
    await all.getByLabel("Target", { exact: true }).fill("192.0.2.8");
    await all.getByLabel("Flows").fill("auto");
    await all.getByLabel("Every").fill("1m");
    await all.getByRole("button", { name: "Add", exact: true }).click();
    await all.locator("#m-interval-fault").waitFor();
    await all.getByLabel("Every").fill("60");
    await all.getByRole("button", { name: "Add", exact: true }).click();
    await all.getByRole("link", { name: "balanced" }).waitFor();
    const made = async () => (await demo.get("/api/v1/measurements?q=balanced")).measurements[0];
    assert.equal((await made()).parameters.flows, "auto");

    await all.getByRole("button", { name: "Change measurement balanced" }).click();
    await all.getByRole("heading", { name: "Change balanced" }).waitFor();
    await all.getByLabel("Packets per hop").fill("many");
    await all.getByRole("button", { name: "Save" }).click();
    await all.locator("#m-attempts-fault").waitFor();
    await all.getByLabel("Packets per hop").fill("3");
    await all.getByLabel("Every").fill("90");
    await all.getByRole("button", { name: "Save" }).click();
    await until(async () => (await made()).interval_s === 90, "the interval is changed");
    assert.equal((await made()).parameters.flows, "auto");
    accept();
    await all.getByRole("button", { name: "Remove measurement balanced" }).click();
    await until(async () => !(await made()), "balanced is gone");
  });

  it("can be a mesh of the probes with a tag", async () => {
    const all = part("Measurements");
    await visitor.page.reload();
    await all.getByText("Add a measurement").click();
    await all.getByLabel("Name", { exact: true }).fill("each other");
    await all.getByLabel(/mesh of probes/).fill("everywhere");
    await all.getByRole("button", { name: "Add", exact: true }).click();
    await all.getByText("all with tag everywhere, each other").waitFor();
    const made = (await demo.get("/api/v1/measurements?q=each")).measurements[0];
    assert.equal(made.mesh, "everywhere");
    accept();
    await all.getByRole("button", { name: "Remove measurement each other" }).click();
    await until(async () => !(await demo.get("/api/v1/measurements?q=each")).measurements.length, "the mesh is gone");
  });
});

describe("a user", () => {
  it("is refused twice, changed by an administrator, and removed", async () => {
    const users = part("Users");
    const add = users.getByRole("button", { name: "Add a user" });
    await users.getByLabel("Name").fill("admin");
    await add.click();
    await users.getByRole("alert").first().waitFor();
    await users.getByLabel("Name").fill("ada");
    await add.click();
    await users.getByText(/ada may log in with this password/).waitFor();
    await users.getByRole("button", { name: "Change user ada" }).click();
    await users.getByLabel(/New password/).fill("short");
    await users.getByRole("button", { name: "Save" }).click();
    assert.match(await users.locator("#change-password-fault").innerText(), /at least 8/);
    await users.getByLabel(/New password/).fill("long enough");
    await users.locator("#change-role").selectOption("operator");
    await users.getByRole("button", { name: "Save" }).click();
    await users.getByText(/^operator, /).waitFor();
    accept();
    await users.getByRole("button", { name: "Remove user ada" }).click();
    await until(async () => !(await users.getByText("ada", { exact: true }).count()), "ada is gone");
  });
});

describe("a token", () => {
  it("is refused without a name, made with a role, and ended", async () => {
    const tokens = part("Tokens");
    await tokens.getByRole("button", { name: "Make a token" }).click();
    assert.ok((await fault(tokens)).length > 3);
    await tokens.getByLabel("Name").fill("nightly");
    await tokens.getByLabel("Role").selectOption("viewer");
    await tokens.getByRole("button", { name: "Make a token" }).click();
    const told = await tokens.getByRole("status").innerText();
    const token = told.match(/once: (\S+)/)[1];
    const ask = () => fetch(new URL("/api/v1/tokens", demo.url), { headers: { Authorization: `Bearer ${token}` } });
    assert.equal((await ask()).status, 200);
    await tokens.getByRole("button", { name: "End token nightly" }).click();
    await until(async () => (await ask()).status === 401, "the token is worth nothing");
  });
});

describe("who changed what", () => {
  it("is there for an administrator, the newest first", async () => {
    await visitor.page.reload();
    const changes = part("Changes");
    await changes.getByRole("row").nth(5).waitFor();
    const text = await changes.innerText();
    assert.ok(text.indexOf("nightly") < text.indexOf("oslo"), text);
    assert.match(text, /remove user\s+ada|delete user\s+ada/);
    await visitor.picture("configuration-audit");
    await visitor.check();
  });
});

describe("one's own password", () => {
  it("is changed by who knows it and types the new one twice", async () => {
    const own = part("Your password");
    const save = own.getByRole("button", { name: "Change it" });
    const type = async (old, once, again) => {
      await own.getByLabel("Old password").fill(old);
      await own.getByLabel("New password", { exact: true }).fill(once);
      await own.getByLabel("New password again").fill(again);
      await save.click();
    };
    await type(demo.password, "new and long", "new and wrong");
    assert.match(await own.locator("#again-fault").innerText(), /not the same/);
    await type("not it", "new and long", "new and long");
    await own.locator("#old_password-fault", { hasText: "is wrong" }).waitFor();
    await type(demo.password, "new and long", "new and long");
    await own.getByText("Your password is changed").waitFor();
    const other = await Visitor.arrive(demo.url);
    await other.login("admin", "new and long");
    await other.page.getByRole("button", { name: "Log out admin" }).waitFor();
    await other.leave();
  });
});
