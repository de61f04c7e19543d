// A master that nothing was said to yet: every page says what to do, and a file with a fault is named.
import { after, before, describe, it } from "node:test";
import { Master, until, Visitor } from "./support.mjs";

let master;
before(async () => {
  master = await Master.start();
});
after(async () => {
  await Visitor.closeAll();
  await master?.stop();
});

describe("an empty master", () => {
  it("has pages that say what to do", async () => {
    const visitor = await Visitor.arrive(master.url);
    for (const [page, words] of Object.entries({
      now: /There is no probe yet\. How to start one\.\s+Nothing is measured yet\. Say what\./, paths: /Nothing is measured yet/,
      time: /Nothing is measured yet/, measure: /Log in as an operator to order a trace\.\s+There is no probe yet/,
      events: /Nothing happened/, configuration: /None yet\./,
    })) {
      await visitor.go(`#/${page}`);
      await until(async () => words.test(await visitor.text("main")), `${page} says ${words}`);
      await visitor.picture(`empty-${page}`);
      await visitor.check();
    }
    await visitor.leave();
  });

  it("names the file that is not in force", async () => {
    master.write("targets", '{"Targets": []}');
    const status = async () => (await fetch(new URL("/api/v1/status", master.url))).json();
    await until(async () => (await status()).config_files.some(({ fault }) => fault), "the master sees the fault");
    const visitor = await Visitor.arrive(master.url);
    await visitor.page.getByRole("alert").filter({ hasText: /targets is not in force: Targets/ }).waitFor();
    await visitor.picture("fault-now");
    await visitor.check();
    await visitor.leave();
  });
});
