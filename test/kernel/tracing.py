"""Runs `dtrace-node trace` inside a laboratory and compares what it says with the truth."""

import json
import os
import unittest

from lab import Lab

FAMILIES = (4, 6)
METHODS = ("udp", "tcp", "icmp")
EACH = [(family, method) for family in FAMILIES for method in METHODS]
DEFAULT_PORT = {"udp": 33434, "tcp": 80, "icmp": None}
# How a target without open ports answers.
LAST_KIND = {"udp": "port_unreachable", "tcp": "rst", "icmp": "echo_reply"}
INITIAL_TTL = 64  # of what a Linux router or host sends by itself


def binary():
    path = os.environ.get("DTRACE_NODE")
    if not path or not os.access(path, os.X_OK):
        raise RuntimeError(f"DTRACE_NODE must name the built dtrace-node, not {path!r}")
    return path


def trace_command(target, *options):
    return [binary(), "trace", "-j", "-n", *map(str, options), target]


def answers_of(hop):
    return {answer["from"] for answer in hop["answers"]}


class KernelTest(unittest.TestCase):
    """Each test gets an empty laboratory."""

    maxDiff = None
    longMessage = True

    def setUp(self):
        binary()
        self.lab = self.enterContext(Lab())

    def trace(self, source, target, *options, expect_status=0):
        done = source.run(trace_command(target, *options))
        self.assertEqual(done.returncode, expect_status, done.stderr + done.stdout)
        return self.read(done.stdout)

    def read(self, text):
        trace = json.loads(text)
        self.check_sums(trace)
        return trace

    def check_sums(self, trace):
        """What holds for every trace, whatever the network."""
        packets = trace["packets"]
        told = [answer for path in trace["paths"] for hop in path["hops"] for answer in hop["answers"]]
        sent = sum(hop["sent"] for path in trace["paths"] for hop in path["hops"])
        self.assertGreaterEqual(packets["sent"], sent)
        self.assertGreaterEqual(packets["answered"], len(told))
        self.assertLessEqual(packets["answered"], packets["sent"])
        for nothing in ("duplicate", "receiver_dropped"):
            self.assertEqual(packets[nothing], 0, nothing)
        for answer in told:
            self.assertGreater(answer["rtt_us"], 0)
            self.assertLessEqual(answer["rtt_us"], trace["took_us"])
        for path in trace["paths"]:
            ttls = [hop["ttl"] for hop in path["hops"]]
            self.assertEqual(ttls, list(range(ttls[0], ttls[0] + len(ttls))))
            for hop in path["hops"]:
                self.assertLessEqual(len(hop["answers"]), hop["sent"])

    def assert_hops(self, path, expected, last_kind, attempts=3, silent=()):
        """Every hop is the router it must be, answers every packet, and says what it must say."""
        self.assertEqual([sorted(answers_of(hop)) for hop in path["hops"]],
                         [[] if ttl in silent else [address]
                          for ttl, address in enumerate(expected, start=1)])  # fmt: skip
        for hop in path["hops"]:
            ttl = hop["ttl"]
            self.assertEqual(hop["sent"], attempts, f"packets sent to hop {ttl}")
            if ttl in silent:
                continue
            kind = last_kind if ttl == len(expected) else "time_exceeded"
            self.assertEqual([answer["kind"] for answer in hop["answers"]], [kind] * attempts,
                             f"hop {ttl}")  # fmt: skip
            for answer in hop["answers"]:
                self.assertEqual(answer["reply_ttl"], INITIAL_TTL + 1 - ttl, f"hop {ttl}")
                self.assertNotIn("quoted_ttl", answer, f"hop {ttl}")
                self.assertNotIn("labels", answer, f"hop {ttl}")

    def assert_reached(self, trace, chain, family, method, last_kind=None, silent=()):
        self.assertEqual(trace["stop_reason"], "completed")
        self.assertEqual(trace["method"], method)
        self.assertEqual(trace["target"]["address"], chain.target.address(family))
        self.assertEqual(trace["source"], chain.source.address(family))
        self.assertEqual(len(trace["paths"]), 1)
        path = trace["paths"][0]
        self.assertTrue(path["reached"])
        self.assert_hops(path, chain.hops(family), last_kind or LAST_KIND[method], silent=silent)
