"""`trace --find-loss` against a simulated Internet whose lossy link is known."""

import json
import signal
import unittest

from finding import ADDRESS, BRANCHES, TARGET, LossTest, diamond
from lab import PATIENCE
from tracing import binary


class FindLoss(LossTest):
    def test_a_lossy_branch_is_named(self):
        status, loss, report = self.find(diamond(("b", "r2"), 0.05), "--duration", "3m")
        self.assertEqual((status, loss["verdict"]), (1, "culprit"), loss["summary"])
        self.assertEqual(len(loss["culprits"]), 1, loss["summary"])
        culprit = loss["culprits"][0]
        self.assertEqual(culprit["segment"]["from"]["addresses"], [ADDRESS["b"]])
        self.assertEqual(culprit["segment"]["to"]["addresses"], [ADDRESS["r2"]])
        # The truth is outside of the interval in one of twenty runs: of one twice as wide, in one
        # of ten thousand.
        estimate = culprit["loss"]["estimate"]
        self.assertLess(2 * culprit["loss"]["low"] - estimate, 0.05)
        self.assertGreater(2 * culprit["loss"]["high"] - estimate, 0.05)
        # It stopped when it was sure, and did not use up its time.
        self.assertLess(report["took_us"], 120_000_000)

    def test_a_clean_network_is_clean(self):
        status, loss, report = self.find(diamond(), "--duration", "3m")
        self.assertEqual((status, loss["verdict"]), (0, "clean"), loss["summary"])
        self.assertLessEqual(loss["bound"], 0.01)
        self.assertEqual(loss["culprits"], [])
        self.assertEqual(len(report["flows"]), 64)
        self.assertLess(report["took_us"], 120_000_000)

    def test_routers_that_limit_or_lose_their_answers_are_no_culprits(self):
        status, loss, _ = self.find(
            diamond(r2={"rate_limit": {"per_second": 100, "burst": 20}}, r3={"answer_loss": 0.3},
                    b={"answer_loss": 0.2}),
            "--duration", "3m")  # fmt: skip
        self.assertEqual((status, loss["verdict"]), (0, "clean"), loss["summary"])
        deaf = {place["place"]["addresses"][0] for place in loss["deaf"]}
        self.assertEqual(deaf, {ADDRESS["r2"], ADDRESS["r3"], ADDRESS["b"]})

    def test_a_target_that_limits_its_answers_leaves_it_undecided(self):
        status, loss, _ = self.find(
            diamond(target={"rate_limit": {"per_second": 5, "burst": 6}}), "--duration", "3s")
        self.assertEqual((status, loss["verdict"]), (3, "undecided"), loss["summary"])
        self.assertEqual(loss["culprits"], [])
        self.assertTrue(loss["needed"])

    def test_an_interrupt_ends_it_with_the_verdict_so_far(self):
        simulation = self.simulate(diamond(target={"answer_loss": 0.5}))
        process = simulation.probe.start(self.command("--duration", "10m", "-w", "100ms"))
        self.assertRegex(process.stderr.readline(), r"\d rounds?, \d+ packets; undecided")
        process.send_signal(signal.SIGINT)
        told, said = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 3, said)
        self.assertTrue(told.startswith("undecided: "), told)
        self.assertIn("needed: ", told)

    def test_evidence_in_the_form_of_fbtracert(self):
        simulation = self.simulate(diamond(("r1", "c"), 0.1))
        done = simulation.probe.run(self.command("--format", "fbtracert", "-w", "100ms", "--all"))
        self.assertEqual(done.returncode, 1, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(set(told), {"Paths", "Sent", "Rcvd"})
        self.assertEqual(len(told["Paths"]), 64)
        lost = {branch: 0 for branch in BRANCHES}
        for port, path in told["Paths"].items():
            self.assertEqual(path[0], ADDRESS["r1"])
            self.assertEqual(path[-1], TARGET)
            self.assertEqual(len(path), len(told["Sent"][port]))
            branch = next(name for name in BRANCHES if ADDRESS[name] == path[1])
            lost[branch] += told["Sent"][port][-1] - told["Rcvd"][port][-1]
        self.assertGreater(lost.pop("c"), 0)
        self.assertEqual(set(lost.values()), {0})


if __name__ == "__main__":
    unittest.main()
