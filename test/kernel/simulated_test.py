"""The binary's raw sockets against a simulated Internet behind a TUN device: its truth is known."""

import json
import os
import signal
import statistics
import tempfile
import time
import unittest

from lab import PATIENCE
from tracing import EACH, KernelTest, trace_command

SCENARIOS = os.path.join(os.path.dirname(__file__), os.pardir, "scenario")
TARGET = {4: "198.51.100.9", 6: "2001:db8:9::9"}
LAST_KIND = {"udp": "port_unreachable", "tcp": "syn_ack", "icmp": "echo_reply"}


def simulator():
    path = os.path.join(os.environ.get("DTRACE_BUILD", ""), "dtrace-sim")
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"DTRACE_BUILD must name the folder with the built dtrace-sim, not {path!r}")
    return path


class Simulation:
    """A topology, behind a TUN device in a namespace of its own."""

    def __init__(self, lab, topology, *options):
        self.probe = lab.node(f"probe{len(lab.nodes)}")
        self.process = self.probe.start(
            [simulator(), "--realtime", *options, os.path.join(SCENARIOS, f"{topology}.json")]
        )
        while "is ready behind" not in (line := self.process.stderr.readline()):
            if not line:
                raise RuntimeError(f"dtrace-sim ended with {self.process.wait()}")

    def packets(self, way):
        """How many the device has passed on so far: `tx` to the simulation, `rx` from it."""
        told = self.probe.run(["ip", "-s", "-j", "link", "show", "dtsim0"]).stdout
        return json.loads(told)[0]["stats64"][way]["packets"]

    def truth(self):
        """Ends the simulation. What really happened."""
        self.process.send_signal(signal.SIGTERM)
        told, said = self.process.communicate(timeout=PATIENCE)
        if self.process.returncode != 0:
            raise RuntimeError(f"dtrace-sim: {said}")
        return json.loads(told)


def simulate(lab, topology):
    """Of a topology that is in no file."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(topology, file)
        file.flush()
        return Simulation(lab, file.name.removesuffix(".json"))


def ipv4_bytes_sent(node):
    """Also those that a device holds which nobody reads."""
    told = node.run(["cat", "/proc/net/netstat"]).stdout
    names, values = (line.split() for line in told.splitlines() if line.startswith("IpExt:"))
    return int(values[names.index("OutOctets")])


class SimulatedTest(KernelTest):
    def test_round_trips_are_as_long_as_the_links(self):
        """A busy machine keeps some packets waiting, but not all: the shortest of a hop is nearer to its
        truth than the next hop is, and the one that waited least has waited for nothing."""
        there_and_back = 50_000
        with open(os.path.join(SCENARIOS, "chain10.json"), encoding="utf-8") as file:
            chain = json.load(file)
        for link in chain["links"]:
            link["delay_us"] = there_and_back // 2
        simulation = simulate(self.lab, chain)
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                trace = self.trace(simulation.probe, TARGET[family], "--method", method, "-q9", "-w10s")
                self.assertEqual(trace["stop_reason"], "completed")
                hops = trace["paths"][0]["hops"]
                self.assertEqual(len(hops), 11)
                waited = [[answer["rtt_us"] - there_and_back * hop["ttl"] for answer in hop["answers"]]
                          for hop in hops]  # fmt: skip
                for each in waited:
                    self.assertGreaterEqual(min(each), 0, waited)
                    self.assertLess(min(each), there_and_back, waited)
                self.assertLess(min(map(min, waited)), 1000, waited)
                self.assertEqual({answer["kind"] for answer in hops[-1]["answers"]},
                                 {LAST_KIND[method]})  # fmt: skip

    def test_a_delay_counts_from_when_the_packet_was_sent(self):
        # Not from when the simulator got to read it.
        far = {"nodes": {"probe": {"host": True, "addresses": ["192.0.2.1"]},
                         "target": {"host": True, "addresses": ["198.51.100.9"]}},
               "links": [{"nodes": ["probe", "target"], "delay_us": 2_000_000}]}  # fmt: skip
        simulation = simulate(self.lab, far)
        simulation.process.send_signal(signal.SIGSTOP)
        before = ipv4_bytes_sent(simulation.probe)
        trace = simulation.probe.start(trace_command(TARGET[4], "-m1", "-q9", "-w10s"))
        while ipv4_bytes_sent(simulation.probe) < before + 9 * 30:
            self.assertIsNone(trace.poll())
            time.sleep(0.05)
        time.sleep(3)
        simulation.process.send_signal(signal.SIGCONT)
        told, said = trace.communicate(timeout=PATIENCE)
        answers = json.loads(told)["paths"][0]["hops"][0]["answers"]
        self.assertEqual(len(answers), 9, said)
        # 4 s there and back, and 7 if it counted from then; between them is what a busy machine may take.
        self.assertLess(statistics.median(answer["rtt_us"] for answer in answers), 6_500_000)

    def test_nothing_is_lost_but_what_the_links_lose(self):
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                simulation = Simulation(self.lab, "loss_by_link")
                # An open port answers one SYN at a time; a closed one all of them.
                port = ["--port", 81] if method == "tcp" else []
                trace = self.trace(simulation.probe, TARGET[family], "--method", method,
                                   "--flows", 40, "-q4", "-m4", "-w2s", *port)  # fmt: skip
                truth = simulation.truth()["truth"]
                lost = sum(link["lost"] for link in truth["links"])
                lost += sum(node["answers_lost"] for node in truth["nodes"])
                self.assertGreater(lost, 0)
                packets = trace["packets"]
                self.assertEqual(packets["sent"] - packets["answered"], lost)
                self.assertEqual(packets["answered"], truth["delivered"])
                self.assertEqual((truth["damaged"], truth["malformed"]), (0, 0))

    def test_a_topology_that_cannot_be_played_is_refused(self):
        probe = self.lab.node("probe")
        for file, fault in [("no-such-file.json", "cannot be read"), ("scenario_test.cpp", "1")]:
            done = probe.run([simulator(), os.path.join(SCENARIOS, file)])
            self.assertEqual(done.returncode, 1)
            self.assertIn(file, done.stderr)
            self.assertIn(fault, done.stderr)
        self.assertEqual(probe.run([simulator(), "--seed", "x", "y"]).returncode, 2)

    def test_it_ends_by_itself_and_cleans_up(self):
        probe = self.lab.node("probe")
        played = probe.run([simulator(), "--duration", "50ms", os.path.join(SCENARIOS, "nat.json")])
        self.assertEqual(played.returncode, 0, played.stderr)
        self.assertIn("truth", json.loads(played.stdout))
        self.assertNotIn("dtsim0", probe.run(["ip", "link"]).stdout)


if __name__ == "__main__":
    unittest.main()
