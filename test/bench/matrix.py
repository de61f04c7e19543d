#!/usr/bin/env python3
"""matrix.py DTRACE_NODE [PROBES MEASUREMENTS]: a real master that has two rounds of every pair of made-up
probes and measurements; prints the bytes and the time of its matrix in each form. On loopback, without privilege."""

import base64
import datetime
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

ROUNDS = 2


def uuid7(number):
    return str(uuid.UUID(int=(int(time.time() * 1000) << 80) | (7 << 76) | (2 << 62) | number))


def trace(probe, measurement, number, started):
    def hop(ttl, source, kind):
        return {"ttl": ttl, "sent": 3, "answers": [{"from": source, "kind": kind, "rtt_us": 20000 + number % 977, "reply_ttl": 60}] * 3}

    return {"id": uuid7(number), "probe": probe, "measurement": measurement,
            "target": {"host": "192.0.2.9", "address": "192.0.2.9"}, "source": "198.51.100.1", "method": "udp",
            "started_at": started, "took_us": 50000, "stop_reason": "completed", "packets": {"sent": 6, "answered": 6},
            "paths": [{"flow": 0, "source_port": 24000, "destination_port": 33434, "reached": True,
                       "hops": [hop(1, "10.0.0.1", "time_exceeded"), hop(2, "192.0.2.9", "port_unreachable")]}]}


def report(url, probe, measurements, first):
    now = datetime.datetime.now(datetime.timezone.utc)
    traces = [trace(probe, each, first + 1000 * i + j, (now - datetime.timedelta(seconds=60 * (ROUNDS - i))).isoformat())
              for i in range(ROUNDS) for j, each in enumerate(measurements)]
    login = base64.b64encode(f"{probe}:secret".encode()).decode()
    request = urllib.request.Request(url + "/api/v1/probe/reports", json.dumps(traces).encode(),
                                     {"Authorization": "Basic " + login, "Content-Type": "application/json"})
    answer = json.load(urllib.request.urlopen(request, timeout=60))
    assert answer["accepted"] == len(traces), answer


def measure(url, path):
    times = []
    for _ in range(5):
        begin = time.monotonic()
        body = urllib.request.urlopen(url + path, timeout=120).read()
        times.append(1000 * (time.monotonic() - begin))
    print(f"{path}: {len(body)} bytes, {len(gzip.compress(body, 6))} as gzip, {sorted(times)[2]:.0f} ms")


def main():
    node, probes, count = sys.argv[1], int((sys.argv + ["", "1000"])[2] or 1000), int((sys.argv[3:] + ["100"])[0])
    with tempfile.TemporaryDirectory() as folder:
        names = [f"probe-{i:04}" for i in range(probes)]
        targets = {str(uuid.UUID(int=(4 << 76) | (2 << 62) | i)): {"Name": f"m{i}", "Address": "192.0.2.9"} for i in range(count)}
        with open(f"{folder}/probes.json", "w") as file:
            json.dump({"Slaves": [{"Name": name, "Password": "secret", "Tags": [f"site-{i % 20}"]} for i, name in enumerate(names)]}, file)
        with open(f"{folder}/targets.json", "w") as file:
            json.dump({"Targets": targets}, file)
        master = subprocess.Popen([os.path.abspath(node), "master", "--listen", "127.0.0.1", "--port", "0", "--public-read",
                                   "--probes", f"{folder}/probes.json", "--targets", f"{folder}/targets.json",
                                   "--db", f"{folder}/dtrace.db"], stdout=subprocess.DEVNULL,
                                  stderr=open(f"{folder}/log", "w"))
        try:
            url = ""
            limit = time.monotonic() + 120
            while not url:
                assert master.poll() is None and time.monotonic() < limit, "the master does not start"
                found = re.search(r"master started .*port=(\d+)", pathlib.Path(f"{folder}/log").read_text())
                url = f"http://127.0.0.1:{found.group(1)}" if found else ""
                time.sleep(0.1)
            measurements = [{"id": key, "name": each["Name"]} for key, each in targets.items()]
            begin = time.monotonic()
            for i, name in enumerate(names):
                report(url, name, measurements, i * 1_000_000)
            print(f"{probes} x {count}, {ROUNDS} rounds each: taken in {time.monotonic() - begin:.0f} s")
            at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            for path in ("/api/v1/matrix", "/api/v1/matrix/columns", f"/api/v1/matrix/columns?at={at}", "/api/v1/probes?limit=1000"):
                measure(url, path)
        finally:
            master.terminate()
            master.wait()


if __name__ == "__main__":
    main()
