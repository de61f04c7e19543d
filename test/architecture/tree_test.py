"""The rules of the source tree that a program can check (docs/architecture.md)."""

import re
import unittest

import tree

PURE = {"model", "packet", "engine", "analysis", "formats", "sim"}
BEAST = {"src/http/server/beast_server.cpp", "src/http/client/beast_client.cpp", "src/vendor/boost_beast.cpp"}


class Rules(unittest.TestCase):
    def none(self, complaints):
        complaints = list(complaints)
        self.assertFalse(complaints, "\n" + "\n".join(complaints))

    def test_modules_are_declared(self):
        modules = tree.linked_modules()
        folders = {tree.module_of(file) for file in tree.sources()} - {None, "vendor"}
        self.assertLessEqual(folders, set(modules))
        self.assertNotIn("probe", modules["master"])
        self.assertNotIn("master", modules["probe"])

    def test_modules_include_only_what_they_link(self):
        modules = tree.linked_modules()
        complaints = []
        for file in tree.sources():
            module = tree.module_of(file)
            if module not in modules:
                continue
            for _, path in tree.includes(file):
                parts = path.split("/")
                if parts[0] == "dtrace" and parts[1] not in modules[module] | {module}:
                    complaints.append(f"{tree.name(file)}: <{path}>: {module} may not include "
                                      f"{parts[1]}")
        self.none(complaints)

    def test_links_go_down_only(self):
        modules = tree.linked_modules()
        rank = {module: number for number, module in enumerate(modules)}
        self.none(f"{module} links {below}, which stands after it"
                  for module, links in modules.items() for below in links - {"vendor"}
                  if rank[below] >= rank[module])

    def test_private_headers_stay_private(self):
        complaints = []
        for file in tree.sources():
            if tree.module_of(file) is None:
                continue
            home = tree.ROOT / "src" / tree.module_of(file)
            for quote, path in tree.includes(file):
                if quote == '"' and not (home / path).is_file():
                    complaints.append(f'{tree.name(file)}: "{path}": is not in its own module')
        self.none(complaints)

    def test_beast_stays_in_its_files(self):
        self.none(f"{tree.name(file)}: <{path}>" for file in tree.sources()
                  if tree.module_of(file) and tree.name(file) not in BEAST
                  for _, path in tree.includes(file) if path.startswith("boost/beast"))

    def test_boost_json_stays_out_of_headers(self):
        heavy = {"dtrace/json/read.hpp", "dtrace/json/write.hpp", "dtrace/json/reader.hpp"}
        self.none(f"{tree.name(file)}: <{path}>" for file in tree.sources()
                  if tree.module_of(file) not in (None, "json") and file.suffix == ".hpp"
                  for _, path in tree.includes(file)
                  if path.startswith("boost/json") or path in heavy)

    def test_pure_modules_do_no_io(self):
        self.none(f"{tree.name(file)}: <{path}>" for file in tree.sources()
                  if tree.module_of(file) in PURE
                  for _, path in tree.includes(file)
                  if path.startswith("boost/asio") or path in ("thread", "mutex", "future"))

    def test_nothing_is_detached(self):
        words = re.compile(r"asio::detached|\bio(_context)?_?\.stop\(\)")
        self.none(f"{tree.name(file)}: {found[0]}" for file in tree.sources()
                  if tree.module_of(file) for found in [words.search(tree.text(file))] if found)

    def test_no_trap_of_gcc_12(self):
        """It spoils a while with co_await in its condition (evaluates the right side of && whatever
        the left side is, destroys arguments twice), and it destroys an aggregate twice that is made
        among the arguments of an awaited call."""
        inside = r"(?:[^;{}()]|\([^()]*\))*"  # of one pair of parentheses
        traps = re.compile(rf"while \({inside}co_await"
                           r"|co_await [\w.:>-]+\((?:[^;{}()]*, )?\{\s*[^}\s]")
        self.none(f"{tree.name(file)}: {found[0]}" for file in tree.sources()
                  if not tree.name(file).startswith("test/bench")
                  for found in [traps.search(tree.text(file))] if found)

    def test_every_header_is_guarded(self):
        self.none(f"{tree.name(file)}: does not begin with #pragma once"
                  for file in tree.sources()
                  if file.suffix == ".hpp" and not tree.text(file).startswith("#pragma once\n"))

    def test_public_names_keep_their_folder(self):
        self.none(f"{tree.name(file)}: must be in namespace dtrace"
                  for file in tree.tracked("*.hpp")
                  if tree.name(file).startswith("include/") and "namespace dtrace" not in tree.text(file))


class Budgets(unittest.TestCase):
    def test_files(self):
        complaints = []
        for file in tree.sources():
            lines = tree.text(file).count("\n")
            in_test = tree.name(file).startswith("test/")
            limit = 400 if in_test else 150 if file.suffix == ".hpp" else 300
            if lines > limit:
                complaints.append(f"{tree.name(file)}: {lines} lines, at most {limit}")
        self.assertFalse(complaints, "\n" + "\n".join(complaints))

    def test_functions(self):
        complaints = [f"{tree.name(file)}:{line}: {lines} lines, at most 60"
                      for file in tree.sources()
                      if file.suffix == ".cpp" and not tree.name(file).startswith("test/")
                      for line, lines in tree.functions(file) if lines > 60]
        self.assertFalse(complaints, "\n" + "\n".join(complaints))


class StandingAlone(unittest.TestCase):
    """The project names no place on the machine that it was written on."""

    def test_no_paths_of_a_machine(self):
        places = re.compile("|".join(["/wor" + "k/", "/ro" + r"ot/", r"/home/[a-z]", "/tmp/b" + "ash"]))
        complaints = []
        for file in tree.tracked("*"):
            for number, line in enumerate(tree.text(file).splitlines(), 1):
                if places.search(line):
                    complaints.append(f"{tree.name(file)}:{number}: {line.strip()[:100]}")
        self.assertFalse(complaints, "\n" + "\n".join(complaints))


if __name__ == "__main__":
    unittest.main()
