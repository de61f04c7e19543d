// A master fed by simulated probes, and a browser before it. DTRACE_NODE is the program; pictures
// of the pages go to DTRACE_PICTURES. DTRACE_SLOW=6: with a sixth of the processor for the page.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The libraries were installed in the build folder, beside a copy of package.json.
const require = createRequire(join(process.env.DTRACE_BROWSER_LIBRARIES, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const patience = 60_000; // only a failing test waits that long
const slow = Number(process.env.DTRACE_SLOW ?? 1);
const pictures = process.env.DTRACE_PICTURES;
mkdirSync(pictures, { recursive: true });

/** What condition() gives, once it is true. */
export async function until(condition, what) {
  const limit = Date.now() + patience;
  while (Date.now() < limit) {
    const value = await condition();
    if (value) return value;
    await new Promise((next) => setTimeout(next, 50));
  }
  assert.fail(`it did not happen in time: ${what}`);
}

/** `dtrace-node demo` on a free port, or on a given one. */
export class Demo {
  static async start({ port = "0", options = [] } = {}) {
    const demo = new Demo();
    const process_ = spawn(process.env.DTRACE_NODE, ["demo", "--port", port, ...options]);
    demo.process = process_;
    let printed = "";
    process_.stdout.on("data", (text) => (printed += text));
    process_.stderr.on("data", (text) => (printed += text));
    demo.url = await until(() => {
      assert.equal(process_.exitCode, null, printed);
      return printed.match(/Open {2}(http:\S+\/)/)?.[1];
    }, "the demo tells its address");
    demo.port = new URL(demo.url).port;
    demo.password = printed.match(/password (\S+)/)?.[1];
    return demo;
  }

  async get(path) {
    const answer = await fetch(new URL(path, this.url));
    assert.equal(answer.status, 200, path);
    return answer.json();
  }

  /** Waits until every probe has measured everything so often. */
  async measured(rounds = 1) {
    const found = async () => {
      const { traces } = await this.get("/api/v1/traces?limit=500");
      const pairs = new Map();
      for (const trace of traces) {
        const pair = `${trace.probe} ${trace.measurement.name}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      }
      return pairs.size === 9 && [...pairs.values()].every((n) => n >= rounds);
    };
    await until(found, "all probes have measured");
  }

  async stop() {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    await ended;
  }
}

/** A master that measures nothing itself and that everybody may read. `files`: further ones, by their options. */
export class Master {
  static async start({ probes = { Slaves: [] }, targets = { Targets: {} }, files = {} } = {}) {
    const master = new Master();
    master.folder = mkdtempSync(join(tmpdir(), "dtrace-browser-"));
    master.write("probes", probes);
    master.write("targets", targets);
    const file = (name) => join(master.folder, name);
    for (const [name, content] of Object.entries(files)) master.write(name, content);
    master.process = spawn(process.env.DTRACE_NODE, ["master", "--listen", "127.0.0.1", "--port", "0", "--public-read",
      "--db", file("dtrace.db"), "--probes", file("probes"), "--targets", file("targets"),
      ...Object.keys(files).flatMap((name) => [`--${name}`, file(name)])]);
    let log = "";
    master.process.stdout.resume();
    master.process.stderr.on("data", (text) => (log += text));
    master.url = await until(() => {
      assert.equal(master.process.exitCode, null, log);
      const port = log.match(/master started .*port=(\d+)/)?.[1];
      return port && `http://127.0.0.1:${port}/`;
    }, "the master starts");
    return master;
  }

  /** Text, bytes or JSON; the master looks at its files then. */
  write(name, content) {
    writeFileSync(join(this.folder, name), typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
    this.process?.kill("SIGHUP");
  }

  async stop() {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

/** A page that must not complain: no error, no refused style or script, nothing from elsewhere. */
export class Visitor {
  static browser;

  static async arrive(url, options = {}) {
    Visitor.browser ??= await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
    });
    const visitor = new Visitor();
    visitor.context = await Visitor.browser.newContext({
      viewport: { width: 1280, height: 900 }, locale: "en-GB", reducedMotion: "reduce", ...options,
    });
    visitor.context.setDefaultTimeout(patience);
    visitor.page = await visitor.context.newPage();
    visitor.debugger = await visitor.context.newCDPSession(visitor.page);
    if (slow > 1) await visitor.debugger.send("Emulation.setCPUThrottlingRate", { rate: slow });
    visitor.complaints = [];
    visitor.page.on("pageerror", (error) => visitor.complaints.push(error.stack ?? String(error)));
    visitor.page.on("console", (message) => {
      const expected = /status of (400|401|403|404|405|409|412|502|503)|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/.test(message.text());
      if (message.type() === "error" && !expected) visitor.complaints.push(message.text());
    });
    visitor.page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== "data:" && protocol !== "blob:" && origin !== new URL(url).origin)
        visitor.complaints.push(`asks elsewhere: ${request.url()}`);
    });
    await visitor.page.goto(url);
    await visitor.page.locator("main h1").first().waitFor();
    return visitor;
  }

  /** To a view by its address: "#/paths?probe=berlin". The page has heard of it then, and the one before is gone. */
  async go(address) {
    await this.page.evaluate((hash) => new Promise((heard) => {
      if (location.hash === hash) return heard();
      addEventListener("hashchange", () => setTimeout(heard), { once: true });
      location.hash = hash;
    }), address);
    await this.page.locator("main h1").first().waitFor();
  }

  /** Milliseconds that the page's one thread is busy with what `action` brings about: processor
   * time, so that a machine with other work to do measures the same. */
  async busy(action) {
    await this.debugger.send("Performance.enable", { timeDomain: "threadTicks" });
    const spent = async () => {
      const { metrics } = await this.debugger.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
    };
    const before = await spent();
    await action();
    return (await spent()) - before;
  }

  /** The same for a fixed piece of work of the kind that the page does: the measure of how fast this browser is on this
   * machine just now. The least of some tries: what disturbs only adds. */
  async standardWork() {
    const tries = [];
    for (let i = 0; i < 5; ++i)
      tries.push(await this.busy(() => this.page.evaluate(() => {
        const cells = Array.from({ length: 20_000 }, (_, i) => ({ name: `cell ${i}`, value: (i * 7919) % 20_011 }));
        const read = JSON.parse(JSON.stringify(cells)).sort((a, b) => a.value - b.value);
        const table = document.createElement("table");
        for (let i = 0; i < 100; ++i) {
          const row = table.insertRow();
          for (let j = 0; j < 10; ++j) row.insertCell().textContent = read[10 * i + j].name;
        }
        document.body.append(table);
        const height = table.offsetHeight;
        table.remove();
        return height;
      })));
    return Math.min(...tries);
  }

  /** What `action` costs the page: milliseconds as busy() has them, and how many times the standard work that is. */
  async cost(action) {
    const before = await this.standardWork();
    const took = await this.busy(action);
    const work = (before + (await this.standardWork())) / 2;
    return { ms: took, works: took / work, text: `${took.toFixed(0)} ms, ${(took / work).toFixed(1)} times the standard work of ${work.toFixed(1)} ms` };
  }

  /** Answers questions of the page in the master's place: {"/api/v1/probes": {...}}. */
  async pretend(answers) {
    for (const [path, body] of Object.entries(answers))
      await this.page.route((url) => url.pathname === path, (route) => route.fulfill({ json: body }));
  }

  /** Answers to what `is` (a method and an address) are held back; gives what lets them come, as they are or as `answer` has them. */
  async hold(is, answer = (route) => route.fallback()) {
    let come;
    const held = new Promise((go) => (come = go));
    await this.page.route("**/api/v1/**", async (route) => {
      if (!is(new URL(route.request().url()), route.request().method())) return route.fallback();
      await held;
      await Promise.resolve(answer(route)).catch(() => undefined); // who asked may have left
    });
    return come;
  }

  /** Questions that `is` are refused, as by a master that is overloaded; gives what ends that. */
  async refuse(is) {
    const handler = (route) => (is(new URL(route.request().url()), route.request().method()) ? route.fulfill({
      status: 503, contentType: "application/problem+json", json: { title: "Overloaded", status: 503, detail: "later" } }) : route.fallback());
    await this.page.route("**/api/v1/**", handler);
    return () => this.page.unroute("**/api/v1/**", handler);
  }

  text = async (selector) => this.page.locator(selector).first().innerText();

  async login(user, password) {
    await this.go("#/login");
    await this.page.getByRole("heading", { name: "Log in to dtrace-node" }).waitFor();
    await this.page.getByLabel("Name").fill(user);
    await this.page.getByLabel("Password").fill(password);
    await this.page.keyboard.press("Enter");
  }

  /** Serious faults for people who see, hear or move otherwise (axe-core). */
  async check() {
    await until(async () => !(await this.page.locator("[aria-busy=true]").count()), "what is shown is what was asked for");
    // The page's own policy lets no script in; the debugger's evaluation is not held to it.
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() => window.axe.run());
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    assert.deepEqual(
      serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`), []);
  }

  picture = (name) => this.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

  async leave() {
    assert.deepEqual(this.complaints, []);
    await this.context.close();
  }

  static async closeAll() {
    await Visitor.browser?.close();
    Visitor.browser = undefined;
  }
}
