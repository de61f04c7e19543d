"""`trace --report` and `trace --live` on loopback: without a privilege, by UDP."""

import csv
import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

import node

REPORT = ["trace", "-n", "--report", "--rounds", "3", "--interval", "10ms"]


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, *arguments, on_hangup=signal.SIG_DFL):
        self.end, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

        def begin():
            signal.signal(signal.SIGHUP, on_hangup)
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [node.NODE, *arguments], stdin=inner, stdout=inner, stderr=inner,
            env={**os.environ, "TERM": "xterm"}, start_new_session=True, preexec_fn=begin)
        os.close(inner)
        self.text = ""
        self.seen = 0

    def read_until(self, words):
        """Until they come behind what was waited for before."""
        limit = time.monotonic() + node.PATIENCE
        while not (found := re.search(words, self.text[self.seen:])):
            if time.monotonic() > limit:
                raise AssertionError(f"{words!r} did not come: {self.text!r}")
            if select.select([self.end], [], [], 0.1)[0]:
                try:
                    self.text += os.read(self.end, 65536).decode()
                except OSError:  # the program has closed its side
                    raise AssertionError(f"it ended: {self.text!r}")
        self.seen += found.end()

    def type(self, keys):
        os.write(self.end, keys.encode())

    def finish(self):
        """Its exit status."""
        try:
            status = self.process.wait(timeout=node.PATIENCE)
            while select.select([self.end], [], [], 0)[0]:
                self.text += os.read(self.end, 65536).decode()
        except OSError:
            pass
        finally:
            self.process.kill()
            os.close(self.end)
        return status


class Repeat(node.Case):
    def test_a_report_sums_up_its_rounds(self):
        done = node.run(*REPORT, "127.0.0.1")
        self.assertEqual(done.returncode, 0, done.stderr)
        title, head, hop = done.stdout.splitlines()
        self.assertRegex(title, r"^trace of 127\.0\.0\.1 \(127\.0\.0\.1\), udp, 3 rounds in ")
        self.assertEqual(head.split(), "Host Loss% 95% Snt Last Avg Best Wrst StDev Javg".split())
        self.assertRegex(hop, r"^  1 127\.0\.0\.1 +0\.0 +0\.0 to 29\.9 +9 ")

    def test_a_report_for_programs(self):
        report = json.loads(node.run(*REPORT, "-j", "127.0.0.1").stdout)
        self.assertEqual((report["rounds"], report["method"]), (3, "udp"))
        hop, = report["hops"]
        self.assertEqual((hop["ttl"], hop["sent"], hop["answered"]), (1, 9, 9))
        self.assertEqual(hop["responders"], [{"from": "127.0.0.1", "answered": 9}])
        self.assertEqual(report["left_out"], 0)
        rtt = hop["rtt"]
        self.assertLessEqual(rtt["best_us"], rtt["mean_us"])
        self.assertLessEqual(rtt["mean_us"], rtt["worst_us"])
        row, = csv.DictReader(io.StringIO(node.run(*REPORT, "--format", "csv", "127.0.0.1").stdout))
        self.assertEqual((row["ttl"], row["from"], row["sent"]), ("1", "127.0.0.1", "9"))

    def test_one_trace_as_csv(self):
        text = node.run("trace", "-n", "--format", "csv", "127.0.0.1", "127.0.0.2").stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([row["from"] for row in rows], 3 * ["127.0.0.1"] + 3 * ["127.0.0.2"])
        self.assertEqual({row["kind"] for row in rows}, {"port_unreachable"})

    def test_a_closed_terminal_ends_it(self):
        for handler in (signal.SIG_DFL, signal.SIG_IGN):
            with self.subTest(handler):
                terminal = Terminal("trace", "-n", "--live", "--interval", "1h", "127.0.0.1",
                                    on_hangup=handler)
                terminal.read_until(r"udp, 1 round in")
                terminal.process.send_signal(signal.SIGHUP)
                if handler == signal.SIG_IGN:  # as nohup has it: goes on
                    terminal.type("p")
                    terminal.read_until("paused")
                    terminal.type("q")
                terminal.read_until(r"\x1B\[\?1049l[^\x1B]*  1 127\.0\.0\.1 ")
                self.assertEqual(terminal.finish(), 0)

    def test_a_report_fits_its_terminal(self):
        terminal = Terminal(*REPORT, "127.0.0.1")
        terminal.read_until(r"Host +Loss% +95% +Snt +Last +Avg +Best +Wrst\r\n")
        self.assertEqual(terminal.finish(), 0)
        self.assertLessEqual(max(map(len, terminal.text.splitlines())), 80)

    def test_csv_says_on_standard_error_what_went_wrong(self):
        done = node.run("trace", "-n", "--format", "csv", "--deny", "127.0.0.0/8", "127.0.0.1")
        self.assertEqual((done.returncode, done.stdout.count("\n")), (1, 1))
        self.assertIn("127.0.0.1: 127.0.0.1 is in 127.0.0.0/8, which --deny names", done.stderr)

    def test_what_cannot_be_measured_is_said(self):
        done = node.run(*REPORT, "255.255.255.255")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("broadcast", done.stderr)

    def test_live_needs_a_terminal(self):
        done = node.run("trace", "-n", "--live", "127.0.0.1")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--report", done.stderr)

    def test_live_obeys_keys_and_gives_the_terminal_back(self):
        terminal = Terminal("trace", "-n", "--live", "--interval", "50ms", "127.0.0.1")
        terminal.read_until(r"udp, ([3-9]|\d\d+) rounds")
        terminal.type("p")
        terminal.read_until("paused")
        terminal.type("p")
        terminal.read_until(r"udp, \d\d+ rounds")
        terminal.type("r")
        terminal.read_until(r"udp, \d rounds? in")
        terminal.type("q")
        terminal.read_until(r"\x1B\[\?1049l")
        self.assertEqual(terminal.finish(), 0)
        after = terminal.text.split("\x1B[?1049l")[-1]
        self.assertRegex(after, r"trace of 127\.0\.0\.1")

    def test_an_interrupt_ends_live_with_what_there_is(self):
        terminal = Terminal("trace", "-n", "--live", "--interval", "1h", "127.0.0.1")
        terminal.read_until(r"udp, 1 round")
        terminal.type("\x03")
        self.assertEqual(terminal.finish(), 0)
        self.assertIn("trace of 127.0.0.1", terminal.text.split("\x1B[?1049l")[-1])


if __name__ == "__main__":
    unittest.main()
