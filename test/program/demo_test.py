"""`dtrace-node demo`: everything in one process, without a privilege or a network."""

import re
import signal
import subprocess
import tempfile
import unittest
import urllib.request

import node


class Demo(unittest.TestCase):
    def test_probes_measure_and_all_is_gone_at_the_end(self):
        with tempfile.TemporaryDirectory() as folder:
            # At this pace the outage, in which traces end early, begins after 90 s.
            demo = subprocess.Popen([node.NODE, "demo", "--port", "0", "--pace", "2"], text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    env={**node.os.environ, "TMPDIR": folder})
            try:
                greeting = [demo.stdout.readline() for _ in range(3)]
                port = re.search(r"http://127\.0\.0\.1:(\d+)/", greeting[1])[1]
                pairs = {(probe, f"{host}.shop.example") for probe in ("berlin", "london", "new-york")
                         for host in ("www", "api", "ns")}

                def measured():
                    found = node.traces(port)
                    return pairs <= {(each["probe"], each["target"]["host"]) for each in found} and found
                found = node.wait_for(measured)
                self.assertEqual({(each["probe"], each["target"]["host"]) for each in found}, pairs)
                self.assertEqual({trace["stop_reason"] for trace in found}, {"completed"})
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                    self.assertEqual(answer.status, 200)
            finally:
                demo.send_signal(signal.SIGTERM)
                _, errors = demo.communicate(timeout=node.PATIENCE)
            self.assertEqual((demo.returncode, errors), (0, ""))
            self.assertEqual(node.os.listdir(folder), [])

    def test_wrong_options_are_refused(self):
        for arguments, words in ((["--pace", "0"], "--pace '0'"), (["--listen", "here"], "--listen 'here'")):
            with self.subTest(words):
                refused = node.run("demo", *arguments)
                self.assertEqual(refused.returncode, 2)
                self.assertIn(words, refused.stderr)


if __name__ == "__main__":
    unittest.main()
