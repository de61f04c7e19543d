"""TLS from the command line: certificates are made by the openssl command."""

import json
import os
import pathlib
import signal
import ssl
import subprocess
import unittest
import urllib.error
import urllib.request

import node


def listening_ports(pid):
    """Those of a process's IPv4 sockets."""
    links = " ".join(os.path.realpath(link) for link in pathlib.Path(f"/proc/{pid}/fd").iterdir())
    rows = [row.split() for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows
            if row[3] == "0A" and f"socket:[{row[9]}]" in links}


class Tls(node.Case):
    def certificate(self, name="master"):
        """Makes NAME.pem and NAME.key, signed by itself."""
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext",
             "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key", "-out", f"{name}.pem"],
            cwd=self.folder, check=True, capture_output=True)
        return self.folder / f"{name}.pem"

    def get(self, port, certificate, path="/api/v1/traces", **limits):
        context = ssl.create_default_context(cafile=certificate)
        for name, value in limits.items():
            setattr(context, name, value)
        if limits:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with urllib.request.urlopen(f"https://127.0.0.1:{port}{path}", context=context,
                                    timeout=node.PATIENCE) as answer:
            return json.load(answer), dict(answer.headers)

    def start_probe(self, port, *arguments):
        self.write("passwd", "s3cret\n")
        return self.start("probe", "probe", "--master", f"https://127.0.0.1:{port}", "--name", "n1",
                          "--passwd-file", "passwd", "--debug-results", "--outbox", "outbox",
                          *arguments)

    def test_a_probe_reports_over_tls(self):
        certificate = self.certificate()
        _, port = self.start_master("--tls-cert", "master.pem", "--tls-key", "master.key")
        self.start_probe(port, "--ca", "master.pem")
        node.wait_for(lambda: self.get(port, certificate)[0]["traces"])
        headers = self.get(port, certificate)[1]
        for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options"):
            self.assertIn(name, headers)

    def test_a_probe_says_why_it_does_not_trust(self):
        self.certificate()
        self.certificate("other")
        _, port = self.start_master("--tls-cert", "master.pem", "--tls-key", "master.key")
        probe = self.start_probe(port, "--ca", "other.pem")
        probe.wait_for_log("the certificate is not trusted")

    def test_a_local_probe_needs_no_trust(self):
        certificate = self.certificate()
        master, port = self.start_master("--tls-cert", "master.pem", "--tls-key", "master.key",
                                         "--local-probe", "--debug-results")
        node.wait_for(lambda: self.get(port, certificate)[0]["traces"])
        # What it has instead of TLS is of no use to others of this host.
        clear = listening_ports(master.process.pid) - {port}
        self.assertEqual(len(clear), 1)
        self.assertEqual(node.status_of(*clear, "/api/v1/probe/assignment"), 401)
        for path in ("/", "/api/v1/traces", "/api/v1/session", "/slave/config"):
            self.assertEqual(node.status_of(*clear, path), 404)

    def test_old_protocols_are_refused(self):
        certificate = self.certificate()
        _, port = self.start_master("--tls-cert", "master.pem", "--tls-key", "master.key")
        with self.assertRaises(urllib.error.URLError):
            self.get(port, certificate, minimum_version=ssl.TLSVersion.TLSv1,
                     maximum_version=ssl.TLSVersion.TLSv1_1)
        self.get(port, certificate, maximum_version=ssl.TLSVersion.TLSv1_2)

    def test_a_renewed_certificate_is_taken_by_itself(self):
        self.certificate()
        master, port = self.start_master("--tls-cert", "master.pem", "--tls-key", "master.key")
        renewed = self.certificate()
        master.wait_for_log("certificate loaded")
        self.get(port, renewed)
        self.write("master.pem", "garbage")
        master.wait_for_log("certificate refused")
        master.process.send_signal(signal.SIGHUP)
        node.wait_for(lambda: master.log().count("certificate refused") >= 2)

    def test_wrong_files_end_the_start(self):
        self.certificate()
        done = node.run("master", "--port", "0", "--db", str(self.folder / "x.db"), "--tls-cert",
                        str(self.folder / "master.pem"), "--tls-key", "/nowhere.key")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nowhere.key: No such file", done.stderr)


if __name__ == "__main__":
    unittest.main()
