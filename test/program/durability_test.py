"""What was acknowledged is there, once, whatever happens and whenever."""

import os
import random
import signal
import sys
import time
import unittest

import node
from reporter import Reporter, new_trace, send, stored_ids

# So many, or as many as this time allows, but five at least.
KILLS = int(os.environ.get("DTRACE_KILLS", "100"))
KILL_SECONDS = float(os.environ.get("DTRACE_KILL_SECONDS", "60"))


class Durability(node.Case):
    def start_again(self, port, name="again", *arguments, **how):
        master = self.start(name, "master", "--public-read", "--listen", "127.0.0.1", "--port", str(port),
                            "--targets", "targets.json", "--probes", "slaves.json", *arguments,
                            **how)
        master.wait_for_log("master started")
        return master

    def test_a_master_killed_amid_reports_keeps_what_it_acknowledged(self):
        master, port = self.start_master()
        reporters = [Reporter(port) for _ in range(4)]

        def acknowledged():
            return set().union(*(reporter.acknowledged for reporter in reporters))

        for reporter in reporters:
            reporter.start()
        end = time.monotonic() + KILL_SECONDS
        kills = 0
        while kills < KILLS and (kills < 5 or time.monotonic() < end):
            before = len(acknowledged())
            node.wait_for(lambda: len(acknowledged()) > before + 50)
            time.sleep(random.random() * 0.1)  # anywhere in its work
            master.process.kill()
            master.process.wait()
            kills += 1
            master = self.start_again(port, f"again{kills}")
        for reporter in reporters:
            reporter.stop()
        found = stored_ids(port)
        print(f"{kills} kills, {len(acknowledged())} traces acknowledged", file=sys.stderr)
        self.assertFalse(acknowledged() - set(found), "acknowledged, and lost")
        self.assertEqual(len(found), len(set(found)), "stored twice")
        self.assertFalse(set(found) - set().union(*(each.sent for each in reporters)))

    def test_a_probe_killed_with_a_full_outbox_delivers_it(self):
        targets = [f"192.0.2.{number}" for number in range(1, 9)]
        master, port = self.start_master(targets=targets)
        probe = self.start_probe(port, "--outbox-traces", "40")
        node.wait_for(lambda: node.traces(port))
        delivered = set(stored_ids(port))
        master.process.kill()
        master.process.wait()
        probe.wait_for_log("outbox full")
        probe.process.kill()
        probe.process.wait()
        killed_at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        self.start_again(port)
        self.start_probe(port, "--outbox-traces", "40", name="probe2")

        def kept():
            return [trace["id"] for trace in node.traces(port)
                    if trace["id"] not in delivered and trace["started_at"] < killed_at]
        node.wait_for(lambda: len(kept()) >= 20)
        found = stored_ids(port)
        self.assertLessEqual(len(kept()), 40 + len(targets))
        self.assertEqual(len(found), len(set(found)), "stored twice")
        self.assertEqual(delivered - set(found), set(), "acknowledged, and lost")

    def test_a_full_disk_is_said_and_gets_over(self):
        disk = self.folder / "disk"
        disk.mkdir()
        master, port = self.start_master("--db", "disk/dtrace.db", through=(
            "unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
            'mount -t tmpfs -o size=8m tmpfs disk && exec "$@"', "sh"))
        ballast = f"/proc/{master.process.pid}/root{disk}/ballast"
        acknowledged = set()

        def report():
            traces = [new_trace(int(time.time() * 1000) + index) for index in range(200)]
            status, body = send(port, traces)
            if status == 200:
                acknowledged.update(trace["id"] for trace in traces)
            return status, body
        self.assertEqual(report()[0], 200)
        with open(ballast, "wb", buffering=0) as file, self.assertRaises(OSError):
            while True:
                file.write(bytes(4096))
        status, body = node.wait_for(lambda: (answer := report())[0] != 200 and answer)
        self.assertEqual(status, 507)
        self.assertIn("no space left", body["detail"])
        self.assertEqual(node.status_of(port, "/healthz"), 503)
        master.wait_for_log("no space left")
        os.unlink(ballast)
        node.wait_for(lambda: report()[0] == 200)
        self.assertEqual(node.status_of(port, "/healthz"), 200)
        self.assertEqual(set(stored_ids(port)), acknowledged)


if __name__ == "__main__":
    unittest.main()
