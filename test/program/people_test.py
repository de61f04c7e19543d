"""Logging in, measuring on demand, and the way back in from a shell."""

import base64
import json
import os
import pathlib
import re
import signal
import unittest
import urllib.error
import urllib.request

import node


def call(port, path, body=None, method=None, headers=None):
    """Status, JSON or None, headers."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=node.PATIENCE) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"null"), error.headers


class People(node.Case):
    def start_closed_master(self, probes=("n1",)):
        """A master without --public-read, its port and the password of its first admin."""
        self.write("slaves.json", {"Slaves": [{"Name": name, "Password": "s3cret"}
                                              for name in probes]})
        self.write("targets.json", {"Targets": {}})
        master = self.start("master", "master", "--listen", "127.0.0.1", "--port", "0",
                            "--targets", "targets.json", "--probes", "slaves.json")
        line = master.wait_for_log("master started")
        password = re.search(r"password (\S+)", master.process.stdout.readline())[1]
        self.assertNotIn(password, master.log())
        return master, int(line.split("port=")[1].split()[0]), password

    def start_probe(self, port, name="n1"):
        return self.start(name, "probe", "--master", f"127.0.0.1:{port}", "--name", name,
                          "--outbox", f"outbox-{name}", "--debug-results", "--passwd", "s3cret")

    def log_in(self, port, password, user="admin"):
        return call(port, "/api/v1/session", {"user": user, "password": password})

    def token(self, port, password, role="operator"):
        """A file with a token of this role."""
        status, session, headers = self.log_in(port, password)
        self.assertEqual(status, 200)
        proof = {"Cookie": headers["Set-Cookie"].split(";")[0],
                 "X-CSRF-Token": session["csrf_token"]}
        status, made, _ = call(port, "/api/v1/tokens", {"name": "test", "role": role},
                               headers=proof)
        self.assertEqual(status, 201)
        file = self.write("token", made["token"] + "\n")
        os.chmod(file, 0o600)
        return file

    def test_nothing_is_seen_without_a_login(self):
        _, port, password = self.start_closed_master()
        for path in ("/api/v1/status", "/api/v1/probes", "/api/v1/traces", "/api/v1/users"):
            self.assertEqual(call(port, path)[0], 401, path)
        self.assertEqual(call(port, "/healthz")[0], 200)
        self.assertEqual(self.log_in(port, "guessed it")[0], 401)
        self.assertEqual(self.log_in(port, password)[0], 200)

    def test_the_first_password_is_told_once(self):
        master, port, password = self.start_closed_master()
        status, printed, _ = master.stop()
        self.assertEqual((status, password in printed), (0, False))
        again = self.start("again", "master", "--listen", "127.0.0.1", "--port", str(port))
        again.wait_for_log("master started")
        self.assertEqual(self.log_in(port, password)[0], 200)
        self.assertNotIn("password", again.stop()[1])

    def test_probes_measure_on_demand(self):
        _, port, password = self.start_closed_master()
        probe = self.start_probe(port)
        token = self.token(port, password)
        done = node.run("measure", "--master", f"127.0.0.1:{port}", "--token-file", token,
                        "--from", "n1", "192.0.2.9")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^n1: traceroute to 192\.0\.2\.9 .*\n 1  ")
        done = node.run("measure", "--master", f"127.0.0.1:{port}", "--count", "1", "--json",
                        "--tcp", "192.0.2.9", environment={"DTRACE_TOKEN_FILE": token})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        trace = json.loads(done.stdout)
        self.assertEqual((trace["probe"], trace["method"]), ("n1", "tcp"))
        probe.stop()

    def test_what_was_ordered_outlives_a_killed_master(self):
        master, port, password = self.start_closed_master(probes=("n1", "n2"))
        bearer = {"Authorization": "Bearer " + pathlib.Path(
            self.token(port, password)).read_text().strip()}
        status, run, headers = call(port, "/api/v1/measurements", {
            "once": True, "target": "192.0.2.9", "probes": ["n1", "n2"], "deadline_s": 600},
            headers=bearer)
        self.assertEqual(status, 202)
        path = headers["Location"]
        self.start_probe(port)
        once = call(port, path + "?wait=20&after=0", headers=bearer)[1]["once"]
        self.assertEqual([trace["probe"] for trace in once["traces"]], ["n1"])
        master.process.kill()
        master.process.wait()

        self.start("again", "master", "--listen", "127.0.0.1", "--port", str(port), "--targets",
                   "targets.json", "--probes", "slaves.json").wait_for_log("master started")
        again = call(port, path, headers=bearer)[1]["once"]
        self.assertEqual(again, once)
        self.assertEqual(again["waiting"], ["n2"])
        self.assertEqual(again["deadline"], run["once"]["deadline"])
        self.start_probe(port, "n2")
        done = call(port, path + "?wait=20&after=1", headers=bearer)[1]["once"]
        self.assertEqual(done["state"], "complete")
        self.assertEqual(sorted(trace["probe"] for trace in done["traces"]), ["n1", "n2"])

    def test_who_does_not_answer_is_named(self):
        _, port, password = self.start_closed_master()
        done = node.run("measure", "--master", f"127.0.0.1:{port}", "--token-file",
                        self.token(port, password), "--from", "n1", "--deadline", "1s",
                        "192.0.2.9")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no answer from n1", done.stderr)

    def test_an_order_that_is_given_up_is_taken_back(self):
        _, port, password = self.start_closed_master()
        login = {"Authorization": "Basic " + base64.b64encode(b"n1:s3cret").decode()}

        def ordered():
            assignment = call(port, "/api/v1/probe/assignment", headers=login)[1]
            return len(assignment.get("once", []))
        measure = self.start("measure", "measure", "--master", f"127.0.0.1:{port}", "--token-file",
                             self.token(port, password), "--from", "n1", "192.0.2.9")
        node.wait_for(lambda: ordered() == 1)
        status, printed, errors = measure.stop(signal.SIGINT)
        self.assertEqual((status, printed), (1, ""))
        self.assertIn("cancelled", errors)
        self.assertEqual(ordered(), 0)

    def test_a_refusal_is_said(self):
        _, port, password = self.start_closed_master()
        viewer = self.token(port, password, "viewer")
        for arguments, reason in ((["--from", "n1"], "401"),
                                  (["--from", "n1", "--token-file", viewer], "403")):
            done = node.run("measure", "--master", f"127.0.0.1:{port}", *arguments, "192.0.2.9")
            self.assertEqual(done.returncode, 1)
            self.assertIn(reason, done.stderr)

    def test_a_shell_lets_people_in_again(self):
        master, port, password = self.start_closed_master()
        database = str(self.folder / "dtrace.db")
        done = node.run("user", "list", "--db", database)
        self.assertEqual((done.returncode, done.stdout), (0, "admin     admin\n"))
        done = node.run("user", "passwd", "admin", "--db", database)
        new = re.search(r"password of admin: (\S+)", done.stdout)[1]
        done = node.run("user", "add", "ada", "--role", "viewer", "--db", database,
                        "--passwd-file", self.write("ada", "another one\n"))
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        master.process.send_signal(signal.SIGHUP)
        node.wait_for(lambda: self.log_in(port, "another one", "ada")[0] == 200)
        self.assertEqual(self.log_in(port, new)[0], 200)
        self.assertEqual(self.log_in(port, password)[0], 401)
        self.assertEqual(node.run("user", "remove", "ada", "--db", database).returncode, 0)

    def test_what_a_shell_may_not_do(self):
        self.start_closed_master()
        database = str(self.folder / "dtrace.db")
        for arguments, reason in ((["passwd", "nobody"], "there is no user nobody"),
                                  (["add", "admin"], "there is a user admin"),
                                  (["remove", "nobody"], "there is no user nobody")):
            done = node.run("user", *arguments, "--db", database)
            self.assertEqual(done.returncode, 1)
            self.assertIn(reason, done.stderr)
        nowhere = self.folder / "nowhere.db"
        done = node.run("user", "list", "--db", str(nowhere))
        self.assertEqual((done.returncode, nowhere.exists()), (1, False))
        for arguments in (["fly"], ["add"], ["list", "x"], []):
            self.assertEqual(node.run("user", *arguments).returncode, 2, arguments)


if __name__ == "__main__":
    unittest.main()
