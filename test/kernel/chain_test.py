"""One path: a chain of kernel routers and what can be at its end."""

import unittest

from tracing import DEFAULT_PORT, EACH, FAMILIES, LAST_KIND, METHODS, KernelTest, answers_of


class ChainTest(KernelTest):
    def test_every_hop_of_a_long_chain(self):
        chain = self.lab.chain(10)
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                trace = self.trace(chain.source, chain.target.address(family), "--method", method)
                self.assert_reached(trace, chain, family, method)
                path = trace["paths"][0]
                self.assertEqual(path.get("destination_port"), DEFAULT_PORT[method])
                if method == "icmp":
                    self.assertIn("icmp_checksum", path)
                else:
                    self.assertTrue(24000 <= path["source_port"] <= 32767, path["source_port"])

    def test_the_neighbour(self):
        chain = self.lab.chain(0)
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                trace = self.trace(chain.source, chain.target.address(family), "--method", method)
                self.assert_reached(trace, chain, family, method)

    def test_a_link_local_neighbour(self):
        chain = self.lab.chain(0)
        for node, address in ((chain.source, "fe80::1"), (chain.target, "fe80::2")):
            node.ip(f"address add {address}/64 dev e1 nodad")
        for method in METHODS:
            with self.subTest(method=method):
                trace = self.trace(chain.source, "fe80::2%e1", "--method", method)
                self.assertEqual(trace["target"]["address"], "fe80::2%e1")
                self.assertEqual(trace["stop_reason"], "completed")
                (hop,) = trace["paths"][0]["hops"]
                self.assertEqual(answers_of(hop), {"fe80::2"})
                self.assertNotIn("translation", hop["answers"][0])

    def test_this_host_itself(self):
        chain = self.lab.chain(0)
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                own = chain.source.address(family)
                trace = self.trace(chain.source, own, "--method", method)
                self.assertEqual(trace["stop_reason"], "completed")
                self.assert_hops(trace["paths"][0], [own], LAST_KIND[method])

    def test_an_open_tcp_port(self):
        chain = self.lab.chain(3)
        chain.target.listen(8080)
        for family in FAMILIES:
            with self.subTest(family=family):
                target = chain.target.address(family)
                trace = self.trace(chain.source, target, "-T", "-p", 8080)
                self.assert_reached(trace, chain, family, "tcp", last_kind="syn_ack")
                self.assertEqual(trace["paths"][0]["destination_port"], 8080)
                trace = self.trace(chain.source, target, "-T", "-p", 8081)
                self.assert_reached(trace, chain, family, "tcp", last_kind="rst")

    def test_a_silent_router(self):
        chain = self.lab.chain(6)
        chain.routers[3].mute()
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                trace = self.trace(chain.source, chain.target.address(family), "--method", method)
                self.assert_reached(trace, chain, family, method, silent={4})

    def test_a_silent_router_where_packets_leave_many_at_a_time(self):
        chain = self.lab.chain(3)
        chain.routers[1].mute()
        for family in FAMILIES:
            for _ in range(8):
                trace = self.trace(chain.source, chain.target.address(family), "--flows", "auto")
                self.assertEqual(trace["stop_reason"], "completed")
        chain.routers[0].mute()
        trace = self.trace(chain.source, chain.target.address(4), "-m1", "-q1", "--rate", 1000000)
        self.assertEqual(trace["stop_reason"], "hop_limit")

    def test_a_firewalled_target(self):
        chain = self.lab.chain(6)
        chain.target.mute()
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                trace = self.trace(chain.source, chain.target.address(family), "--method", method)
                self.assertEqual(trace["stop_reason"], "gap_limit")
                path = trace["paths"][0]
                self.assertFalse(path["reached"])
                found = [sorted(answers_of(hop)) for hop in path["hops"]]
                self.assertEqual(found[:6], [[address] for address in chain.hops(family)[:6]])
                self.assertEqual(found[6:], [[]] * 5)

    def test_the_hop_limit(self):
        chain = self.lab.chain(6)
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                trace = self.trace(
                    chain.source, chain.target.address(family), "--method", method, "-m", 4
                )
                self.assertEqual(trace["stop_reason"], "hop_limit")
                found = [sorted(answers_of(hop)) for hop in trace["paths"][0]["hops"]]
                self.assertEqual(found, [[address] for address in chain.hops(family)[:4]])

    def test_a_later_first_hop(self):
        chain = self.lab.chain(6)
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                trace = self.trace(
                    chain.source, chain.target.address(family), "--method", method, "-f", 3
                )
                self.assertEqual(trace["stop_reason"], "completed")
                hops = trace["paths"][0]["hops"]
                self.assertEqual(hops[0]["ttl"], 3)
                found = [sorted(answers_of(hop)) for hop in hops]
                self.assertEqual(found, [[address] for address in chain.hops(family)[2:]])

    def test_attempts(self):
        chain = self.lab.chain(2)
        for family, method in EACH:
            with self.subTest(family=family, method=method):
                trace = self.trace(
                    chain.source, chain.target.address(family), "--method", method, "-q", 7
                )
                self.assert_hops(
                    trace["paths"][0], chain.hops(family), LAST_KIND[method], attempts=7
                )


if __name__ == "__main__":
    unittest.main()
