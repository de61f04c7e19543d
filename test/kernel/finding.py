"""`trace --find-loss` in a simulated Internet behind a TUN device."""

import json
import time

from lab import PATIENCE
from simulated_test import simulate
from tracing import KernelTest, binary

TARGET = "198.51.100.9"
BRANCHES = ("a", "b", "c", "d")
ADDRESS = {"r1": "10.0.0.1", "r2": "10.0.0.2", "r3": "10.0.0.3", "target": TARGET,
           **{name: f"10.0.1.{number}" for number, name in enumerate(BRANCHES)}}  # fmt: skip


def link(*nodes, **what):
    return {"nodes": list(nodes), "delay_us": 500, **what}


def diamond(lossy=None, loss=0.0, **routers):
    """probe – r1 – one of a b c d – r2 – r3 – target; `lossy` is a pair of neighbours."""
    nodes = {"probe": {"host": True, "addresses": ["192.0.2.1"]}}
    for name, address in ADDRESS.items():
        nodes[name] = {"addresses": [address], **routers.get(name, {})}
    nodes["target"]["host"] = True
    pairs = [("probe", "r1"), ("r2", "r3"), ("r3", "target")]
    for branch in BRANCHES:
        pairs += [("r1", branch), (branch, "r2")]
    links = [link(*pair, **({"loss": loss} if pair == lossy else {})) for pair in pairs]
    return {"about": "a diamond of four branches", "nodes": nodes, "links": links}


def add(topology, name, address, **node):
    topology["nodes"][name] = {"addresses": [address], **node}


def change(topology, pair, **what):
    next(each for each in topology["links"] if each["nodes"] == list(pair)).update(what)


class LossTest(KernelTest):
    def simulate(self, topology):
        return simulate(self.lab, topology)

    def command(self, *options):
        return [binary(), "trace", "--find-loss", "-n", *map(str, options), TARGET]

    def find(self, topology, *options):
        simulation = self.simulate(topology)
        # A busy machine may keep an answer waiting, which would be a loss here.
        done = simulation.probe.run(self.command("-j", "-w", "300ms", *options))
        report = json.loads(done.stdout)
        self.assertEqual(report["target"]["address"], TARGET)
        return done.returncode, report["loss"], report

    def until(self, condition):
        limit = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), limit)

    def ends(self, culprit):
        """Addresses of both ends of a culprit's segment."""
        return [culprit["segment"][end]["addresses"] for end in ("from", "to")]
