"""What strangers may do to a master: it stays up, keeps its limits, and serves everybody else."""

import base64
import gzip
import json
import os
import resource
import select
import socket
import struct
import time
import unittest

import node
from reporter import new_trace, send

# With sanitizers fewer: those look at each kind of connection, not at their number.
ATTEMPTS = int(os.environ.get("DTRACE_CONNECTIONS",
                              "20000" if os.environ.get("DTRACE_SANITIZE") else "100000"))
MEBIBYTE = 1 << 20
LOGIN = "Authorization: Basic " + base64.b64encode(b"n1:s3cret").decode()
REPORT = f"POST /api/v1/probe/reports HTTP/1.1\r\nHost: x\r\n{LOGIN}\r\n"


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def memory(process):
    """Bytes of it that are in memory."""
    with open(f"/proc/{process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def connect(port, source="127.0.0.1"):
    return socket.create_connection(("127.0.0.1", port), timeout=node.PATIENCE,
                                    source_address=(source, 0))


def status_in(connection):
    """Of the answer; 0: the connection ended without one."""
    connection.settimeout(node.PATIENCE)
    answer = b""
    try:
        while b"\r\n" not in answer:
            part = connection.recv(4096)
            if not part:
                return 0
            answer += part
    except ConnectionResetError:
        return 0
    return int(answer.split()[1])


def pour(connection, piece, size):
    """Sends `piece` again and again, up to `size` bytes; how many the other end let through."""
    sent = 0
    connection.settimeout(node.PATIENCE)
    try:
        while sent < size:
            if select.select([connection], [], [], 0)[0]:
                break  # the answer is there
            sent += connection.send(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass
    return sent


class Hostile(node.Case):
    def refused(self, port, *parts, statuses):
        with connect(port) as connection:
            try:
                for part in parts:
                    connection.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                pass
            self.assertIn(status_in(connection), statuses)
        self.assertEqual(node.status_of(port, "/healthz"), 200)

    def test_a_flood_of_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        sources = [f"127.0.0.{number}" for number in range(2, 52)]
        per_source = 10
        master, port = self.start_master("--max-connections", "1000",
                                         "--max-connections-per-source", str(per_source))
        self.assertEqual(node.status_of(port, "/healthz"), 200)
        before = descriptors(master.process)
        most = 0
        held = []
        now = int(time.time() * 1000)
        for number in range(ATTEMPTS):
            connection = socket.socket()
            connection.bind((sources[number % len(sources)], 0))
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", port))
            held.append(connection)
            if len(held) >= 800:  # more than the sources may have together
                self.leave(held.pop(0), number)
            if number % 1000 == 0:
                most = max(most, descriptors(master.process))
                self.assertEqual(node.status_of(port, "/healthz"), 200)
                self.assertEqual(send(port, [new_trace(now + number)])[0], 200)
        self.assertLessEqual(most, before + len(sources) * per_source + 20)
        self.assertGreater(most, before + per_source)
        for connection in held:
            connection.close()
        node.wait_for(lambda: descriptors(master.process) <= before)
        self.assertEqual(len(node.traces(port)), len(range(0, ATTEMPTS, 1000)))
        self.assertEqual(master.stop()[0], 0)
        self.assertLess(len(master.log().splitlines()), 200, "the flood fills the log")

    @staticmethod
    def leave(connection, number):
        """In one of the ways that strangers have."""
        try:
            if number % 4 == 1:
                connection.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            elif number % 4 == 2:
                connection.send(b"\x16\x03\x01 what is this?\r\n\r\n")
            elif number % 4 == 3:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass  # turned away already
        connection.close()

    def test_slow_ones_hold_up_nobody(self):
        master, port = self.start_master()
        slow = [connect(port, f"127.0.0.{2 + number % 50}") for number in range(400)]
        for number, connection in enumerate(slow):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nX-" if number % 2 else
                               REPORT.encode() + b"Content-Length: 1000\r\n\r\n[")
        begin = time.monotonic()
        # They are cut off though they go on, letter by letter; meanwhile others are served.
        served = 0
        while slow:
            self.assertLess(time.monotonic() - begin, 2 * node.PATIENCE)
            self.assertEqual(node.status_of(port, "/healthz"), 200)
            self.assertEqual(send(port, [new_trace(int(time.time() * 1000))])[0], 200)
            if not select.select(slow, [], [], 0)[0]:
                served += 1  # while all that are left hold on
            for connection in select.select(slow, [], [], 0.2)[0]:
                self.assertIn(status_in(connection), (0, 408))
                connection.close()
                slow.remove(connection)
            for connection in slow:
                try:
                    connection.send(b"a")
                except OSError:
                    pass
        self.assertGreater(served, 0)
        self.assertEqual(master.stop()[0], 0)

    def test_a_gigabyte_is_not_read(self):
        master, port = self.start_master()
        send(port, [new_trace(int(time.time() * 1000))])
        before = memory(master.process)
        piece = bytes(MEBIBYTE)
        ways = {
            "length": (f"{REPORT}Content-Length: {1 << 30}\r\n\r\n", piece),
            "chunks": (f"{REPORT}Transfer-Encoding: chunked\r\n\r\n",
                       f"{len(piece):x}\r\n".encode() + piece + b"\r\n"),
            "one chunk": (f"{REPORT}Transfer-Encoding: chunked\r\n\r\n{1 << 30:x}\r\n", piece),
            "stranger": (f"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: {1 << 30}"
                         "\r\n\r\n", piece),
        }
        for way, (head, part) in ways.items():
            with self.subTest(way), connect(port) as connection:
                connection.sendall(head.encode())
                let_through = pour(connection, part, 1 << 30)
                self.assertIn(status_in(connection), (0, 413))
                self.assertLess(let_through, 64 * MEBIBYTE)
                self.assertEqual(node.status_of(port, "/healthz"), 200)
        self.assertLess(memory(master.process) - before, 64 * MEBIBYTE)

    def test_a_small_body_that_swells(self):
        master, port = self.start_master()
        send(port, [new_trace(int(time.time() * 1000))])
        before = memory(master.process)
        bomb = gzip.compress(bytes(1 << 30), 9)
        self.assertLess(len(bomb), 2 * MEBIBYTE)
        head = f"Content-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
        self.refused(port, REPORT.encode() + head, bomb, statuses=(413,))
        stranger = REPORT.replace(LOGIN, "X: y").encode()
        self.refused(port, stranger + head, bomb, statuses=(401,))
        for _ in range(8):
            self.refused(port, REPORT.encode() + head, bomb, statuses=(413,))
        self.assertLess(memory(master.process) - before, 200 * MEBIBYTE)

    def test_json_without_end(self):
        _, port = self.start_master()
        no_reports = ("[" * 100_000, "[" + "1," * 500_000 + "1]")
        no_traces = ('{"a":' * 100_000, '[{"paths":' * 50_000, '{"' + "a" * MEBIBYTE + '":1}',
                     "1" * MEBIBYTE, json.dumps("\\" * MEBIBYTE))
        for text in no_reports + no_traces:
            head = f"{REPORT}Content-Length: {len(text)}\r\n\r\n"
            self.refused(port, head.encode(), text.encode(),
                         statuses=(400,) if text in no_reports else (200, 400))
        self.assertEqual(node.traces(port), [])

    def test_headers_without_end(self):
        _, port = self.start_master()
        get = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
        self.refused(port, get + b"X: " + b"a" * MEBIBYTE, statuses=(431, 0))
        self.refused(port, get + b"X: y\r\n" * 200 + b"\r\n", statuses=(431,))
        self.refused(port, b"GET /" + b"a" * MEBIBYTE, statuses=(431, 0))
        self.refused(port, get + b"Cookie: " + b"a=b; " * 2000 + b"\r\n\r\n", statuses=(200,))


if __name__ == "__main__":
    unittest.main()
