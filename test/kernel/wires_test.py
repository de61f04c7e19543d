"""The other ways onto the wire find the same hops as raw sockets do."""

import json
import os
import shutil
import tempfile
import time
import unittest

from lab import PATIENCE, inside, write_sysctl
from simulated_test import TARGET, Simulation, ipv4_bytes_sent
from tracing import EACH, FAMILIES, LAST_KIND, KernelTest, answers_of, binary, trace_command

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def allow_ping(node, groups="0 2147483647"):
    with inside(node.namespace):
        write_sysctl("net/ipv4/ping_group_range", groups)


def device(node, link):
    told = node.run(["ip", "-j", "-s", "link", "show", "dev", link.interface()]).stdout
    return json.loads(told)[0]


def packets_sent(node, link):
    return device(node, link)["stats64"]["tx"]["packets"]


def bound_to(node):
    """Interfaces of the packet sockets in the node's namespace."""
    sockets = node.run(["cat", "/proc/net/packet"]).stdout.splitlines()[1:]
    return [int(line.split()[4]) for line in sockets]


def hops_of(trace):
    return [[(sorted(answers_of(hop)), hop["sent"], len(hop["answers"])) for hop in path["hops"]]
            for path in trace["paths"]]  # fmt: skip


class UnprivilegedTest(KernelTest):
    """As an ordinary user, who runs a copy of the program that has no capability."""

    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        os.chmod(folder, 0o755)
        self.program = shutil.copy(binary(), folder)
        os.chmod(self.program, 0o755)

    def run_as_nobody(self, node, target, *options):
        command = [self.program, *trace_command(target, *options)[1:]]
        return node.run([*NOBODY, *command])

    def trace_as_nobody(self, node, target, *options):
        done = self.run_as_nobody(node, target, *options)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return self.read(done.stdout)

    def test_every_hop_of_a_chain(self):
        chain = self.lab.chain(8)
        allow_ping(chain.source)
        for family in FAMILIES:
            for method in ("udp", "icmp"):
                with self.subTest(family=family, method=method):
                    target = chain.target.address(family)
                    trace = self.trace_as_nobody(chain.source, target, "--method", method)
                    self.assert_reached(trace, chain, family, method)
                    by_raw = self.trace(chain.source, target, "--method", method, "--wire", "raw")
                    self.assertEqual(hops_of(trace), hops_of(by_raw))

    def test_udp_needs_nothing_at_all(self):
        chain = self.lab.chain(2)
        allow_ping(chain.source, "1 0")
        for family in FAMILIES:
            done = self.run_as_nobody(chain.source, chain.target.address(family))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("CAP_NET_RAW is missing", done.stderr)
            forced = self.run_as_nobody(
                chain.source, chain.target.address(family), "--wire", "unprivileged"
            )
            self.assertEqual((forced.returncode, forced.stderr), (0, ""))

    def test_the_first_line_tells_what_packets_are_sent(self):
        chain = self.lab.chain(1)
        target = chain.target.address(4)
        command = ["trace", "-n", "-m1", "-q1", target]
        before = ipv4_bytes_sent(chain.source)
        done = chain.source.run([*NOBODY, self.program, *command, "--wire", "unprivileged"])
        self.assertEqual(ipv4_bytes_sent(chain.source), before + 32)
        self.assertIn(", 32 byte packets", done.stdout.splitlines()[0])
        done = chain.source.run([binary(), *command, "--wire", "raw"])
        self.assertEqual(ipv4_bytes_sent(chain.source), before + 32 + 30)
        self.assertIn(", 30 byte packets", done.stdout.splitlines()[0])

    def test_what_is_not_possible_says_what_helps(self):
        chain = self.lab.chain(1)
        target = chain.target.address(4)
        allow_ping(chain.source, "1 0")
        for method, words in (("tcp", "CAP_NET_RAW"), ("icmp", "net.ipv4.ping_group_range")):
            done = self.run_as_nobody(chain.source, target, "--method", method)
            self.assertEqual(done.returncode, 1, done.stdout)
            for each in (words, "setcap cap_net_raw+ep", "--method udp"):
                self.assertIn(each, done.stdout)
        for wire in ("raw", "packet"):
            done = self.run_as_nobody(chain.source, target, "--wire", wire)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("CAP_NET_RAW", done.stderr)

    def test_each_flow_keeps_to_its_path(self):
        diamond = self.lab.diamond(4)
        for family in FAMILIES:
            with self.subTest(family=family):
                trace = self.trace_as_nobody(
                    diamond.source, diamond.target.address(family), "--flows", 16
                )
                self.assertEqual(trace["stop_reason"], "completed")
                self.assertEqual(trace["packets"]["sent"], trace["packets"]["answered"])
                for path in trace["paths"]:
                    branch = diamond.source.ask_kernel(
                        family, "udp", path["source_port"], diamond.target.address(family),
                        path["destination_port"], ttl=2,
                    )  # fmt: skip
                    self.assertEqual(answers_of(path["hops"][1]), {branch})

    def test_refusals_and_silence(self):
        chain = self.lab.chain(4)
        allow_ping(chain.source)
        chain.routers[1].mute()
        chain.routers[2].refuse(4, self.lab.links[-1].network(4), "prohibit")
        trace = self.trace_as_nobody(chain.source, chain.target.address(4), "-q", 1)
        self.assertEqual(trace["stop_reason"], "unreachable")
        hops = trace["paths"][0]["hops"]
        self.assertEqual(hops[1]["answers"], [])
        self.assertEqual(hops[2]["answers"][0]["kind"], "prohibited")
        self.assertEqual(hops[2]["answers"][0]["icmp_code"], 13)

    def test_labels_are_seen_and_times_are_true(self):
        simulation = Simulation(self.lab, "mpls")
        allow_ping(simulation.probe)
        for family in FAMILIES:
            for method in ("udp", "icmp"):
                with self.subTest(family=family, method=method):
                    trace = self.trace_as_nobody(
                        simulation.probe, TARGET[family], "--method", method
                    )
                    self.assertEqual(trace["stop_reason"], "completed")
                    hops = trace["paths"][0]["hops"]
                    self.assertEqual(len(hops), 7)
                    labels = [[label["label"] for label in hop["answers"][0].get("labels", [])]
                              for hop in hops]  # fmt: skip
                    self.assertEqual(labels, [[], [24001], [24002, 77], [24003], [], [], []])
                    self.assertEqual(hops[-1]["answers"][0]["kind"], LAST_KIND[method])
                    for hop in hops:
                        for answer in hop["answers"]:
                            self.assertGreaterEqual(answer["rtt_us"], 2000 * hop["ttl"])


