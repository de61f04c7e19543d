"""Networks of addresses from MMDB files, as the user meets them."""

import json
import os
import signal
import unittest

import mmdb
import node


class AddressDatabases(node.Case):
    def database(self, blocks, name="asn.mmdb"):
        """Written beside its name first, as a tool that renews it does."""
        new = self.folder / (name + ".new")
        new.write_bytes(mmdb.networks(blocks))
        return new.rename(self.folder / name)

    def trace(self, *arguments):
        return node.run("trace", "-n", "-q", "1", "-m", "1", *arguments, "127.0.0.1")

    def test_a_trace_shows_the_network_of_each_address(self):
        file = self.database({"127.0.0.0/8": (64500, "Example")})
        done = self.trace("--asn-db", str(file))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(" 1  127.0.0.1 [AS64500]  ", done.stdout)
        trace = json.loads(self.trace("--asn-db", str(file), "--json").stdout)
        self.assertEqual(trace["addresses"], [{"address": "127.0.0.1", "info": {
            "asn": 64500, "organisation": "Example"}}])
        self.assertEqual(trace["target"]["host"], "127.0.0.1")

    def test_what_is_not_in_the_file_is_not_shown(self):
        file = self.database({"192.0.2.0/24": (64500, "Example")})
        done = self.trace("--asn-db", str(file))
        self.assertIn(" 1  127.0.0.1  ", done.stdout)
        self.assertNotIn("AS", done.stdout)
        self.assertEqual(json.loads(self.trace("--asn-db", str(file), "-j").stdout)["addresses"], [])
        self.assertNotIn("addresses", json.loads(self.trace("-j").stdout))

    def test_a_file_that_cannot_be_used_ends_the_start(self):
        file = self.database({"192.0.2.0/24": (64500, "Example")})
        file.write_bytes(file.read_bytes()[:-40])
        database = str(self.folder / "x.db")
        for command in (["trace", "127.0.0.1"], ["master", "--port", "0", "--db", database]):
            with self.subTest(command):
                done = node.run(*command, "--asn-db", "/nowhere.mmdb")
                self.assertEqual(done.returncode, 1)
                self.assertIn("--asn-db: /nowhere.mmdb: No such file", done.stderr)
                done = node.run(*command, "--asn-db", str(file))
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"--asn-db: {file}: is no MMDB file, or a damaged one", done.stderr)

    def known(self, port):
        answer = node.get(port, "/api/v1/addresses?address=192.0.2.1,192.0.3.1")
        return [each.get("info", {}).get("asn") for each in answer["addresses"]]

    def test_a_master_reads_a_replaced_file_again(self):
        self.database({"192.0.2.0/24": (64500, "Example")})
        arguments = ["--asn-db", str(self.folder / "asn.mmdb")]
        if os.geteuid() == 0:  # after privileges are gone it still reads
            self.folder.chmod(0o777)
            arguments += ["--user", "nobody"]
        master, port = self.start_master(*arguments)
        self.assertEqual(self.known(port), [64500, None])
        self.database({"192.0.2.0/24": (64501, "Other"), "192.0.3.0/24": (64502, "More")})
        node.wait_for(lambda: self.known(port) == [64501, 64502])
        (self.folder / "asn.mmdb").write_bytes(b"")
        master.wait_for_log("database of addresses refused")
        self.assertEqual(self.known(port), [64501, 64502])
        master.process.send_signal(signal.SIGHUP)
        node.wait_for(lambda: master.log().count("database of addresses refused") >= 2)


if __name__ == "__main__":
    unittest.main()
