"""Exit statuses, and what goes to which stream."""

import os
import subprocess
import unittest

import node


class CommandLine(node.Case):
    def test_without_arguments_the_usage_is_an_error(self):
        done = node.run()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertTrue(done.stderr.startswith("usage: dtrace-node COMMAND"))

    def test_help_and_version_go_to_standard_output(self):
        for arguments in (["--help"], ["--version"], ["trace", "--help"], ["probe", "--version"]):
            with self.subTest(arguments):
                done = node.run(*arguments)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("dtrace-node", done.stdout)

    def test_a_wrong_option_is_status_2(self):
        for arguments in (["trace"], ["trace", "--flows", "0", "localhost"], ["fly"],
                          ["probe", "--name", "n1"], ["master", "--prot", "1"]):
            with self.subTest(arguments):
                done = node.run(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertTrue(done.stderr.startswith("dtrace-node"))

    def test_what_cannot_begin_is_status_1(self):
        password = self.write("passwd", "s3cret\n")
        for arguments, reason in (
                (["master", "--db", "/nowhere/x.db"], "--db"),
                (["master", "--db", str(self.folder / "x.db"), "--targets", "/nowhere.json"],
                 "/nowhere.json"),
                (["master", "--log", "/nowhere/x.log"], "/nowhere/x.log"),
                (["probe", "--master", "m", "--insecure", "--name", "n1", "--passwd-file",
                  "/nowhere"],
                 "--passwd-file: /nowhere"),
                (["probe", "--master", "m", "--insecure", "--name", "n1", "--passwd-file",
                  password, "--debug-results", "--outbox", "/proc/nowhere"], "/proc/nowhere"),
                (["probe", "--master", "m", "--insecure", "--name", "n1", "--passwd-file",
                  password, "--debug-results", "--user", "nobody-of-that-name"], "nobody-of-that-name")):
            with self.subTest(arguments):
                done = node.run(*arguments)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(reason, done.stderr)
                self.assertNotIn("s3cret", done.stderr)

    def test_loss_that_cannot_be_looked_for_has_a_status_of_its_own(self):
        find = ["trace", "--find-loss", "-n", "--duration", "1s"]
        for arguments, reason in ((["nowhere.invalid"], "no such host"),
                                  (["--source", "192.0.2.77", "127.0.0.1"], "--source"),
                                  (["--deny", "127.0.0.0/8", "127.0.0.1"], "127.0.0.1")):
            with self.subTest(arguments):
                done = node.run(*find, *arguments)
                self.assertEqual(done.returncode, 4, done.stderr)
                self.assertIn(reason, done.stderr)
        without = ["setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw"]
        done = subprocess.run([*(without if os.geteuid() == 0 else []), node.NODE, *find, "--wire",
                               "raw", "127.0.0.1"], capture_output=True, text=True,
                              timeout=node.PATIENCE)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("CAP_NET_RAW", done.stderr)
        done = node.run(*find, "--clean-below", "0", "127.0.0.1")
        self.assertEqual((done.returncode, done.stdout), (2, ""))

    def test_a_verdict_that_cannot_be_printed_is_none(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([node.NODE, "trace", "--find-loss", "-n", "--duration", "1s",
                                   "127.0.0.1"], stdout=full, stderr=subprocess.PIPE,
                                  timeout=node.PATIENCE)
        self.assertEqual(done.returncode, 4, done.stderr)

    def test_what_cannot_be_printed_is_status_1(self):
        database = str(self.folder / "x.db")
        self.start_master("--db", database)
        for arguments in (["--help"], ["db", "info", "--db", database],
                          ["db", "check", "--db", database], ["user", "list", "--db", database]):
            with self.subTest(arguments), open("/dev/full", "w") as full:
                done = subprocess.run([node.NODE, *arguments], stdout=full, timeout=node.PATIENCE)
                self.assertEqual(done.returncode, 1)

    def test_a_taken_port_is_named(self):
        _, port = self.start_master()
        done = node.run("master", "--listen", "127.0.0.1", "--port", str(port), "--db",
                        str(self.folder / "other.db"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(port), done.stderr.splitlines()[-1])


if __name__ == "__main__":
    unittest.main()
