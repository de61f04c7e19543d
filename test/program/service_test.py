"""Master and probe as services: signals, notifications, logs, and what survives."""

import os
import resource
import signal
import socket
import unittest

import node


class Manager:
    """The service manager's end of sd_notify(3)."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(node.PATIENCE)

    def close(self):
        self.socket.close()
        os.unlink(self.path)

    def heard(self):
        return self.socket.recv(256).decode()

    def hear(self, state):
        while not (heard := self.heard()).startswith(state):
            pass
        return heard


class Services(node.Case):
    def test_a_database_has_one_master(self):
        master, _ = self.start_master()
        second = ("master", "--listen", "127.0.0.1", "--port", "0", "--db",
                  str(self.folder / "dtrace.db"), "--targets", str(self.folder / "targets.json"),
                  "--probes", str(self.folder / "slaves.json"))
        for command in second, ("demo", "--port", "0", "--db", str(self.folder / "dtrace.db")):
            refused = node.run(*command)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("a master, a demo or db import is at work on it", refused.stderr)
        master.process.kill()
        master.process.wait()
        self.start("second", *second).wait_for_log("master started")

    def test_traces_flow_from_probe_to_api(self):
        master, port = self.start_master(targets=("192.0.2.1", "www.example.net"))
        probe = self.start_probe(port)
        found = node.wait_for(lambda: len(node.traces(port)) >= 4 and node.traces(port))
        self.assertEqual({trace["probe"] for trace in found}, {"n1"})
        self.assertEqual({trace["target"]["host"] for trace in found},
                         {"192.0.2.1", "www.example.net"})
        self.assertEqual(probe.stop()[0], 0)
        self.assertEqual(master.stop(signal.SIGINT)[0], 0)
        self.assertNotIn("s3cret", master.log() + probe.log())
        self.assertFalse((self.folder / "dtrace.db-wal").exists(), "the database was not closed")

    def test_local_probe_prints_its_traces(self):
        master, port = self.start_master("--local-probe", "--debug-results", "--print-traces")
        node.wait_for(lambda: node.traces(port))
        status, printed, _ = master.stop()
        self.assertEqual(status, 0)
        self.assertRegex(printed, r"traceroute to 192\.0\.2\.1 .*\n 1  ")

    def test_nothing_is_lost_while_the_master_is_away(self):
        master, port = self.start_master("--db", "kept.db")
        probe = self.start_probe(port)
        node.wait_for(lambda: node.traces(port))
        master.process.kill()
        master.process.wait()
        probe.wait_for_log("master")
        again = self.start("again", "master", "--listen", "127.0.0.1", "--port", str(port),
                           "--targets", "targets.json", "--probes", "slaves.json",
                           "--public-read", "--db", "kept.db")
        again.wait_for_log("master started")
        before = len(node.traces(port))
        node.wait_for(lambda: len(node.traces(port)) > before)
        found = node.traces(port)
        self.assertEqual(len({trace["id"] for trace in found}), len(found))

    def test_a_service_manager_hears_of_every_state(self):
        for start in (self.start_master_with, self.start_probe_with):
            with self.subTest(start):
                manager = Manager(self.folder)
                running = start({"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "300000"})
                manager.hear("READY=1")
                manager.hear("WATCHDOG=1")
                running.process.send_signal(signal.SIGHUP)
                manager.hear("RELOADING=1")
                manager.hear("READY=1")
                running.process.send_signal(signal.SIGTERM)
                manager.hear("STOPPING=1")
                self.assertEqual(running.stop()[0], 0)
                manager.close()

    def start_master_with(self, environment):
        return self.start("notified", "master", "--listen", "127.0.0.1", "--port", "0",
                          environment=environment)

    def start_probe_with(self, environment):
        return self.start_probe(9, environment=environment)  # nobody listens there

    def test_sighup_reads_files_again_and_opens_logs_again(self):
        master, port = self.start_master()
        self.assertEqual(len(node.get(port, "/api/v1/measurements")["measurements"]), 1)
        master.log_file.rename(self.folder / "master.log.1")
        self.write("targets.json", {"Targets": {}})
        master.process.send_signal(signal.SIGHUP)
        node.wait_for(lambda: not node.get(port, "/api/v1/measurements")["measurements"])
        master.wait_for_log("configuration")
        self.assertIn("path=\"/api/v1/measurements\"", (self.folder / "access.log").read_text())

    def test_connections_are_not_bounded_by_the_shell(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        master, _ = self.start_master("--max-connections", "1000")
        self.assertEqual(resource.prlimit(master.process.pid, resource.RLIMIT_NOFILE)[0],
                         min(1256, hard))

    def test_a_second_signal_does_not_wait(self):
        master, _ = self.start_master("--local-probe", "--debug-results")
        master.process.send_signal(signal.SIGINT)
        self.assertEqual(master.stop(signal.SIGINT)[0], 0)

    def test_a_wrong_password_is_said_and_not_fatal(self):
        master, port = self.start_master()
        probe = self.start("wrong", "probe", "--master", f"127.0.0.1:{port}", "--name", "n1",
                           "--outbox", "outbox", "--debug-results", "--passwd", "guess")
        line = node.wait_for(lambda: next((each for each in probe.log().splitlines()
                                           if " warn " in each or " error " in each), None))
        self.assertNotIn("guess", line)
        self.assertEqual(probe.stop()[0], 0)
        self.assertNotIn("guess", master.log())


if __name__ == "__main__":
    unittest.main()
