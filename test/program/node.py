"""Runs the program for the tests. DTRACE_NODE is its path; nothing here needs a privilege."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

NODE = os.environ["DTRACE_NODE"]
PATIENCE = 120  # seconds; only a failing test waits that long


def run(*arguments, environment=None):
    return subprocess.run([NODE, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                          env={**os.environ, **(environment or {})})


def wait_for(condition):
    """The first true value of condition()."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


class Running:
    """A started program; its log is a file in `folder`."""

    def __init__(self, folder, name, *arguments, environment=None, through=()):
        """`through`: a command that starts the program, put before it."""
        self.log_file = pathlib.Path(folder) / f"{name}.log"
        self.process = subprocess.Popen(
            [*through, NODE, *arguments, "--log", self.log_file], cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})})

    def log(self):
        return self.log_file.read_text() if self.log_file.exists() else ""

    def wait_for_log(self, words):
        def seen():
            if self.process.poll() is not None:
                raise AssertionError(f"it ended: {self.log()} {self.process.stderr.read()}")
            return next((line for line in self.log().splitlines() if words in line), None)
        return wait_for(seen)

    def stop(self, number=signal.SIGTERM):
        """Its exit status and what it printed."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            output, errors = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return self.process.returncode, output, errors


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, name, *arguments, **how):
        running = Running(self.folder, name, *arguments, **how)
        self.addCleanup(running.stop)
        return running

    def write(self, name, content):
        file = self.folder / name
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(file)

    def start_master(self, *arguments, targets=("192.0.2.1",), interval=1, **how):
        """A master on a free port of this host, and that port."""
        self.write("targets.json", {
            "Targets": {f"5a0c4a9e-2f5c-4c54-9f0e-{number:012}": {"Name": host, "Address": host}
                        for number, host in enumerate(targets)},
            "Retries": 1, "MaxHops": 30, "TimeoutMs": 500, "IntervalSeconds": interval})
        self.write("slaves.json", {"Slaves": [{"Name": "n1", "Password": "s3cret"}]})
        master = self.start("master", "master", "--listen", "127.0.0.1", "--port", "0",
                            "--targets", "targets.json", "--probes", "slaves.json",
                            "--public-read", *arguments,
                            **how)
        line = master.wait_for_log("master started")
        return master, int(line.split("port=")[1].split()[0])

    def start_probe(self, port, *arguments, name="probe", **how):
        """A probe n1 without packets, of the master at `port`."""
        self.write("passwd", "s3cret\n")
        os.chmod(self.folder / "passwd", 0o600)
        return self.start(name, "probe", "--master", f"127.0.0.1:{port}", "--name", "n1",
                          "--outbox", "outbox", "--debug-results", "--passwd-file", "passwd",
                          *arguments, **how)


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
        return json.load(answer)


def status_of(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def faketime_folder():
    """Where Debian's libfaketime lies."""
    return next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")).parent


def traces(port):
    return get(port, "/api/v1/traces?limit=1000")["traces"]
