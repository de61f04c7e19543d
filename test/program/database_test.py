"""dtrace-node db, from the command line."""

import json
import sqlite3
import unittest

import node

OLD = """
CREATE TABLE t_Traceroutes (strTracerouteId TEXT PRIMARY KEY, strSlaveId TEXT NOT NULL,
    strTargetId TEXT NOT NULL, dtStart INTEGER NOT NULL, strAnnotations TEXT);
CREATE TABLE t_Hops (strHopId TEXT PRIMARY KEY, strTracerouteId INTEGER NOT NULL,
    nHopIndex INTEGER NOT NULL, strHopIPAddress TEXT, strHopDNSName TEXT, dDurationSec INTEGER,
    strPreviousHopId INTEGER, strAnnotations TEXT);
CREATE TABLE t_Targets (strTargetId TEXT PRIMARY KEY, strDescription TEXT UNIQUE,
    strDestination TEXT NOT NULL, nRetries INTEGER NOT NULL, nMaxHops INTEGER NOT NULL,
    nTimeoutMSec INTEGER NOT NULL);
CREATE TABLE t_Slaves (strSlaveId TEXT PRIMARY KEY, strSlaveName TEXT NOT NULL UNIQUE,
    strSlaveSecret TEXT NOT NULL);
INSERT INTO t_Slaves VALUES ('5acb3676-6c21-43eb-bc16-d26709aa0439', 'slave1', '1234');
INSERT INTO t_Targets VALUES ('a1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8', 'Chain', '10.77.4.2', 1, 30,
    500);
INSERT INTO t_Traceroutes VALUES ('0003ee55-29b0-4dfd-8698-c34c38f6702b',
    '5acb3676-6c21-43eb-bc16-d26709aa0439', 'a1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8',
    '2019-11-22T13:29:01Z', '');
INSERT INTO t_Hops VALUES ('h1', '0003ee55-29b0-4dfd-8698-c34c38f6702b', 1, '10.77.4.2', '',
    9.0e-05, NULL, NULL);
"""


class Database(node.Case):
    def db(self, action, *arguments, status=0):
        done = node.run("db", action, "--db", str(self.folder / "dtrace.db"), *arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def old_database(self):
        file = self.folder / "old.db"
        connection = sqlite3.connect(file)
        connection.executescript(OLD)
        connection.close()
        return str(file)

    def test_an_old_database_is_taken_over_once(self):
        probes, targets = self.folder / "p.json", self.folder / "t.json"
        old = self.old_database()
        said = self.db("import", "--dist-traceroute", old, "--write-probes", str(probes),
                       "--write-targets", str(targets))
        self.assertTrue(said.startswith("1 traces taken over, 0 known already"), said)
        said = self.db("import", "--dist-traceroute", old)
        self.assertTrue(said.startswith("0 traces taken over, 1 known already"), said)
        self.assertEqual(json.loads(probes.read_text())["Slaves"][0]["Name"], "slave1")
        self.assertEqual(probes.stat().st_mode & 0o777, 0o600)
        self.start("master", "master", "--listen", "127.0.0.1", "--port", "0", "--probes", probes,
                   "--targets", targets).wait_for_log("master started")

    def test_what_a_master_would_refuse_is_left_out_and_named(self):
        old = self.old_database()
        connection = sqlite3.connect(old)
        connection.executescript("""
            INSERT INTO t_Slaves VALUES ('s2', 'a:b', '1234'), ('s3', 'slave3', '');
            INSERT INTO t_Slaves VALUES ('s4', CAST(x'6DFC' AS TEXT), '1234');
            INSERT INTO t_Targets VALUES
                ('00000000-0000-0000-0000-000000000000', 'Zero', '10.77.4.3', 1, 30, 500),
                ('b1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8', 'Gone', '192.0.2.300', 1, 30, 500),
                ('A1D7B91A-8CF6-45DA-A85C-B1BC1FEC2DC8', 'Twice', '10.77.4.2', 1, 30, 500);""")
        connection.commit()
        connection.close()
        probes, targets = self.folder / "p.json", self.folder / "t.json"
        done = node.run("db", "import", "--db", str(self.folder / "dtrace.db"),
                        "--dist-traceroute", old, "--write-probes", str(probes),
                        "--write-targets", str(targets))
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in ('slave "a:b": Name: must not contain a colon',
                     'slave "slave3": Password: must not be empty',
                     ': its name, address or password is not UTF-8',
                     'target "Zero": the key must not be the zero UUID',
                     'target "Gone": Address: must be an IP address or a DNS name',
                     'another one has the same name or id'):
            self.assertIn(line, done.stderr)
        self.assertEqual([slave["Name"] for slave in json.loads(probes.read_text())["Slaves"]],
                         ["slave1"])
        self.assertEqual(len(json.loads(targets.read_text())["Targets"]), 1)
        self.start("master", "master", "--listen", "127.0.0.1", "--port", "0", "--probes", probes,
                   "--targets", targets).wait_for_log("master started")

    def test_a_master_at_work_is_copied_and_checked(self):
        master, _ = self.start_master("--local-probe", "--debug-results")
        node.wait_for(lambda: "traces  0" not in self.db("info"))
        copy = str(self.folder / "copy.db")
        self.db("backup", "--to", copy)
        self.assertIn("sound", self.db("check"))
        self.assertIn("a master, a demo or db import is at work on it",
                      self.db("import", "--dist-traceroute", self.old_database(), "--write-probes",
                              str(self.folder / "slaves-to-be.json"), status=1))
        self.assertFalse((self.folder / "slaves-to-be.json").exists())
        master.stop()
        self.assertIn("is there already", self.db("backup", "--to", copy, status=1))
        self.assertIn("trace ", self.db("info"))

    def test_a_damaged_log_is_told_and_kept(self):
        master, _ = self.start_master("--local-probe", "--debug-results")
        node.wait_for(lambda: "traces  0" not in self.db("info"))
        master.process.kill()
        master.process.wait()
        database, log = self.folder / "dtrace.db", self.folder / "dtrace.db-wal"
        as_killed = {file: file.read_bytes() for file in (database, log)}
        as_killed[log] = bytes(4096) + as_killed[log][4096:]
        copy = str(self.folder / "copy.db")
        for arguments, status in ((("db", "info"), 0), (("db", "check"), 1),
                                  (("db", "backup", "--to", copy), 0), (("user", "list"), 0)):
            for ending in ("-shm", "-wal.damaged"):
                (self.folder / f"dtrace.db{ending}").unlink(missing_ok=True)
            for file, content in as_killed.items():
                file.write_bytes(content)
            with self.subTest(arguments):
                done = node.run(*arguments, "--db", str(database))
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn("commits in its write-ahead log cannot be read",
                              done.stdout if status else done.stderr)
                kept = self.folder / "dtrace.db-wal.damaged"
                self.assertEqual(kept.read_bytes(), as_killed[log])

    def test_what_is_missing_is_said(self):
        self.assertIn("there is no such file", self.db("info", status=1))
        self.assertIn("--to is missing", self.db("backup", status=2))
        self.assertIn("one of info, check, backup, import", self.db("nonsense", status=2))


if __name__ == "__main__":
    unittest.main()
