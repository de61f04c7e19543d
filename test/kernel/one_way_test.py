"""Two probes that measure each other: what each tells of the packets that arrived from the other, held
against what the other sent, and against what a relay between them dropped."""

import datetime
import fcntl
import os
import random
import select
import struct
import sys
import threading
import time
import unittest
from collections import Counter

from lab import PATIENCE, inside, ip, transmit_checksum_off
from services import Services
from tracing import DEFAULT_PORT, EACH, KernelTest

INTERVAL = 5  # between rounds: a visit holds packets of one of them
SETTLED = 2  # seconds before a trace's end, of which it tells nothing
SPARE = 1  # second between a round and the bounds of what was listened to
TARGET_TTL = 3

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000

# Much of it to the probe's ports, none of it a round of its target: another source, or hops left.
FLOOD = """
import socket, sys, time
target = sys.argv[1]
senders = []
for ttl, source_port in ((64, 24001), (2, 24002), (2, 40000), (3, 24003)):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
    sender.bind(("0.0.0.0", source_port))
    senders.append(sender)
while True:
    for sender in senders:
        for _ in range(20):
            try:
                sender.sendto(b"flood", (target, 33434))
            except OSError:
                pass
    time.sleep(0.02)
"""


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def end_of(trace):
    return seconds(trace["started_at"]) + trace["took_us"] / 1e6


def flow_of(named):
    """Of a path or of what was heard."""
    return named["source_port"] if "source_port" in named else named["icmp_checksum"]


class OneWayTest(Services, KernelTest):
    def start_all(self, nodes, kinds):
        """A probe on each of two nodes, n1 and n2, and their master beside their path."""
        targets = {}
        for number, (node, other) in enumerate((nodes, reversed(nodes)), start=1):
            for family, method in kinds:
                targets[f"5a0c4a9e-2f5c-4c54-9f0e-{len(targets):012}"] = {
                    "Name": f"{method}{family} of n{number}", "Address": other.address(family),
                    "Method": method, "Probes": [f"n{number}"]}  # fmt: skip
        file = {"Targets": targets, "IntervalSeconds": INTERVAL, "Flows": 4, "Attempts": 6,
                "MaxHops": 8, "TimeoutMs": 500}  # fmt: skip
        self.start_master(file, len(nodes), "--watch-every", "2s")
        ways = [self.lab.link(node, self.master) for node in nodes]
        self.lab.wait_until_up()
        for number, (node, way) in enumerate(zip(nodes, ways, strict=True), start=1):
            self.start_probe(node, number, way)

    def traces(self):
        """All there are, by probe."""
        found = self.ask("traces?limit=1000").get("traces", [])
        return {name: [each for each in found if each["probe"] == name] for name in ("n1", "n2")}

    def spans(self, listeners, listened_at):
        """What was listened to at an address, spans that adjoin as one: [begin, end, visits]."""
        spans = []
        told = [each for each in listeners if "heard" in each and each["source"] == listened_at]
        for trace in sorted(told, key=end_of):
            end, heard = end_of(trace), trace["heard"]
            self.assertGreater(heard["listened_ms"], SETTLED * 1000 - 1)
            begin, until = end - heard["listened_ms"] / 1000, end - SETTLED
            visits = []
            for each in heard["flows"]:
                self.assertTrue(SETTLED * 1000 <= each["ago_ms"] <= heard["listened_ms"], each)
                visits.append((end - each["ago_ms"] / 1000, each))
            # A trace is not told of at the very moment at which it ends.
            if spans and abs(begin - spans[-1][1]) < 0.3:
                spans[-1][1] = until
                spans[-1][2].extend(visits)
            else:
                spans.append([begin, until, visits])
        return spans

    def told(self, senders, listeners):
        """Rounds that the other probe listened to from their beginning to their end: each with the packets
        of each flow that were sent to the target's hop, and those that it told of."""
        rounds = [(seconds(trace["started_at"]), end_of(trace), trace) for trace in senders]
        spans = {address: self.spans(listeners, address) for address in {each["source"] for each in listeners}}
        for started, ended, trace in rounds:
            for begin, until, visits in spans.get(trace["target"]["address"], []):
                if started < begin + SPARE or ended > until - SPARE:
                    continue
                if self.is_alone(trace, rounds) and all(path["reached"] for path in trace["paths"]):
                    yield trace, *self.counts(trace, visits, started, ended)

    def is_alone(self, trace, rounds):
        """A busy machine may bring two rounds together: whether the next one is known, and none is near."""
        begin, end = seconds(trace["started_at"]), end_of(trace)
        others = [(started, ended) for started, ended, other in rounds
                  if other["measurement"] == trace["measurement"] and other is not trace]  # fmt: skip
        return any(started > end for started, _ in others) and all(
            started > end + 2 * SPARE or ended < begin - 2 * SPARE for started, ended in others
        )

    def counts(self, trace, visits, started, ended):
        sent = {}
        for path in trace["paths"]:
            at_target = [hop["sent"] for hop in path["hops"] if hop["ttl"] == TARGET_TTL]
            sent[flow_of(path)] = sum(at_target)
        heard = Counter()
        for at, each in visits:
            if started - SPARE < at < ended + SPARE and each["method"] == trace["method"]:
                self.assertEqual(each.get("destination_port"), DEFAULT_PORT[trace["method"]])
                if flow_of(each) in sent:
                    heard[flow_of(each)] += each["packets"]
        return sent, {flow: heard[flow] for flow in sent}

    def wait_for_rounds(self, check, kinds, rounds):
        """Until so many rounds of each kind have passed check(trace, sent, heard), both ways."""
        limit = time.monotonic() + PATIENCE
        while True:
            traces = self.traces()
            passed = Counter()
            for one, other in (("n1", "n2"), ("n2", "n1")):
                for trace, sent, heard in self.told(traces[one], traces[other]):
                    check(trace, sent, heard)
                    family = 4 if "." in trace["target"]["address"] else 6
                    passed[one, family, trace["method"]] += 1
            if all(passed[one, *kind] >= rounds for one in ("n1", "n2") for kind in kinds):
                return
            self.assertLess(time.monotonic(), limit, f"{passed}\n{self.logs()}")
            time.sleep(0.5)

    def check_all_arrived(self, trace, sent, heard):
        self.assertEqual(heard, sent, trace)
        self.assertGreater(min(sent.values()), 0, trace)

    def test_both_tell_what_the_other_sends(self):
        chain = self.lab.chain(TARGET_TTL - 1)
        self.start_all([chain.source, chain.target], EACH)
        flood = chain.routers[0].start(
            [sys.executable, "-c", FLOOD, chain.target.address(4)]
        )
        self.wait_for_rounds(self.check_all_arrived, EACH, rounds=2)
        self.assertIsNone(flood.poll())
        for number in (1, 2):
            self.assertNotIn("one-way", (self.folder / f"n{number}.log").read_text())

    def test_what_is_lost_one_way_is_missing_there_alone(self):
        source, left, right, target = (self.lab.node(name) for name in ("source", "r1", "r2", "target"))
        self.lab.link(source, left)
        self.lab.link(right, target)
        relay = self.enterContext(Relay(left, right, source.address(4), every=5))
        for node, gateway in ((source, left.address(4)), (target, right.address(4)),
                              (left, "10.99.0.2"), (right, "10.99.0.1")):  # fmt: skip
            node.ip(f"route add default via {gateway}")
        kinds = [(4, "udp")]
        self.start_all([source, target], kinds)
        dropped_of_rounds = Counter()

        def check(trace, sent, heard):
            if trace["probe"] == "n2":
                return self.check_all_arrived(trace, sent, heard)
            dropped = relay.dropped_of(seconds(trace["started_at"]), end_of(trace))
            self.assertEqual(heard, {flow: sent[flow] - dropped[flow] for flow in sent}, trace)
            dropped_of_rounds[trace["id"]] = sum(dropped[flow] for flow in sent)

        self.wait_for_rounds(check, kinds, rounds=3)
        self.assertGreater(sum(dropped_of_rounds.values()), 0)
        lossy = {"from": {"addresses": [left.links[0].address(left, 4)]},
                 "to": {"addresses": ["10.99.0.2"]}}  # fmt: skip
        culprit = self.wait_for_culprit(lossy)
        self.assertEqual({witness["probe"] for witness in culprit["witnesses"]}, {"n1"}, culprit)

    def wait_for_culprit(self, segment):
        """Until it alone is open, as lossy that way: with few packets yet it may not be told apart from its
        neighbour, or that way from the other."""
        limit = time.monotonic() + PATIENCE
        while True:
            found = [each for each in self.ask("culprits").get("culprits", []) if each["open"]]
            if [(each["segment"], each["direction"]) for each in found] == [(segment, "forward")]:
                return found[0]
            self.assertLess(time.monotonic(), limit, found)
            time.sleep(0.5)



