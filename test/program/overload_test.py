"""More reports than a master can take: some are sent away, none that was acknowledged is lost."""

import threading
import time
import unittest

import node
from reporter import new_trace, post, stored_ids

SENDERS = 24
TRACES = 300  # some 150 KiB


class Sender(threading.Thread):
    """Has one report taken, however often it is sent away."""

    def __init__(self, port, all_there):
        super().__init__(daemon=True)
        self.port, self.all_there = port, all_there
        now = int(time.time() * 1000)
        self.report = [new_trace(now + index) for index in range(TRACES)]
        self.waits = []  # what each refusal said
        self.taken = None

    def run(self):
        self.all_there.wait()
        end = time.monotonic() + 3 * node.PATIENCE
        while time.monotonic() < end:
            answer, body = post(self.port, self.report)
            if answer.status != 503:
                self.taken = answer.status, body.get("accepted")
                return
            self.waits.append(answer.headers["Retry-After"])
            time.sleep(0.1)  # sooner than it was told to


class Overload(node.Case):
    def test_reports_that_are_sent_away_come_again(self):
        _, port = self.start_master("--max-reports", "1", "--max-waiting-reports", "1")
        acknowledged, waits = [], []
        end = time.monotonic() + 3 * node.PATIENCE
        while not waits:  # as long as the master was fast enough for them all
            self.assertLess(time.monotonic(), end, "nobody was sent away")
            all_there = threading.Barrier(SENDERS)
            senders = [Sender(port, all_there) for _ in range(SENDERS)]
            for each in senders:
                each.start()
            for each in senders:
                each.join(6 * node.PATIENCE)
                self.assertEqual(each.taken, (200, TRACES))
                acknowledged += [trace["id"] for trace in each.report]
                waits += each.waits
        self.assertEqual(set(waits), {"1"})
        self.assertEqual(sorted(stored_ids(port)), sorted(acknowledged))
        taken = node.get(port, "/api/v1/status")["reports"]
        self.assertEqual(taken["busy"], len(waits))
        self.assertEqual(taken["accepted"], len(acknowledged))


if __name__ == "__main__":
    unittest.main()
