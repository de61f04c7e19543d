"""A master and its probes in namespaces of a lab."""

import json
import pathlib
import tempfile
import urllib.error
import urllib.request

from lab import PATIENCE, inside
from tracing import binary


class Services:
    """For a KernelTest, before it in the list of bases: what services read and write lies in a folder that
    ends after them."""

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

    def start_master(self, targets, probes, *options):
        """On a node of its own, for probes n1 to so many."""
        self.master = self.lab.node("master")
        slaves = [{"Name": f"n{number}", "Password": "s3cret"} for number in range(1, probes + 1)]
        self.start(self.master, "master", "master", "--targets", self.write("targets.json", targets),
                   "--probes", self.write("slaves.json", {"Slaves": slaves}), "--db", "kept.db",
                   "--public-read", "--no-bursts", *options)  # fmt: skip

    def start_probe(self, node, number, way):
        """Over a link to the master."""
        self.start(node, f"n{number}", "probe", "--master", way.address(self.master, 4), "--insecure",
                   "--name", f"n{number}", "--passwd-file", self.write("passwd", "s3cret\n"),
                   "--outbox", f"outbox{number}")  # fmt: skip

    def ask(self, what):
        """The master; nothing as long as it does not listen yet."""
        with inside(self.master.namespace):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:8990/api/v1/{what}", timeout=PATIENCE) as answer:
                    return json.load(answer)
            except ConnectionError:
                return {}
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionError):
                    raise
        return {}

    def logs(self):
        return "".join(file.read_text() for file in sorted(self.folder.glob("*.log")))
