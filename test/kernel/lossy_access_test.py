"""Three probes of one master, with real packets. The access link of one loses some: it is blamed, and
nobody else is."""

import json
import pathlib
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from finding import TARGET, LossTest, link
from lab import PATIENCE, inside
from tracing import binary

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


class LossyAccess(LossTest):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        super().setUp()  # ends before the folder goes

    def write(self, name, content):
        file = self.folder / name
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        file.chmod(0o600)
        return file

    def start(self, node, name, *options):
        node.start([binary(), *map(str, options), "--log", self.folder / f"{name}.log"], cwd=self.folder)

    def start_master(self):
        master = self.lab.node("master")
        targets = {"Targets": {"5a0c4a9e-2f5c-4c54-9f0e-000000000001": {"Name": "target", "Address": TARGET}},
                   "IntervalSeconds": 1, "Flows": 8, "Attempts": 5, "MaxHops": 12, "TimeoutMs": 500}  # fmt: skip
        probes = {"Slaves": [{"Name": f"n{number}", "Password": "s3cret"} for number in (1, 2, 3)]}
        self.start(master, "master", "master", "--targets", self.write("targets.json", targets),
                   "--probes", self.write("slaves.json", probes), "--db", "kept.db", "--public-read",
                   "--no-bursts", "--watch-window", "1m", "--watch-every", "1s")  # fmt: skip
        return master

    def start_probe(self, master, number):
        loss = 0.25 if number == LOSSY else 0.0
        simulation = self.simulate(network(number, loss))
        way = self.lab.link(simulation.probe, master)
        self.lab.wait_until_up()
        self.start(simulation.probe, f"n{number}", "probe", "--master", way.address(master, 4), "--insecure",
                   "--name", f"n{number}", "--passwd-file", self.write("passwd", "s3cret\n"),
                   "--outbox", f"outbox{number}")  # fmt: skip

    def ask(self, master, path):
        with inside(master.namespace):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:8990/api/v1/{path}", timeout=PATIENCE) as answer:
                    return json.load(answer)
            except ConnectionError:
                return {}
            except urllib.error.URLError as error:
                if isinstance(error.reason, ConnectionError):
                    return {}  # it does not listen yet
                raise

    def logs(self):
        return "".join(file.read_text() for file in sorted(self.folder.glob("*.log")))

    def test_it_is_blamed_and_nobody_else(self):
        master = self.start_master()
        for number in (1, 2, 3):
            self.start_probe(master, number)
        limit = time.monotonic() + PATIENCE
        while not (found := self.ask(master, "culprits").get("culprits")):
            self.assertLess(time.monotonic(), limit, self.logs())
            time.sleep(0.1)
        self.assertEqual([culprit.get("access") for culprit in found], [f"n{LOSSY}"], found)
        self.assertEqual(found[0]["segment"], {"from": {"addresses": [], "probe": f"n{LOSSY}"},
                                               "to": {"addresses": [OWN_ROUTER.format(LOSSY)]}})  # fmt: skip
        self.assertEqual({witness["probe"] for witness in found[0]["witnesses"]}, {f"n{LOSSY}"})
        opened = self.ask(master, "events?kind=culprit_opened")["events"]
        self.assertEqual([event["evidence"]["culprit"] for event in opened], [found[0]["id"]])
        graph = self.ask(master, "graph")
        marked = [graph["nodes"][each["from"]].get("probe") for each in graph["links"] if each.get("culprit")]
        self.assertEqual(set(marked), {f"n{LOSSY}"})


if __name__ == "__main__":
    unittest.main()
