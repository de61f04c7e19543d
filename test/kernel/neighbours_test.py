"""Others beside us: what they send and receive must change no result."""

import socket
import sys
import unittest

from lab import PATIENCE, inside
from tracing import FAMILIES, METHODS, KernelTest, trace_command

# Sends as fast as it can until it is killed.
FLOOD = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    while True:
        connection.sendall(bytes(65536))
"""
# Its window is smaller than the queue of a processor (net.core.netdev_max_backlog, 1000 packets): what
# overflowed there would be lost by this host's routers, and not by us.
SINK = """
import socket, sys
with socket.create_server(("::", int(sys.argv[1])), family=socket.AF_INET6,
                          dualstack_ipv6=True) as server:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17)
    print("ready", flush=True)
    connection, _ = server.accept()
    while connection.recv(1 << 20):
        pass
"""


class NeighboursTest(KernelTest):
    def setUp(self):
        super().setUp()
        self.chain = self.lab.chain(5)

    def traces_beside(self):
        for family in FAMILIES:
            for method in METHODS:
                with self.subTest(family=family, method=method):
                    trace = self.trace(
                        self.chain.source, self.chain.target.address(family), "--method", method
                    )
                    self.assert_reached(trace, self.chain, family, method)

    def test_a_flood_of_pings(self):
        pings = [
            self.chain.source.start(["ping", f"-{family}", "-q", "-f", self.chain.target.address(family)])
            for family in FAMILIES
        ]  # fmt: skip
        self.traces_beside()
        for ping in pings:
            self.assertIsNone(ping.poll(), "ping must run all the time")

    def test_other_traceroutes(self):
        # Expiring packets of somebody else, whose answers arrive at this host too.
        pings = [
            self.chain.source.start(
                ["ping", f"-{family}", "-q", "-f", "-t", "3", self.chain.target.address(family)]
            )
            for family in FAMILIES
        ]
        self.traces_beside()
        for ping in pings:
            self.assertIsNone(ping.poll(), "ping must run all the time")

    def test_a_bulk_transfer(self):
        sink = self.chain.target.start([sys.executable, "-c", SINK, "5001"])
        self.assertEqual(sink.stdout.readline(), "ready\n")
        flood = self.chain.source.start(
            [sys.executable, "-c", FLOOD, self.chain.target.address(4), "5001"]
        )
        self.traces_beside()
        for process in (sink, flood):
            self.assertIsNone(process.poll(), "the transfer must run all the time")

    def test_many_traces_at_once(self):
        started = [
            (family, method, self.chain.source.start(
                trace_command(self.chain.target.address(family), "--method", method)))
            for _ in range(3) for family in FAMILIES for method in METHODS
        ]  # fmt: skip
        for family, method, process in started:
            with self.subTest(family=family, method=method):
                text, errors = process.communicate(timeout=PATIENCE)
                self.assertEqual(process.returncode, 0, errors)
                self.assert_reached(self.read(text), self.chain, family, method)

    def test_a_port_of_ours_that_somebody_else_uses(self):
        # A UDP service in our range of source ports keeps it; our packets still get their answers.
        with inside(self.chain.source.namespace):
            taken = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(64)]
            for port, each in enumerate(taken, start=24000):
                each.bind(("0.0.0.0", port))
        self.chain.source.running.extend(taken)
        self.traces_beside()


if __name__ == "__main__":
    unittest.main()
