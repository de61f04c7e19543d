"""A client that sends reports as a probe does, and remembers what was acknowledged."""

import base64
import http.client
import json
import random
import threading
import time
import uuid

import node

MEASUREMENT = "5a0c4a9e-2f5c-4c54-9f0e-000000000000"  # the first of node.Case.start_master's


def new_trace(started):
    """A short trace of probe n1 that began `started` milliseconds after 1970."""
    identity = uuid.UUID(int=(started << 80) | (7 << 76) | (random.getrandbits(12) << 64)
                         | (2 << 62) | random.getrandbits(62))
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(started // 1000))
    return {"id": str(identity), "probe": "n1",
            "measurement": {"id": MEASUREMENT, "name": "192.0.2.1"},
            "target": {"host": "192.0.2.1", "address": "192.0.2.1"},
            "source": "127.0.0.1", "method": "udp", "started_at": f"{at}.{started % 1000:03}000Z",
            "took_us": 900, "stop_reason": "completed", "packets": {"sent": 1, "answered": 1},
            "paths": [{"flow": 0, "source_port": 24000, "destination_port": 33434, "reached": True,
                       "hops": [{"ttl": 1, "sent": 1, "answers": [
                           {"from": "192.0.2.1", "kind": "port_unreachable",
                            "rtt_us": random.randrange(100, 900), "reply_ttl": 64}]}]}]}


def post(port, report):
    """The master's answer and its body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=node.PATIENCE)
    try:
        connection.request("POST", "/api/v1/probe/reports", json.dumps(report), {
            "Authorization": "Basic " + base64.b64encode(b"n1:s3cret").decode(),
            "Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer, json.loads(answer.read())
    finally:
        connection.close()


def send(port, report):
    """Status and body of the master's answer."""
    answer, body = post(port, report)
    return answer.status, body


class Reporter(threading.Thread):
    """Sends one report after the other, each until it is acknowledged."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port = port
        self.sent = set()
        self.acknowledged = set()
        self.fault = None
        self.stopping = threading.Event()

    def run(self):
        report = self.next_report()
        while not self.stopping.is_set():
            try:
                status, body = send(self.port, report)
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)  # the master is away, or was killed while it answered
                continue
            if status != 200 or body["accepted"] + body["known"] != len(report):
                self.fault = f"{status} {body}"
                return
            self.acknowledged |= {trace["id"] for trace in report}
            report = self.next_report()

    def next_report(self):
        now = int(time.time() * 1000)
        report = [new_trace(now + index) for index in range(random.randrange(1, 40))]
        self.sent |= {trace["id"] for trace in report}
        return report

    def stop(self):
        self.stopping.set()
        self.join(2 * node.PATIENCE)
        if self.fault:
            raise AssertionError(f"a report was not taken: {self.fault}")


def stored_ids(port):
    """The id of every trace that the master has."""
    found, cursor = [], ""
    while True:
        page = node.get(port, f"/api/v1/traces?limit=1000{cursor}")
        found += [trace["id"] for trace in page["traces"]]
        if not page.get("next"):
            return found
        cursor = "&cursor=" + page["next"]
