#!/usr/bin/env python3
"""Figures for docs/performance.md: the master and a bare loop under wrk, and what a long poll costs.

master_bench.py BUILD_FOLDER [SECONDS]     a release build; wrk must be installed
"""

import base64
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(sys.argv[1])
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
MEASUREMENT = "76d96640-d357-47b3-ba50-5248a7604bc9"
AUTHORIZATION = "Basic " + base64.b64encode(b"n1:secret").decode()
POLLS = 5000


def wait_for_port(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("it does not listen")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def load(name, pid, port, traces, connections):
    environment = {**os.environ, "DTRACE_TRACES": str(traces), "DTRACE_MEASUREMENT": MEASUREMENT,
                   "DTRACE_AUTHORIZATION": AUTHORIZATION}
    before, begin = cpu_seconds(pid), time.monotonic()
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}", "--latency", "-s", HERE / "reports.lua",
         f"http://127.0.0.1:{port}"], env=environment, capture_output=True, text=True,
        check=True).stdout
    took, used = time.monotonic() - begin, cpu_seconds(pid) - before
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    p99 = re.search(r"99%\s+(\S+)", output)[1]
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    print(f"{name:12} {traces:4} traces a request, {connections:3} connections: "
          f"{rate * traces:9.0f} traces/s, p99 {p99}, {used / took * 100:.0f} % CPU"
          + (f", {wrong[1]} refused" if wrong else ""), flush=True)


def assignment(port):
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/probe/assignment",
                                   headers={"Authorization": AUTHORIZATION})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)


def long_polls(pid, port):
    revision = assignment(port)["revision"]
    ask = (f"GET /api/v1/probe/assignment?after={revision}&wait=60 HTTP/1.1\r\nHost: x\r\n"
           f"Authorization: {AUTHORIZATION}\r\nUser-Agent: dtrace-node/0\r\n\r\n").encode()
    before = resident_kb(pid)
    waiting = []
    for number in range(POLLS):
        one = socket.socket()
        one.bind((f"127.0.1.{number % 50 + 1}", 0))
        one.connect(("127.0.0.1", port))
        one.sendall(ask)
        waiting.append(one)
    time.sleep(2)
    print(f"{POLLS} long polls: {(resident_kb(pid) - before) / POLLS:.2f} kB each", flush=True)
    for one in waiting:
        one.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "dt-slaves.json").write_text(
            json.dumps({"Slaves": [{"Name": "n1", "Password": "secret"}]}))
        (pathlib.Path(folder) / "dt-targets.json").write_text(
            json.dumps({"Targets": {MEASUREMENT: {"Name": "bench", "Address": "10.0.15.1"}}}))
        log = open(pathlib.Path(folder) / "log", "w")
        bare = subprocess.Popen([BUILD / "test/bare_loop", "28990", "bare.db"], cwd=folder)
        master = subprocess.Popen([BUILD / "dtrace-node", "master", "--listen", "127.0.0.1",
                                   "--port", "28991"], cwd=folder, stderr=log, stdout=log)
        try:
            for port in (28990, 28991):
                wait_for_port(port)
            long_polls(master.pid, 28991)
            for traces, connections in ((1, 64), (1, 256), (100, 16)):
                load("bare loop", bare.pid, 28990, traces, connections)
                load("master", master.pid, 28991, traces, connections)
        finally:
            bare.kill()
            master.terminate()
            master.wait()


if __name__ == "__main__":
    main()
