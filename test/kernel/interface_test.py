"""`--interface` and `--source-port`: the ways and flows that somebody chose."""

from tracing import FAMILIES, KernelTest, answers_of, trace_command


class InterfaceTest(KernelTest):
    def two_ways(self):
        """source – left or right – target; the routes take the left."""
        lab = self.lab
        source, left, right, target = (lab.node(name) for name in ("source", "left", "right", "target"))
        for ends in ((source, left), (source, right), (left, target), (right, target)):
            lab.link(*ends)
        lab.route()
        there = left.links[1]
        for family in FAMILIES:
            source.ip(f"route add {there.network(family)} via {right.address(family)} metric 4096")
        return source, left, right, target

    def test_packets_leave_by_the_interface_that_is_named(self):
        source, left, right, target = self.two_ways()
        for family in FAMILIES:
            to = target.address(family)
            for wire in ("raw", "packet", "unprivileged"):
                for way in (left, right):
                    with self.subTest(family=family, wire=wire, way=way.name):
                        name = way.links[0].interface()
                        trace = self.trace(source, to, "-i", name, "--wire", wire)
                        self.assertEqual(trace["source"], way.links[0].address(source, family))
                        first, last = trace["paths"][0]["hops"]
                        self.assertEqual(answers_of(first), {way.address(family)})
                        self.assertTrue(trace["paths"][0]["reached"], last)

    def test_no_way_through_it_is_said(self):
        chain = self.lab.chain(1)
        done = chain.source.run(trace_command(chain.target.address(4), "-i", "eth77"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("--interface: this host has no interface 'eth77', it has lo, e1", done.stderr)

    def test_a_path_is_taken_again_by_its_source_port(self):
        diamond = self.lab.diamond(4)
        target = diamond.target.address(4)
        seen = {
            path["source_port"]: [answers_of(hop) for hop in path["hops"]]
            for path in self.trace(diamond.source, target, "--flows", 16)["paths"]
        }
        self.assertGreater(len({str(hops) for hops in seen.values()}), 1)
        for port in list(seen)[::4]:
            (path,) = self.trace(diamond.source, target, "--source-port", port)["paths"]
            self.assertEqual(path["source_port"], port)
            self.assertEqual([answers_of(hop) for hop in path["hops"]], seen[port])
