"""The systemd units: accepted by systemd, hardened, and installed. DTRACE_NODE is the program."""

import os
import re
import subprocess
import tempfile
import pathlib
import unittest

import tree

NODE = os.environ["DTRACE_NODE"]
BUILD = os.environ["DTRACE_BUILD"]
UNITS = ("dtrace-master", "dtrace-probe")
MOST_EXPOSURE = 2.0


class Units(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def unit(self, name):
        """A copy that starts the program that was built."""
        file = pathlib.Path(self.folder.name) / f"{name}.service"
        content = tree.text(tree.ROOT / "conf" / f"{name}.service")
        file.write_text(content.replace("/usr/bin/dtrace-node", NODE))
        return file

    def test_systemd_accepts_them(self):
        for name in UNITS:
            with self.subTest(name):
                run = subprocess.run(["systemd-analyze", "verify", self.unit(name)],
                                     capture_output=True, text=True)
                self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_they_are_hardened(self):
        for name in UNITS:
            with self.subTest(name):
                run = subprocess.run(
                    ["systemd-analyze", "security", "--offline=true", self.unit(name)],
                    capture_output=True, text=True)
                level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", run.stdout)
                self.assertTrue(level, run.stdout + run.stderr)
                self.assertLessEqual(float(level[1]), MOST_EXPOSURE)

    def test_only_the_probe_has_a_privilege_and_only_one(self):
        def capabilities(name):
            return set(re.findall(r"^\w*(?:Ambient|Bounding)\w*=(.*)$",
                                  tree.text(tree.ROOT / "conf" / f"{name}.service"), re.MULTILINE))
        self.assertEqual(capabilities("dtrace-master"), {""})
        self.assertEqual(capabilities("dtrace-probe"), {"CAP_NET_RAW"})


class Installation(unittest.TestCase):
    def test_everything_is_installed_and_fits_together(self):
        with tempfile.TemporaryDirectory() as stage:
            subprocess.run(["cmake", "--install", BUILD], check=True, capture_output=True,
                           env={**os.environ, "DESTDIR": stage})
            files = {"/" + str(file.relative_to(stage)): file
                     for file in pathlib.Path(stage).rglob("*") if file.is_file()}
            for name in UNITS:
                unit = next(file for path, file in files.items()
                            if path.endswith(f"/lib/systemd/system/{name}.service"))
                program = re.search(r"^ExecStart=(\S+)", unit.read_text(), re.MULTILINE)[1]
                self.assertIn(program, files)
            for end in ("/lib/sysusers.d/dtrace-node.conf", "/LICENSE", "/operations.md",
                        "/examples/master.conf", "/examples/dt-targets.json"):
                self.assertTrue(any(path.endswith(end) for path in files), end)
            users = next(file for path, file in files.items()
                         if path.endswith("sysusers.d/dtrace-node.conf")).read_text()
            for name in UNITS:
                user = re.search(r"^User=(\S+)", tree.text(tree.ROOT / "conf" / f"{name}.service"),
                                 re.MULTILINE)[1]
                self.assertRegex(users, rf"(?m)^u {user} ")


if __name__ == "__main__":
    unittest.main()
