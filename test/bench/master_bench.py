#!/usr/bin/env python3
"""Figures for docs/performance.md: the master under load, a bare loop beside it, what a long poll
costs, and what a thousand probes' traces cost behind the answer. Every part is bounded in time.

master_bench.py BUILD_FOLDER [reports] [saturated] [polls] [watch] [wrk]     a release build.
Databases go to $DTRACE_BENCH_FOLDER or the folder for temporary files.
"""

import base64
import json
import os
import pathlib
import re
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(sys.argv[1]).resolve()
PARTS = sys.argv[2:] or ["reports", "saturated", "polls", "watch", "wrk"]
MEASUREMENT = "76d96640-d357-47b3-ba50-5248a7604bc9"
SECONDS = 3
ROUNDS = 3


def authorization(name):
    return "Basic " + base64.b64encode(f"{name}:secret".encode()).decode()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for_port(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("it does not listen")


class Program:
    """A server in a folder of its own, ended with the block."""

    def __init__(self, name, command):
        self.name, self.port = name, free_port()
        self.folder = tempfile.TemporaryDirectory(dir=os.environ.get("DTRACE_BENCH_FOLDER"))
        self.command = [each.format(port=self.port) for each in command]

    def write_targets(self, name):
        file = pathlib.Path(self.folder.name) / "dt-targets.json"
        file.write_text(json.dumps({"Targets": {MEASUREMENT: {"Name": name,
                                                              "Address": "10.0.15.1"}}}))

    def __enter__(self):
        self.log = open(pathlib.Path(self.folder.name) / "log", "w")
        self.process = subprocess.Popen(self.command, cwd=self.folder.name, stdout=self.log,
                                        stderr=self.log)
        wait_for_port(self.port)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def cpu_by_thread(self):
        """Seconds, by thread."""
        used = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
            used[task.name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return used

    def cpu(self):
        return sum(self.cpu_by_thread().values())

    def resident_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def wait_until_quiet(self, limit=60):
        """Passwords are hashed after the start."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            before = self.cpu()
            time.sleep(1)
            if self.cpu() - before < 0.05:
                return
        print("it did not become quiet", flush=True)


def bare_loop():
    return Program("bare loop", [f"{BUILD}/test/bare_loop", "{port}", "bare.db"])


def master(probes, *options):
    made = Program("master", [f"{BUILD}/dtrace-node", "master", "--listen", "127.0.0.1", "--port",
                              "{port}", *options])
    slaves = [{"Name": f"n{i}", "Password": "secret"} for i in range(1, probes + 1)]
    (pathlib.Path(made.folder.name) / "dt-slaves.json").write_text(json.dumps({"Slaves": slaves}))
    made.write_targets("bench")
    return made


def load(program, traces, connections, probes=1, rate=None, seconds=SECONDS):
    """Traces a second, CPU in µs a trace (all threads and by thread), times of answers in ms. With
    `rate` so many are sent whatever comes back, and a time counts from when a report was due."""
    before = program.cpu_by_thread()
    command = [f"{BUILD}/test/report_load", program.port, traces, connections, probes, seconds,
               MEASUREMENT, *([rate] if rate else [])]
    told = json.loads(subprocess.run([str(each) for each in command], stdout=subprocess.PIPE,
                                     text=True, check=True).stdout)
    after = program.cpu_by_thread()
    assert not told["refused"], f"{program.name}: {told['refused']} refused"
    sent = max(told["traces"], 1)
    threads = sorted(((after[each] - before.get(each, 0)) * 1e6 / sent for each in after),
                     reverse=True)
    return {"rate": sent / told["seconds"], "cpu": sum(threads), "threads": threads[:4],
            "p50": told["p50_ms"], "p99": told["p99_ms"], "max": told["max_ms"]}


def median(runs, what):
    return statistics.median(run[what] for run in runs)


def reports():
    with bare_loop() as bare, master(1) as ours:
        ours.wait_until_quiet()
        for traces, connections in ((1, 64), (1, 256), (100, 16)):
            runs = {bare: [], ours: []}
            for _ in range(ROUNDS):
                for program in runs:
                    runs[program].append(load(program, traces, connections))
            print(f"{traces} traces a request, {connections} connections, medians of {ROUNDS}:")
            for program, done in runs.items():
                threads = ", ".join(f"{each:.0f}" for each in done[-1]["threads"])
                print(f"  {program.name:10} {median(done, 'rate'):7.0f} traces/s, "
                      f"p99 {median(done, 'p99'):.0f} ms, {median(done, 'cpu'):.1f} µs CPU a trace "
                      f"(by thread {threads})")
            rates = [our["rate"] / its["rate"] for its, our in zip(runs[bare], runs[ours])]
            costs = [its["cpu"] / our["cpu"] for its, our in zip(runs[bare], runs[ours])]
            print(f"  ratio by rate {statistics.median(rates):.2f}, "
                  f"by CPU {statistics.median(costs):.2f}", flush=True)
            half = load(ours, traces, connections, rate=median(runs[ours], "rate") / 2)
            print(f"  master at {half['rate']:.0f}: half of the answers within {half['p50']:.1f} ms,"
                  f" 99 % within {half['p99']:.1f}, all within {half['max']:.0f}", flush=True)


def saturated():
    """All that it can take, for as long as it takes to meet the upkeep, which comes each minute."""
    with master(1) as ours:
        begin = time.monotonic()
        ours.wait_until_quiet()
        spans = []
        while time.monotonic() < begin + 90:
            spans.append(load(ours, 100, 16, seconds=5))
        rates = [each["rate"] for each in spans]
        print(f"all that it can take, by spans of 5 s: {' '.join(f'{each:.0f}' for each in rates)} "
              f"traces/s; slowest {min(rates) / statistics.median(rates):.2f} of the median, "
              f"longest answer {max(each['max'] for each in spans):.0f} ms", flush=True)


def wrk():
    """The same reports from a program that others know; it makes them one by one, on our cores."""
    with master(1) as ours:
        ours.wait_until_quiet()
        for traces, connections in ((1, 64), (100, 16)):
            output = subprocess.run(
                ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}", "--timeout", "10", "--latency",
                 "-s", HERE / "reports.lua", f"http://127.0.0.1:{ours.port}"],
                env={**os.environ, "DTRACE_TRACES": str(traces), "DTRACE_MEASUREMENT": MEASUREMENT,
                     "DTRACE_AUTHORIZATIONS": authorization("n1")},
                capture_output=True, text=True, check=True).stdout
            sent = int(re.search(r"(\d+) requests in", output)[1]) * traces
            print(f"wrk, {traces} traces a request, {connections} connections: "
                  f"{sent / SECONDS:.0f} traces/s, p99 {re.search('99% +(.+)', output)[1]}",
                  flush=True)
            assert "Non-2xx" not in output, output


def ask(port, name, revision):
    return (f"GET /api/v1/probe/assignment?after={revision}&wait=60 HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: {authorization(name)}\r\nUser-Agent: dtrace-node/0\r\n\r\n").encode()


def assignment(port, name):
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/probe/assignment",
                                   headers={"Authorization": authorization(name)})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)


def polls():
    probes = 100

    def open_polls(port, count, revisions):
        made = []
        for number in range(count):
            one = socket.socket()
            one.bind((f"127.0.1.{number % 50 + 1}", 0))
            one.connect(("127.0.0.1", port))
            name = f"n{number % probes + 1}"
            one.sendall(ask(port, name, revisions[name]))
            made.append(one)
        time.sleep(2)
        return made

    with master(probes) as ours:
        ours.wait_until_quiet()
        revisions = {f"n{i}": assignment(ours.port, f"n{i}")["revision"]
                     for i in range(1, probes + 1)}
        waiting = open_polls(ours.port, 500, revisions)  # what is needed once
        before = ours.resident_kb()
        waiting += open_polls(ours.port, 10_000, revisions)
        each = (ours.resident_kb() - before) / 10_000
        print(f"10,000 long polls of {probes} probes: {each:.2f} kB each")
        events = select.epoll()
        for one in waiting:
            events.register(one, select.EPOLLIN | select.EPOLLONESHOT)
        ours.write_targets("changed")
        begin = time.monotonic()
        ours.process.send_signal(signal.SIGHUP)
        left = len(waiting)
        while left and time.monotonic() < begin + 20:
            left -= len(events.poll(1))
        print(f"an assignment change reached {len(waiting) - left} of {len(waiting)} "
              f"in {time.monotonic() - begin:.2f} s", flush=True)
        for one in waiting:
            one.close()


def listen(port, sockets, heard):
    """Takes what the live feed says, until the sockets are closed."""
    while sockets:
        for one in select.select(sockets, [], [], 0.2)[0]:
            got = one.recv(1 << 16)
            heard.append(len(got))
            if not got:
                return


def watch():
    probes, listeners = 1000, 20
    with master(probes, "--public-read") as ours:
        ours.wait_until_quiet(90)
        for heard_by in (0, listeners):
            sockets, heard = [], []
            for _ in range(heard_by):
                one = socket.create_connection(("127.0.0.1", ours.port))
                one.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: x\r\n\r\n")
                sockets.append(one)
            thread = threading.Thread(target=listen, args=(ours.port, sockets, heard))
            thread.start()
            done = load(ours, 1, 64, probes, rate=1500, seconds=8)
            threads = ", ".join(f"{each:.1f}" for each in done["threads"])
            print(f"{probes} probes, {heard_by} listeners: {done['rate']:.0f} traces/s, "
                  f"p99 {done['p99']:.0f} ms, {done['cpu']:.1f} µs CPU a trace "
                  f"(by thread {threads}), {sum(heard) / 1e6:.1f} MB told", flush=True)
            closing, sockets[:] = list(sockets), []
            thread.join()
            for one in closing:
                one.close()


def main():
    for part in PARTS:
        {"reports": reports, "saturated": saturated, "polls": polls, "watch": watch,
         "wrk": wrk}[part]()


if __name__ == "__main__":
    main()
