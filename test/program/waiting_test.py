"""Ten thousand probes that wait in long poll: what each costs, and how soon all hear of a change."""

import json
import os
import resource
import select
import signal
import socket
import time

import node
from hostile_test import LOGIN, connect, memory

WAITING = 10_000
SOURCES = 50

# It was 4,840 bytes. A buffer of 4 kB that is kept while a probe waits would show, and so would a
# second coroutine thread. With sanitizers memory tells nothing.
MOST_BYTES = None if os.environ["DTRACE_SANITIZE"] else 6_000


def processor_time(process):
    """Seconds: what a master that has a processor to itself takes, however busy this machine is."""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Waiting(node.Case):
    def setUp(self):
        super().setUp()
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))

    def wait_in_poll(self, port, count):
        """Connections on which a probe waits for another revision than the one that it has."""
        waiting = []
        for number in range(count):
            one = connect(port, f"127.0.0.{2 + number % SOURCES}")
            self.addCleanup(one.close)
            one.sendall(f"GET /api/v1/probe/assignment?after={self.revision}&wait=60 HTTP/1.1\r\n"
                        f"Host: x\r\n{LOGIN}\r\nUser-Agent: dtrace-node/0\r\n\r\n".encode())
            waiting.append(one)
        return waiting

    def read_revision(self, port):
        with connect(port) as one:
            one.sendall(f"GET /api/v1/probe/assignment HTTP/1.1\r\nHost: x\r\n{LOGIN}\r\n"
                        "Connection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: one.recv(65536), b""))
        return json.loads(answer.split(b"\r\n\r\n", 1)[1])["revision"]

    def test_ten_thousand(self):
        master, port = self.start_master()
        self.revision = self.read_revision(port)
        waiting = self.wait_in_poll(port, 500)  # what is needed once
        before, used = memory(master.process), processor_time(master.process)
        waiting += self.wait_in_poll(port, WAITING)
        self.assertEqual(node.status_of(port, "/healthz"), 200)  # all before it have been read
        each = (memory(master.process) - before) / WAITING
        reading = processor_time(master.process) - used
        if MOST_BYTES:
            self.assertLess(each, MOST_BYTES)

        events = select.epoll()
        self.addCleanup(events.close)
        for one in waiting:
            events.register(one, select.EPOLLIN | select.EPOLLONESHOT)
        self.assertEqual(events.poll(0), [], "nothing has changed yet")
        targets = json.loads((self.folder / "targets.json").read_text())
        targets["IntervalSeconds"] = 77
        begin, used = time.monotonic(), processor_time(master.process)
        self.write("targets.json", targets)
        master.process.send_signal(signal.SIGHUP)
        left = len(waiting)
        while left and time.monotonic() < begin + node.PATIENCE:
            left -= len(events.poll(1))
        self.assertEqual(left, 0)
        # It was half of that.
        self.assertLess(processor_time(master.process) - used, 2 * reading)
        self.assertGreater(self.read_revision(port), self.revision)
