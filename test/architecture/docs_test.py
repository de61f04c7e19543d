"""The documentation and the program say the same. DTRACE_NODE is the program's path."""

import json
import os
import re
import subprocess
import unittest

import tree

NODE = os.environ["DTRACE_NODE"]
COMMANDS = ("trace", "master", "probe", "demo", "measure", "user", "db")
SENDERS = ("trace", "master", "probe")


def helped(command):
    """The long options that `dtrace-node COMMAND --help` lists."""
    shown = subprocess.run([NODE, command, "--help"], capture_output=True, text=True, check=True)
    return set(re.findall(r"^  (?:-., |    )--([a-z0-9-]+)", shown.stdout, re.MULTILINE))


def documented(command):
    """The options in the tables of docs/configuration.md below the command's heading."""
    sections = re.split(r"^## ", tree.text(tree.ROOT / "docs/configuration.md"), flags=re.MULTILINE)
    options = set()
    for section in sections:
        title = section.splitlines()[0]
        sends = title == "Sending" and command in SENDERS
        if title in ("Every command", f"dtrace-node {command}") or sends:
            options |= set(re.findall(r"^\| `--([a-z0-9-]+)", section, re.MULTILINE))
    return options


class Configuration(unittest.TestCase):
    def test_every_option_is_documented_and_no_other(self):
        for command in COMMANDS:
            with self.subTest(command):
                self.assertEqual(documented(command), helped(command))

    def test_sample_files_are_accepted(self):
        for command, file in (("master", "master.conf"), ("probe", "probe.conf")):
            with self.subTest(file):
                # A wrong rate on the command line fails after the file was read and accepted.
                run = subprocess.run([NODE, command, "--config", tree.ROOT / "conf" / file,
                                      "--rate", "0"], capture_output=True, text=True)
                self.assertEqual(run.returncode, 2)
                self.assertIn("--rate '0'", run.stderr)

    def test_sample_lists_are_json(self):
        for file in tree.tracked("conf/*.json"):
            with self.subTest(tree.name(file)):
                json.loads(tree.text(file))


class Pages(unittest.TestCase):
    def test_links_lead_somewhere(self):
        complaints = []
        for page in tree.tracked("*.md"):
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", tree.text(page)):
                if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                    complaints.append(f"{tree.name(page)}: {target}")
        self.assertFalse(complaints, complaints)

    def test_the_glossary_has_the_words_of_the_model(self):
        glossary = tree.text(tree.ROOT / "docs/glossary.md").lower()
        for word in ("probe", "packet", "flow", "reply", "hop", "path", "link", "round", "trace",
                     "stop reason", "measurement", "assignment", "report", "culprit"):
            self.assertIn(f"| **{word}**", glossary)

    def test_required_pages_exist(self):
        for page in ("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
                     "docs/architecture.md", "docs/probing.md", "docs/api.md",
                     "docs/configuration.md", "docs/operations.md", "docs/testing.md",
                     "docs/glossary.md"):
            self.assertTrue((tree.ROOT / page).is_file(), page)


if __name__ == "__main__":
    unittest.main()