class Relay:
    """A wire between two nodes, TAP devices with a relay in user space. Of the IPv4 packets that come from
    `source`, which is behind the first node, it drops one of so many, by a seeded lot, and keeps a record."""

    def __init__(self, left, right, source, every):
        self.ends = [self.open(node, number) for number, node in enumerate((left, right), start=1)]
        self.source = bytes(map(int, source.split(".")))
        self.every = every
        self.lot = random.Random(5)
        self.dropped = []  # when, TTL, source port
        self.stop_reading, self.stop_writing = os.pipe()
        self.thread = threading.Thread(target=self.run)

    def open(self, node, number):
        with inside(node.namespace):
            tap = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"tap0", IFF_TAP | IFF_NO_PI))
            transmit_checksum_off("tap0")
        ip("-n", node.namespace, batch=f"address add 10.99.0.{number}/24 dev tap0\nlink set tap0 up\n")
        return tap

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        os.close(self.stop_writing)
        self.thread.join()
        for file in (*self.ends, self.stop_reading):
            os.close(file)

    def run(self):
        left, right = self.ends
        while True:
            ready, _, _ = select.select([*self.ends, self.stop_reading], [], [])
            if self.stop_reading in ready:
                return
            for end in ready:
                frame = os.read(end, 2048)
                if end == right or not self.drops(frame):
                    os.write(left if end == right else right, frame)

    def drops(self, frame):
        packet = frame[14:]
        if frame[12:14] != b"\x08\x00" or packet[12:16] != self.source:
            return False
        if self.lot.randrange(self.every) != 0:
            return False
        if packet[9] == 17:
            self.dropped.append((time.time(), packet[8], struct.unpack_from("!H", packet, 20)[0]))
        return True

    def dropped_of(self, started, ended):
        """By source port, of those that would have come to the target with their last hop left."""
        # Behind this wire there is one router more.
        return Counter(port for at, ttl, port in list(self.dropped)
                       if ttl == 2 and started - SPARE < at < ended + SPARE)  # fmt: skip


if __name__ == "__main__":
    unittest.main()
