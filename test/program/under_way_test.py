"""`measure` on a terminal: the progress of a trace, hop by hop."""

import copy
import http.server
import json
import re
import signal
import tempfile
import threading
import unittest

import node
from repeat_test import Terminal
from reporter import new_trace


def hop(ttl):
    return {"ttl": ttl, "sent": 1, "answers": [
        {"from": f"10.0.0.{ttl}", "kind": "time_exceeded", "rtt_us": 1000 * ttl, "reply_ttl": 60}]}


class Master(http.server.BaseHTTPRequestHandler):
    """One that knows a second hop when a second look is taken, and the target after that."""

    asked = []
    trace = new_trace(1_790_000_000_000)

    def answer(self, status, state, traces, progress, changes):
        body = json.dumps({"id": self.trace["id"], "once": {
            "state": state, "missing": [], "traces": traces,
            "progress": {"changes": changes, "traces": progress}}}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(202, "running", [], [], 0)

    def do_GET(self):
        self.asked.append(self.path)
        known = int((re.search(r"progress=(\d+)", self.path) or ["", "2"])[1])
        trace = copy.deepcopy(self.trace)
        trace["paths"][0]["hops"] = [hop(ttl) for ttl in range(1, known + 2)]
        if known < 2:
            self.answer(200, "running", [], [trace], known + 1)
        else:
            self.answer(200, "complete", [trace], [], 0)

    def log_message(self, *arguments):
        pass


class Mute(Master):
    """One that takes orders, and hangs up on who asks for the result."""

    asked = []

    def do_GET(self):
        self.asked.append("GET")

    def do_DELETE(self):
        self.asked.append("DELETE")
        self.answer(200, "cancelled", [], [], 0)


class UnderWay(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Master)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        Master.asked.clear()
        self.command = ["measure", "-n", "--master", f"127.0.0.1:{self.server.server_port}",
                        "--from", "n1", "192.0.2.1"]

    def test_a_terminal_shows_the_hops_as_they_come_and_at_last_the_trace_alone(self):
        terminal = Terminal(*self.command)
        terminal.read_until(r"n1: traceroute to 192\.0\.2\.1.*\n 1  10\.0\.0\.1 [^\n]*\n \.\.\.")
        terminal.read_until(r"\r\x1b\[\d+An1: .*\n 1  10\.0\.0\.1 [^\n]*\n 2  10\.0\.0\.2 [^\n]*\n \.\.\.")
        terminal.read_until(r"\r\x1b\[\d+A\x1b\[Jn1: .*\n 1  .*\n 2  .*\n 3  10\.0\.0\.3 [^\n]*\n")
        self.assertEqual(terminal.finish(), 0)
        self.assertFalse("\x1b" in terminal.text[terminal.seen:])

    def test_an_order_is_taken_back_also_while_the_master_does_not_answer(self):
        self.server.RequestHandlerClass = Mute
        Mute.asked.clear()
        with tempfile.TemporaryDirectory() as folder:
            measure = node.Running(folder, "measure", *self.command)
            self.addCleanup(measure.stop)
            node.wait_for(lambda: Mute.asked.count("GET") > 1)  # it has paused in between
            status, _, errors = measure.stop(signal.SIGINT)
        self.assertEqual(status, 1)
        self.assertIn("cancelled", errors)
        self.assertIn("DELETE", Mute.asked)

    def test_elsewhere_nobody_asks_for_it(self):
        done = node.run(*self.command)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.count("10.0.0.1"), 1)
        self.assertEqual(["progress" in path for path in Master.asked], [False])


if __name__ == "__main__":
    unittest.main()
