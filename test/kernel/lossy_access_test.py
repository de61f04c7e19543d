"""Three probes of one master, with real packets. The access link of one loses some: it is blamed, and
nobody else is."""

import time
import unittest

from finding import TARGET, LossTest, link
from lab import PATIENCE
from services import Services

LOSSY = 1
OWN_ROUTER = "172.16.1.{}"


def network(number, loss):
    """What a probe sees: a router of its own, then those of all, to one target."""
    nodes = {
        "probe": {"host": True, "addresses": [f"192.0.2.{number}"]},
        "own": {"addresses": [OWN_ROUTER.format(number)]},
        **{f"r{i}": {"addresses": [f"172.16.0.{i}"]} for i in (1, 2, 3, 4)},
        "target": {"host": True, "addresses": [TARGET]},
    }
    links = [link("probe", "own", loss=loss), link("own", "r1", "r2", "r3", "r4", "target")]
    return {"about": "an access before a core", "nodes": nodes, "links": links}


class LossyAccess(Services, LossTest):
    def add_probe(self, number):
        loss = 0.25 if number == LOSSY else 0.0
        simulation = self.simulate(network(number, loss))
        way = self.lab.link(simulation.probe, self.master)
        self.lab.wait_until_up()
        self.start_probe(simulation.probe, number, way)

    def test_it_is_blamed_and_nobody_else(self):
        targets = {"Targets": {"5a0c4a9e-2f5c-4c54-9f0e-000000000001": {"Name": "target", "Address": TARGET}},
                   "IntervalSeconds": 1, "Flows": 8, "Attempts": 5, "MaxHops": 12, "TimeoutMs": 500}  # fmt: skip
        self.start_master(targets, 3, "--watch-window", "1m", "--watch-every", "1s")
        for number in (1, 2, 3):
            self.add_probe(number)
        limit = time.monotonic() + PATIENCE
        while not (found := self.ask("culprits").get("culprits")):
            self.assertLess(time.monotonic(), limit, self.logs())
            time.sleep(0.1)
        self.assertEqual([culprit.get("access") for culprit in found], [f"n{LOSSY}"], found)
        self.assertEqual(found[0]["segment"], {"from": {"addresses": [], "probe": f"n{LOSSY}"},
                                               "to": {"addresses": [OWN_ROUTER.format(LOSSY)]}})  # fmt: skip
        self.assertEqual({witness["probe"] for witness in found[0]["witnesses"]}, {f"n{LOSSY}"})
        opened = self.ask("events?kind=culprit_opened")["events"]
        self.assertEqual([event["evidence"]["culprit"] for event in opened], [found[0]["id"]])
        graph = self.ask("graph")
        marked = [graph["nodes"][each["from"]].get("probe") for each in graph["links"] if each.get("culprit")]
        self.assertEqual(set(marked), {f"n{LOSSY}"})


if __name__ == "__main__":
    unittest.main()
