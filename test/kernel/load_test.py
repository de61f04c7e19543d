"""Many rounds at once, and a busy host: every hop stays right and nothing is lost by ourselves."""

import json
import socket
import threading
import unittest

from lab import inside
from simulated_test import Simulation
from tracing import KernelTest, answers_of, trace_command


class BulkTransfer:
    """A TCP connection between two nodes, as fast as the kernel moves it without loss: its window is
    smaller than the queue of a processor (net.core.netdev_max_backlog, 1000 packets), which is that of
    the routers, too."""

    def __init__(self, source, target, address):
        with inside(target.namespace):
            listener = socket.create_server((address, 0))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17)
        with inside(source.namespace):
            self.sender = socket.create_connection(listener.getsockname())
        self.receiver, _ = listener.accept()
        listener.close()
        self.moved = 0
        self.threads = [threading.Thread(target=self.send), threading.Thread(target=self.receive)]

    def send(self):
        block = bytes(1 << 16)
        try:
            while True:
                self.sender.sendall(block)
        except OSError:
            pass

    def receive(self):
        while data := self.receiver.recv(1 << 18):
            self.moved += len(data)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.sender.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        self.sender.close()
        self.receiver.close()


class Listener:
    """Counts the IPv4 packets to an address that leave a node."""

    def __init__(self, node, address):
        every_protocol = 3
        with inside(node.namespace):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(every_protocol))
        self.socket.setblocking(False)
        self.address = socket.inet_aton(address)

    def heard(self):
        count = 0
        while True:
            try:
                packet, (_, protocol, kind, *_) = self.socket.recvfrom(64)
            except BlockingIOError:
                return count
            outgoing = kind == socket.PACKET_OUTGOING and protocol == 0x0800
            count += outgoing and packet[16:20] == self.address

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class LoadTest(KernelTest):
    def test_a_bulk_transfer_beside_a_trace_costs_nothing(self):
        chain = self.lab.chain(3)
        target = chain.target.address(4)
        for method in ("udp", "tcp", "icmp"):
            with self.subTest(method=method), BulkTransfer(chain.source, chain.target, target) as bulk:
                trace = self.trace(chain.source, target, "--method", method, "--flows", "8", "-w2")
                self.assertEqual(trace["stop_reason"], "completed")
                for path in trace["paths"]:
                    self.assertEqual([sorted(answers_of(hop)) for hop in path["hops"]],
                                     [[address] for address in chain.hops(4)])  # fmt: skip
                packets = trace["packets"]
                self.assertEqual(packets["sent"], packets["answered"])
                self.assertEqual((packets["foreign"], packets["receiver_dropped"]), (0, 0))
            self.assertGreater(bulk.moved, 0)

    def test_many_hosts_at_once_and_each_one_right(self):
        simulation = Simulation(self.lab, "sweep")
        hosts = [f"198.18.{i >> 8}.{i & 255}" for i in range(500)]
        done = simulation.probe.run(trace_command(hosts[0], "-q1", *hosts[1:]))
        self.assertEqual(done.returncode, 0, done.stderr)
        traces = [json.loads(line) for line in done.stdout.splitlines()]
        # In the order given; options and hosts may mix.
        self.assertEqual([trace["target"]["host"] for trace in traces], hosts[1:] + hosts[:1])
        round_trips = {1: [], 3: []}
        for trace in traces:
            hops = trace["paths"][0]["hops"]
            self.assertEqual([answers_of(hop) for hop in hops],
                             [{"10.0.0.1"}, {"10.0.0.2"}, {trace["target"]["host"]}])  # fmt: skip
            for ttl, found in round_trips.items():
                found.append(hops[ttl - 1]["answers"][0]["rtt_us"])
        # A busy machine keeps packets waiting, but not all of them.
        for ttl, true_rtt in ((1, 2_000), (3, 20_000)):
            rtt = min(round_trips[ttl])
            self.assertGreaterEqual(rtt, true_rtt)
            self.assertLess(rtt, true_rtt + 1_000)
        truth = simulation.truth()["truth"]
        self.assertEqual((truth["damaged"], truth["malformed"]), (0, 0))

    def test_one_host_that_fails_does_not_spoil_the_others(self):
        chain = self.lab.chain(1)
        good, bad = chain.target.address(4), "224.0.0.5"
        done = chain.source.run(trace_command(bad, good))
        self.assertEqual(done.returncode, 1)
        first, second = (json.loads(line) for line in done.stdout.splitlines())
        self.assertEqual(first["stop_reason"], "completed")
        self.assertEqual((second["stop_reason"], second["error"]),
                         ("error", "224.0.0.5 is a multicast address"))  # fmt: skip

    def test_what_is_denied_gets_no_packet(self):
        chain = self.lab.chain(1)
        target = chain.target.address(4)
        network = ".".join(target.split(".")[:3]) + ".0/24"
        with Listener(chain.source, target) as listener:
            done = chain.source.run(trace_command(target, "--deny", network))
            self.assertEqual(done.returncode, 1)
            refused = json.loads(done.stdout)
            self.assertEqual(refused["stop_reason"], "error")
            self.assertEqual(refused["error"], f"{target} is in {network}, which --deny names")
            done = chain.source.run(trace_command(target, "--allow", "203.0.113.0/24"))
            self.assertEqual(
                json.loads(done.stdout)["error"], f"{target} is in nothing that --allow names"
            )
            self.assertEqual(listener.heard(), 0)
            self.trace(chain.source, target, "--allow", network)
            self.assertGreater(listener.heard(), 0)


if __name__ == "__main__":
    unittest.main()