class PacketTest(KernelTest):
    def test_every_hop_of_a_chain(self):
        chain = self.lab.chain(8)
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                target = chain.target.address(family)
                trace = self.trace(chain.source, target, "--method", method, "--wire", "packet")
                self.assert_reached(trace, chain, family, method)
                by_raw = self.trace(chain.source, target, "--method", method, "--wire", "raw")
                self.assertEqual(hops_of(trace), hops_of(by_raw))

    def test_a_neighbour_that_nobody_knows_yet(self):
        chain = self.lab.chain(3)
        for family in FAMILIES:
            chain.source.ip("neigh flush all")
            target = chain.target.address(family)
            trace = self.trace(chain.source, target, "--wire", "packet", "-q", 1)
            self.assert_hops(trace["paths"][0], chain.hops(family), "port_unreachable", attempts=1)

    def test_a_neighbour_of_its_own_and_this_host(self):
        chain = self.lab.chain(1)
        for family in FAMILIES:
            for target in (chain.routers[0].address(family), chain.source.address(family)):
                trace = self.trace(chain.source, target, "--wire", "packet")
                self.assertEqual(trace["stop_reason"], "completed")
                self.assertEqual(len(trace["paths"][0]["hops"]), 1)

    def test_a_device_without_neighbours(self):
        simulation = Simulation(self.lab, "mpls")
        for family in FAMILIES:
            trace = self.trace(simulation.probe, TARGET[family], "--wire", "packet")
            self.assertEqual(trace["stop_reason"], "completed")
            self.assertEqual(len(trace["paths"][0]["hops"]), 7)

    def test_a_router_gets_another_hardware_address(self):
        """While a long trace runs; the kernel hears of it and so do we."""
        chain = self.lab.chain(2)
        router, link = chain.routers[0], self.lab.links[0]
        running = chain.source.start(
            trace_command(chain.target.address(4), "--wire", "packet", "-q", 60, "--rate", 30,
                          "-m", 3, "-w", "1s")
        )  # fmt: skip
        router.ip(f"link set {link.interface()} address 02:00:00:00:00:77")
        heard = router.run(["ping", "-c1", f"-w{PATIENCE}", link.address(chain.source, 4)])
        self.assertEqual(heard.returncode, 0, heard.stdout)
        told, said = running.communicate(timeout=PATIENCE)
        self.assertEqual(running.returncode, 0, said)
        # What was on its way meanwhile is lost; the packets after it are not.
        for hop in self.read(told)["paths"][0]["hops"]:
            self.assertGreater(len(hop["answers"]), hop["sent"] // 2, hop)

    def two_links(self):
        """A source with a link to each of two routers, which both have a link to the target. Its first
        address is one hop behind the first router, and behind the second one if that link is down."""
        source, *routers, target = (self.lab.node(name) for name in ("source", "r1", "r2", "target"))
        for router in routers:
            self.lab.link(source, router)
        for router in routers:
            self.lab.link(router, target)
        self.lab.route()
        there, second = self.lab.links[2], self.lab.links[1]
        source.ip(f"route add {there.network(4)} via {second.address(routers[1], 4)} metric 1000")
        # Where the source is does not depend on a link.
        source.ip("address add 192.0.2.1/32 dev lo")
        target.ip(f"route add 192.0.2.1 via {self.lab.links[3].address(routers[1], 4)}")
        for router, link in zip(routers, self.lab.links):
            router.ip(f"route add 192.0.2.1 via {link.address(source, 4)}")
        return source, routers, target

    def start_to_both(self, source, routers, target, *options):
        """The target behind the first link comes last: the socket is then mostly bound to that link."""
        return source.start(
            trace_command(target.address(4, toward=routers[1]), "--wire", "packet",
                          "--source", "192.0.2.1", *options, target.address(4, toward=routers[0]))
        )  # fmt: skip

    def test_targets_behind_two_links(self):
        source, routers, target = self.two_links()
        told, said = self.start_to_both(source, routers, target).communicate(timeout=PATIENCE)
        traces = [self.read(line) for line in told.splitlines()]
        self.assertEqual(len(traces), 2, said)
        for trace in traces:
            address = trace["target"]["address"]
            router = {target.address(4, toward=router): router for router in routers}[address]
            self.assert_hops(trace["paths"][0], [router.address(4), address], "port_unreachable")

    def test_a_link_goes_down_during_a_run(self):
        """The socket, bound to it or not, is then bound to the other one, which what leaves takes."""
        source, routers, target = self.two_links()
        link, other = self.lab.links[:2]
        before = packets_sent(source, link)
        running = self.start_to_both(source, routers, target, "-q", 100, "--rate", 50, "-m", 2)
        while packets_sent(source, link) < before + 20 and running.poll() is None:
            time.sleep(0.05)
        source.ip(f"link set {link.interface()} down")
        second = device(source, other)["ifindex"]
        while (bound := bound_to(source)) != [second] and running.poll() is None:
            time.sleep(0.05)
        self.assertEqual(bound, [second])
        told, said = running.communicate(timeout=PATIENCE)
        self.assertEqual(running.returncode, 0, said)
        traces = {trace["target"]["address"]: trace for trace in map(self.read, told.splitlines())}
        for first, ways in ((routers[0], routers), (routers[1], routers[1:])):
            address = target.address(4, toward=first)
            hops = traces[address]["paths"][0]["hops"]
            self.assertEqual([answers_of(hop) for hop in hops],
                             [{way.address(4) for way in ways}, {address}])  # fmt: skip
            for hop in hops:
                self.assertEqual(hop["sent"], 100)
                self.assertGreater(len(hop["answers"]), hop["sent"] // 2, hop)

    def test_no_route(self):
        node = self.lab.node("alone")
        done = node.run(trace_command("192.0.2.1", "--wire", "packet"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("no route to 192.0.2.1", done.stdout)


if __name__ == "__main__":
    unittest.main()
