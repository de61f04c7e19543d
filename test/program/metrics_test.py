"""/metrics of the program itself: who may read it, and that it is true."""

import re
import unittest
import urllib.request

import node
import reporter

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)+)\})? (\S+)')


def scrape(port):
    """(name, labels) → value."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=node.PATIENCE) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        text = answer.read().decode()
    samples = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE.fullmatch(line).groups()
        key = (name, frozenset(re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', labels or "")))
        assert key not in samples, key
        samples[key] = float(value)
    return samples


def value(samples, name, **labels):
    return samples[(name, frozenset(labels.items()))]


class Metrics(node.Case):
    def test_who_may_read_them(self):
        self.write("slaves.json", {"Slaves": []})
        for name, options, status in (("closed", (), 401), ("open", ("--open-metrics",), 200)):
            master = self.start(name, "master", "--listen", "127.0.0.1", "--port", "0", "--probes",
                                "slaves.json", "--db", f"{name}.db", *options)
            port = int(master.wait_for_log("master started").split("port=")[1].split()[0])
            self.assertEqual(node.status_of(port, "/metrics"), status)
            self.assertEqual(node.status_of(port, "/api/v1/status"), 401)

    def test_they_count_what_was_reported(self):
        master, port = self.start_master()
        for _ in range(3):
            status, _ = reporter.send(port, [reporter.new_trace(1_790_000_000_000)])
            self.assertEqual(status, 200)
        samples = scrape(port)
        self.assertEqual(value(samples, "dtrace_traces_total", result="accepted"), 3)
        self.assertEqual(value(samples, "dtrace_http_requests_total", method="POST", status="200",
                               route="/api/v1/probe/reports"), 3)
        self.assertEqual(value(samples, "dtrace_probe_traces_total", probe="n1"), 3)
        pair = {"probe": "n1", "measurement": "192.0.2.1", "id": reporter.MEASUREMENT}
        self.assertEqual(value(samples, "dtrace_round_reached", **pair), 1)
        self.assertEqual(value(samples, "dtrace_round_loss_ratio", **pair), 0)
        self.assertGreaterEqual(value(samples, "dtrace_store_commit_duration_seconds_count"), 3)
        pid = master.process.pid

        def memory_is_told_as_the_kernel_says():  # but while a password is hashed, in 19 MiB
            told = value(scrape(port), "process_resident_memory_bytes")
            with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
                resident = int(statm.read().split()[1]) * 4096
            return abs(told - resident) < 0.2 * resident
        node.wait_for(memory_is_told_as_the_kernel_says)


if __name__ == "__main__":
    unittest.main()
