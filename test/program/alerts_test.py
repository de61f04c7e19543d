"""Alerts from the command line: events that the program itself notices reach a receiver."""

import hashlib
import hmac
import http.server
import json
import os
import signal
import threading
import time
import unittest

import node


class Receiver(http.server.ThreadingHTTPServer):
    """Takes alerts and answers as it is told to."""

    daemon_threads = True

    def __init__(self, port=0):
        self.got = []          # bodies, in the order in which they came
        self.taken = []        # those that were answered 200
        self.status = 200
        self.delay = 0         # seconds before each answer
        self.signatures = []
        super().__init__(("127.0.0.1", port), Hook)
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.shutdown()
        self.server_close()
        self.thread.join()

    def kinds(self):
        return [(alert["kind"], alert["probes"][0]) for alert in self.taken]


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        alert = json.loads(body)
        receiver = self.server
        receiver.got.append(alert)
        receiver.signatures.append((self.headers.get("X-Dtrace-Signature"), body))
        time.sleep(receiver.delay)
        status = receiver.status
        if status == 200:
            receiver.taken.append(alert)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Alerts(node.Case):
    def receiver(self, port=0):
        receiver = Receiver(port)
        self.addCleanup(receiver.close)
        return receiver

    def write_alerts(self, *receivers):
        """Replaced at once, as an editor does."""
        self.write("alerts.new", {"Receivers": list(receivers)})
        os.replace(self.folder / "alerts.new", self.folder / "alerts.json")

    def start(self, name, *arguments, **how):
        if arguments[0] == "master":
            arguments += ("--alerts", "alerts.json", "--probe-patience", "1s")
        return super().start(name, *arguments, **how)

    def ops(self, receiver, **more):
        return {"Name": "ops", "Url": f"http://127.0.0.1:{receiver.server_port}/hook", **more}

    def start_master_again(self):
        (self.folder / "master.log").rename(self.folder / "first.log")
        return self.start_master()

    def probe_for_a_while(self, port, name):
        """A probe that comes, and goes again."""
        probe = self.start_probe(port, name=name)
        node.wait_for(lambda: node.get(port, "/api/v1/probes")["probes"][0]["online"])
        return probe

    def test_a_probe_that_goes_and_comes_back_is_told_of(self):
        receiver = self.receiver()
        self.write("key", "geheim\n")
        self.write_alerts(self.ops(receiver, SecretFile=str(self.folder / "key")))
        master, port = self.start_master("--public-url", "https://dtrace.example.net/")
        probe = self.probe_for_a_while(port, "first")
        probe.stop()
        node.wait_for(lambda: receiver.kinds() == [("probe_offline", "n1")])
        self.probe_for_a_while(port, "second")
        node.wait_for(lambda: receiver.kinds() == [("probe_offline", "n1"), ("probe_online", "n1")])
        gone, back = receiver.taken
        self.assertEqual(gone["text"], "probe n1 is offline")
        self.assertEqual((gone["state"], back["state"]), ("opened", "closed"))
        self.assertEqual(back["closes"], gone["id"])
        self.assertEqual(gone["url"], f"https://dtrace.example.net/#/events?id={gone['id']}")
        for signature, body in receiver.signatures:
            self.assertEqual(signature, "sha256=" + hmac.new(b"geheim", body, hashlib.sha256).hexdigest())
        events = node.get(port, "/api/v1/events?kind=probe_offline")["events"]
        self.assertEqual([event["id"] for event in events], [gone["id"]])
        self.assertNotIn("geheim", master.log())

    def test_nothing_is_lost_while_receiver_and_master_are_away(self):
        receiver = self.receiver()
        receiver.status = 500
        self.write_alerts(self.ops(receiver))
        master, port = self.start_master()
        self.probe_for_a_while(port, "first").stop()
        node.wait_for(lambda: receiver.got)  # answered 500
        master.wait_for_log("an alert was not taken")
        hook = receiver.server_port
        receiver.close()
        probe = self.probe_for_a_while(port, "second")
        node.wait_for(lambda: node.get(port, "/api/v1/events?kind=probe_online")["events"])
        master.stop(signal.SIGKILL)
        probe.stop()
        again = self.receiver(hook)
        _, port = self.start_master_again()
        node.wait_for(lambda: len(again.taken) >= 2)
        self.probe_for_a_while(port, "third").stop()
        node.wait_for(lambda: len(again.taken) >= 3)
        # The probe was there when the master was killed, and it is not told that it came back.
        told = again.kinds()
        self.assertEqual(told[:2], [("probe_offline", "n1"), ("probe_online", "n1")])
        self.assertEqual(told[2], ("probe_offline", "n1"))
        ids = [alert["id"] for alert in again.taken]
        self.assertEqual(len(ids), len(set(ids)), "what was acknowledged came twice")

    def test_a_slow_answer_is_waited_for_at_a_stop(self):
        receiver = self.receiver()
        receiver.delay = 1
        self.write_alerts(self.ops(receiver))
        master, port = self.start_master()
        self.probe_for_a_while(port, "first").stop()
        node.wait_for(lambda: receiver.got)
        self.assertEqual(master.stop()[0], 0)
        self.assertEqual(receiver.kinds(), [("probe_offline", "n1")])
        receiver.delay = 0
        _, port = self.start_master_again()
        self.probe_for_a_while(port, "second")
        node.wait_for(lambda: len(receiver.taken) >= 2)
        self.assertEqual(receiver.kinds(), [("probe_offline", "n1"), ("probe_online", "n1")])

    def test_an_answer_that_never_comes_is_told_again(self):
        receiver = self.receiver()
        receiver.delay = 3
        self.write_alerts(self.ops(receiver, TimeoutSeconds=1))
        _, port = self.start_master()
        self.probe_for_a_while(port, "first").stop()
        node.wait_for(lambda: receiver.got)
        receiver.delay = 0
        node.wait_for(lambda: len(receiver.got) >= 2)
        self.assertEqual(receiver.got[0]["id"], receiver.got[1]["id"])

    def test_the_file_is_read_again_and_a_broken_one_is_not_in_force(self):
        first, second = self.receiver(), self.receiver()
        self.write_alerts(self.ops(first))
        master, port = self.start_master()
        self.write_alerts({"Name": "ops", "Url": "not a url"})
        line = master.wait_for_log("configuration refused")
        self.assertIn("Receivers[0].Url", line)
        self.write_alerts(self.ops(second))
        node.wait_for(lambda: master.log().count("configuration in force") >= 4)
        self.probe_for_a_while(port, "first").stop()
        node.wait_for(lambda: second.kinds() == [("probe_offline", "n1")])
        self.assertEqual(first.got, [])

    def test_a_broken_file_ends_the_start(self):
        file = self.write("broken.json", {"Receivers": [{"Name": "ops"}]})
        done = node.run("master", "--port", "0", "--db", str(self.folder / "x.db"), "--alerts", file)
        self.assertEqual(done.returncode, 1)
        self.assertIn("broken.json: Receivers[0].Url: is required", done.stderr)


if __name__ == "__main__":
    unittest.main()
