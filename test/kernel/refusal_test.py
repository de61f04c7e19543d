"""Networks, hosts and rights that say no."""

import json
import unittest

from lab import Lab
from tracing import FAMILIES, METHODS, KernelTest, answers_of, trace_command

# (how the router refuses, family) → kind, ICMP code
REFUSALS = {
    ("unreachable", 4): ("host_unreachable", None),
    ("unreachable", 6): ("net_unreachable", None),
    ("prohibit", 4): ("prohibited", 13),
    ("prohibit", 6): ("prohibited", 1),
}


class RefusingRouterTest(KernelTest):
    def check(self, how):
        for family in FAMILIES:
            kind, code = REFUSALS[how, family]
            for method in METHODS:
                # In a network of their own: a kernel refuses only five packets at once, and then
                # one a second, per host that sends them.
                with self.subTest(how=how, family=family, method=method), Lab() as lab:
                    chain = lab.chain(4)
                    chain.routers[2].refuse(family, lab.links[-1].network(family), how)
                    trace = self.trace(
                        chain.source, chain.target.address(family), "--method", method, "-q", 1
                    )
                    self.assertEqual(trace["stop_reason"], "unreachable")
                    path = trace["paths"][0]
                    self.assertFalse(path["reached"])
                    found = [sorted(answers_of(hop)) for hop in path["hops"]]
                    self.assertEqual(found, [[address] for address in chain.hops(family)[:3]])
                    answer = path["hops"][-1]["answers"][0]
                    self.assertEqual(answer["kind"], kind)
                    self.assertEqual(answer.get("icmp_code"), code)

    def test_unreachable(self):
        self.check("unreachable")

    def test_prohibited(self):
        self.check("prohibit")

    def test_black_hole(self):
        chain = self.lab.chain(4)
        for family in FAMILIES:
            chain.routers[2].refuse(family, self.lab.links[-1].network(family), "blackhole")
            for method in METHODS:
                with self.subTest(family=family, method=method):
                    trace = self.trace(
                        chain.source, chain.target.address(family), "--method", method
                    )
                    self.assertEqual(trace["stop_reason"], "gap_limit")
                    found = [sorted(answers_of(hop)) for hop in trace["paths"][0]["hops"]]
                    routers = [[address] for address in chain.hops(family)[:2]]
                    self.assertEqual(found, routers + [[]] * 5)


class OwnHostTest(KernelTest):
    def failure(self, node, target, *options, wrapper=()):
        """The error text of a trace that cannot be measured."""
        done = node.run([*wrapper, *trace_command(target, *options)])
        self.assertNotEqual(done.returncode, 0, done.stdout)
        if not done.stdout:
            return done.stderr
        trace = json.loads(done.stdout)
        self.assertEqual(trace["stop_reason"], "error")
        self.assertEqual(trace["paths"], [])
        return trace["error"]

    def test_no_route(self):
        node = self.lab.node("alone")
        for target in ("192.0.2.1", "2001:db8::1"):
            with self.subTest(target=target):
                self.assertIn(f"no route to {target}", self.failure(node, target))

    def test_a_source_that_is_not_ours(self):
        chain = self.lab.chain(1)
        text = self.failure(chain.source, chain.target.address(4), "-s", "192.0.2.77")
        self.assertIn("192.0.2.77 is not an address of this host", text)

    def test_a_source_that_is_ours(self):
        chain = self.lab.chain(1)
        for family in FAMILIES:
            other = {4: "10.200.0.1", 6: "fd00:200::1"}[family]
            chain.source.ip(f"address add {other} dev lo")
            router, target = chain.routers[0], chain.target
            for node, via in ((router, chain.source), (target, router)):
                way = via.address(family, toward=node)
                node.ip(f"route add {other} via {way}")
            trace = self.trace(chain.source, target.address(family), "-s", other)
            self.assertEqual(trace["source"], other)
            self.assert_hops(trace["paths"][0], chain.hops(family), "port_unreachable")

    def test_targets_that_are_no_single_host(self):
        chain = self.lab.chain(1)
        for target in ("224.0.0.1", "ff02::1", "255.255.255.255", "10.0.1.255"):
            with self.subTest(target=target):
                self.assertIn(target, self.failure(chain.source, target))

    def test_without_the_capability_the_error_says_how_to_get_it(self):
        chain = self.lab.chain(1)
        wrapper = ["setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw"]
        for method in METHODS:
            with self.subTest(method=method):
                text = self.failure(
                    chain.source, chain.target.address(4), "--method", method, "--wire", "raw",
                    wrapper=wrapper,
                )  # fmt: skip
                self.assertIn("CAP_NET_RAW", text)
                self.assertIn("setcap cap_net_raw+ep", text)


if __name__ == "__main__":
    unittest.main()
