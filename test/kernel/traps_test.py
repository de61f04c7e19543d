"""What must not fool `trace --find-loss`, with real packets. Where it names somebody, it is right."""

import json
import signal
import unittest

from finding import ADDRESS, LossTest, add, change, diamond, link
from lab import PATIENCE
from simulated_test import ipv4_bytes_sent


class Traps(LossTest):
    def names_nobody(self, topology, *options, duration="4s"):
        status, loss, report = self.find(topology, "--duration", duration, *options)
        self.assertEqual((status, loss["verdict"]), (3, "undecided"), loss["summary"])
        self.assertEqual(loss["culprits"], [])
        self.assertTrue(loss["needed"])
        return loss, report

    def is_clean(self, topology):
        status, loss, _ = self.find(topology, "--duration", "3m")
        self.assertEqual((status, loss["verdict"]), (0, "clean"), loss["summary"])
        return loss

    def names(self, topology, *segment):
        status, loss, _ = self.find(topology, "--duration", "3m")
        self.assertEqual(status, 1, loss["summary"])
        self.assertEqual([self.ends(culprit) for culprit in loss["culprits"]],
                         [[[ADDRESS.get(end, end)] for end in segment]], loss["summary"])  # fmt: skip
        return loss["culprits"][0]

    def test_the_last_two_routers_are_half_deaf_alike(self):
        deaf = {"answer_probability": 0.7}
        loss = self.is_clean(diamond(r2=deaf, r3=deaf))
        self.assertEqual({place["place"]["addresses"][0] for place in loss["deaf"]},
                         {ADDRESS["r2"], ADDRESS["r3"]})  # fmt: skip

    def test_the_last_two_routers_limit_their_answers_alike(self):
        limited = {"rate_limit": {"per_second": 100, "burst": 20}}
        loss = self.is_clean(diamond(r2=limited, r3=limited))
        self.assertEqual({place["place"]["addresses"][0] for place in loss["deaf"]},
                         {ADDRESS["r2"], ADDRESS["r3"]})  # fmt: skip

    def test_the_last_router_and_the_target_are_half_deaf_alike(self):
        deaf = {"answer_probability": 0.7}
        loss, _ = self.names_nobody(diamond(r3=deaf, target=deaf))
        self.assertEqual(len(loss["ambiguities"]), 1)

    def test_silent_hops(self):
        silent = {"silent": True}
        self.is_clean(diamond(a=silent, r3=silent))

    def test_links_around_a_silent_hop_are_one_segment(self):
        culprit = self.names(diamond(("b", "r2"), 0.05, b={"silent": True}), "r1", "r2")
        self.assertEqual(len(culprit["links"]), 2)

    def test_a_target_that_does_not_answer(self):
        loss, _ = self.names_nobody(diamond(target={"silent": True}))
        self.assertTrue(any("flows do not reach it" in need for need in loss["needed"]))

    def test_loss_on_the_way_back_from_one_router(self):
        self.is_clean(diamond(b={"answer_loss": 0.2}))

    def test_loss_on_the_way_back_of_everything(self):
        topology = diamond()
        change(topology, ("probe", "r1"), loss_back=0.05)
        loss, _ = self.names_nobody(topology)
        self.assertEqual([suspect["separated"] for suspect in loss["access"]], [False])

    def test_a_lossy_access_link(self):
        loss, _ = self.names_nobody(diamond(("probe", "r1"), 0.05))
        self.assertEqual(len(loss["access"]), 1)

    def test_our_own_host_loses_replies(self):
        # All replies of a round arrive at once while the process is stopped: more than its socket holds.
        whole_round, least_packet = 64 * 5 * 64, 28
        simulation = self.simulate(diamond())
        simulation.probe.ip(f"link set dtsim0 txqueuelen {2 * whole_round}")
        simulation.process.send_signal(signal.SIGSTOP)
        before = ipv4_bytes_sent(simulation.probe)
        options = ("-j", "-m5", "-q64", "--rate", "10000", "-w10s", "--duration", "3m")
        process = simulation.probe.start(self.command(*options))
        self.until(lambda: ipv4_bytes_sent(simulation.probe) - before >= whole_round * least_packet)
        process.send_signal(signal.SIGSTOP)
        simulation.process.send_signal(signal.SIGCONT)
        self.until(lambda: simulation.packets("rx") > 0.9 * whole_round)
        process.send_signal(signal.SIGCONT)
        told, said = process.communicate(timeout=PATIENCE)
        loss = json.loads(told)["loss"]
        self.assertEqual(loss["voided"], 1, said)
        self.assertEqual((process.returncode, loss["verdict"]), (0, "clean"), loss["summary"])

    def test_balancing_by_packet(self):
        self.is_clean(diamond(r1={"balance": "per_packet"}))

    def test_balancing_by_packet_over_a_lossy_branch_accuses_no_single_branch(self):
        topology = diamond(("b", "r2"), 0.2, r1={"balance": "per_packet"})
        _, loss, _ = self.find(topology, "--duration", "5s")
        for culprit in loss["culprits"]:
            for each in culprit["links"]:
                ends = each["from"]["addresses"] + each["to"]["addresses"]
                self.assertGreater(len(ends), 2, loss["summary"])

    def test_a_path_that_changes_in_mid_run(self):
        topology = diamond()
        topology["events"] = [
            {"at_ms": 1500, "links": [{"nodes": ["r1", "a"], "down": True}]},
            {"at_ms": 3000, "links": [{"nodes": ["r1", "a"], "down": False}]}]  # fmt: skip
        _, loss, _ = self.find(topology, "--duration", "5s")
        self.assertEqual(loss["culprits"], [], loss["summary"])

    def test_branches_of_unequal_length(self):
        topology = diamond(("b", "r2"), 0.05)
        add(topology, "a2", "10.0.2.1")
        topology["links"].remove(link("a", "r2"))
        topology["links"] += [link("a", "a2", cost=1), link("a2", "r2", cost=1)]
        for branch in "bcd":
            change(topology, (branch, "r2"), cost=2)
        for branch in "abcd":
            change(topology, ("r1", branch), cost=1)
        self.names(topology, "b", "r2")

    def test_a_loop(self):
        back = [{"to": "198.51.100.0/24", "via": ["r2"]}]
        loss, _ = self.names_nobody(diamond(r3={"routes": back}))
        self.assertTrue(loss["needed"])


if __name__ == "__main__":
    unittest.main()
