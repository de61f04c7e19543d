"""`dtrace-node trace` beside its peers, and against the truth of a simulated Internet.

Started by test/bench/run. Every figure is the median of several runs that take turns, the start of the
process included; a peer that is not installed is said to be absent.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "kernel"))
from lab import Lab  # noqa: E402

SCENARIOS = os.path.abspath(os.path.join(os.path.dirname(__file__), os.pardir, "scenario"))
NODE = os.environ["DTRACE_NODE"]
SIMULATOR = os.environ["DTRACE_SIM"]
REPETITIONS = 7


def trace(*options):
    return [NODE, "trace", "-n", *options]


PEERS = {
    "dtrace-node": trace(),
    "dtrace-node -q1": trace("-q1"),
    "traceroute": ["traceroute", "-n"],
    "traceroute -q1": ["traceroute", "-n", "-q1"],
    "tracepath": ["tracepath", "-n"],
    "mtr -c1": ["mtr", "-n", "-r", "-c1"],
    "scamper": ["scamper", "-p1000", "-I"],
    "dublin-traceroute": ["dublin-traceroute", "-n1"],
}
LONGEST = 12  # seconds: what takes longer is cut off and said so


def command(name, target):
    words = PEERS[name]
    if words[0] == "scamper":
        return [*words, f"trace -P UDP-paris {target}"]
    return [*words, target]


def timed(node, words):
    start = time.monotonic()
    try:
        done = node.run(words, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode < 0 or not done.stdout:
        raise RuntimeError(f"{words} failed: {done.stderr}")
    return time.monotonic() - start


def suit_peers(node, default_route):
    """dublin-traceroute finds its interface by a default route, and asks for the names of all hops:
    a name server that is unreachable answers that at once."""
    node.ip(f"route add default {default_route}")
    with open("/etc/resolv.conf") as text:
        for server in re.findall(r"^nameserver\s+([\d.]+)", text.read(), re.MULTILINE):
            node.ip(f"route add unreachable {server}/32")


def start_of_a_process(node):
    """What `ip netns exec` and an empty program cost: part of every figure."""
    return statistics.median(timed(node, ["echo"]) for _ in range(9))


def beside_peers(title, node, target, names=PEERS):
    print(f"{title} (an empty program: {1000 * start_of_a_process(node):.1f} ms)")
    present = [name for name in names if shutil.which(PEERS[name][0])]
    times = {name: [] for name in present}
    for repetition in range(REPETITIONS):
        for name in present:
            if repetition > 0 and (not times[name] or max(times[name]) > 3):
                continue  # one run of what takes seconds says enough
            if (took := timed(node, command(name, target))) is not None:
                times[name].append(took)
    for name in names:
        if name not in present:
            print(f"  {name:18} absent")
        elif not times[name]:
            print(f"  {name:18} more than {LONGEST} s")
        else:
            print(f"  {name:18} {1000 * statistics.median(times[name]):8.1f} ms")


class Simulation:
    def __init__(self, lab, topology, *options):
        self.probe = lab.node(f"sim{len(lab.nodes)}")
        self.topology = topology
        self.file = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(topology, self.file)
        self.file.flush()
        self.process = self.probe.start([SIMULATOR, "--realtime", *options, self.file.name])
        while "is ready behind" not in (line := self.process.stderr.readline()):
            if not line:
                raise RuntimeError("dtrace-sim ended")
        suit_peers(self.probe, "dev dtsim0")

    def truth(self):
        self.process.send_signal(signal.SIGTERM)
        return json.loads(self.process.communicate(timeout=20)[0])


def router(number):
    return f"10.0.0.{number}"


def chain(delays_us, **target):
    """Routers with these one-way delays before each, the target behind the last of them."""
    names = [f"r{i + 1}" for i in range(len(delays_us) - 1)] + ["target"]
    nodes = {"probe": {"host": True, "addresses": ["192.0.2.1"]}}
    nodes |= {name: {"addresses": [router(i + 1)]} for i, name in enumerate(names[:-1])}
    nodes["target"] = {"host": True, "addresses": ["203.0.113.9"], "prefixes": ["198.18.0.0/16"]} | target
    links = [
        {"nodes": [before, name], "delay_us": delay}
        for before, name, delay in zip(["probe", *names], names, delays_us)
    ]
    return {"nodes": nodes, "links": links}


def host(number):
    return f"198.18.{number >> 8}.{number & 255}"


def sweep(lab):
    """1,000 targets at 80 ms behind ten routers, at 10,000 packets per second."""
    one_way = [400] * 10 + [36_000]
    for repetition in range(3):
        simulation = Simulation(lab, chain(one_way))
        hosts = [host(i) for i in range(1000)]
        words = trace("-j", "-q1", "-m30", "--rate", "10000", *hosts)
        start = time.monotonic()
        done = simulation.probe.run(words, timeout=60)
        took = time.monotonic() - start
        wrong = missing = overshoot = 0
        for line, target in zip(done.stdout.splitlines(), hosts, strict=True):
            found = json.loads(line)
            truth = [router(i + 1) for i in range(10)] + [target]
            hops = [[answer["from"] for answer in hop["answers"]] for hop in found["paths"][0]["hops"]]
            missing += sum(1 for hop in hops if not hop) + abs(len(truth) - len(hops))
            wrong += sum(1 for hop, right in zip(hops, truth) if hop and hop != [right])
            overshoot += found["packets"]["overshoot"]
        simulation.truth()
        print(f"sweep of 1,000 targets x 11 hops at 80 ms, 10,000/s: {took:.2f} s, "
              f"{wrong} hops wrong, {missing} missing, {overshoot} packets beyond the target")  # fmt: skip


def errors_of(lines, true_us):
    for line in lines:
        for hop in json.loads(line)["paths"][0]["hops"]:
            for answer in hop["answers"]:
                yield answer["rtt_us"] - true_us[hop["ttl"] - 1]


def tell_errors(title, errors, truth):
    if truth["arrivals_unknown"]:
        raise RuntimeError(f"the simulation did not know when {truth['arrivals_unknown']} packets came")
    errors = sorted(abs(error) for error in errors)
    within = sum(1 for error in errors if error <= 1000) / len(errors)
    print(f"{title}: {len(errors)} answers, error of the RTT {statistics.median(errors):.0f} us in the "
          f"median, {100 * within:.2f} % within 1 ms, largest {errors[-1]} us (the simulation itself was "
          f"late by {truth['lateness_median_us']} us in the median, {truth['lateness_p99_us']} us at 99 %)")  # fmt: skip


def accuracy(lab):
    """Round trips of 0.4 to 400 ms, alone and while 1,000 other rounds run."""
    one_way = [200, 300, 500, 1_000, 3_000, 5_000, 10_000, 20_000, 40_000, 120_000]
    true_us = [2 * sum(one_way[: i + 1]) for i in range(len(one_way))]
    simulation = Simulation(lab, chain(one_way), "--spin")
    done = simulation.probe.run(trace("-j", "-q100", "-w2", "--rate", "1000", host(1)))
    tell_errors("one round at 1,000/s", errors_of(done.stdout.splitlines(), true_us), simulation.truth())
    simulation = Simulation(lab, chain(one_way), "--spin")
    hosts = [host(i) for i in range(1001)]
    done = simulation.probe.run(trace("-j", "-q1", "-w2", "--rate", "1000", *hosts), timeout=90)
    tell_errors("1,001 rounds at 1,000/s", errors_of(done.stdout.splitlines(), true_us), simulation.truth())


def one_trace(lab):
    near = lab.chain(10)
    suit_peers(near.source, f"via {near.routers[0].address(4, toward=near.source)}")
    beside_peers("ten routers, RTT 0", near.source, near.target.address(4))
    near.routers[3].mute()
    near.routers[6].mute()
    beside_peers("two of them silent", near.source, near.target.address(4))
    near.routers[3].unmute()
    near.routers[6].unmute()
    near.target.mute()
    beside_peers("a target that answers nothing", near.source, near.target.address(4))
    far = Simulation(lab, chain([400] * 10 + [36_000]))
    beside_peers("ten routers, target at 80 ms", far.probe, host(1))
    far.truth()


MULTIPATH_PEERS = {
    "dtrace-node --flows auto": trace("--flows", "auto"),
    "scamper tracelb": ["scamper", "-p1000", "-I"],
    "dublin-traceroute -n20": ["dublin-traceroute", "-n20"],
    "mtr -u -c10": ["mtr", "-u", "-n", "-r", "-c10", "-i0.1"],
    "traceroute -q10": ["traceroute", "-n", "-q10"],
}
ADDRESS = re.compile(r"\b\d+\.\d+\.\d+\.\d+\b")


def discover(lab, topology, name):
    """The addresses that it found, how many packets that took, and seconds."""
    simulation = Simulation(lab, topology)
    words = MULTIPATH_PEERS[name]
    target = "198.51.100.9"
    # By destination ports, which is its default: other flows it sends over Ethernet only.
    words = [*words, f"tracelb -P udp-dport {target}"] if words[0] == "scamper" else [*words, target]
    start = time.monotonic()
    done = simulation.probe.run(words, timeout=90)
    took = time.monotonic() - start
    if done.returncode < 0 or not done.stdout:
        raise RuntimeError(f"{words} failed: {done.stderr}")
    found = set(ADDRESS.findall(done.stdout))
    truth = simulation.truth()["truth"]
    addresses = {node["addresses"][0] for node in topology["nodes"].values()} - {"192.0.2.1"}
    # What the host sends of its own accord is foreign to the simulation.
    return len(found & addresses), truth["packets"] - truth["foreign"], took


def multipath(lab):
    """Ours several times, because what it promises is a probability."""
    for title, file in ("4 ways, 7 addresses", "four_ways"), ("16 ways twice, 35 addresses", "sixteen_ways"):
        with open(os.path.join(SCENARIOS, f"{file}.json")) as text:
            topology = json.load(text)
        print(title)
        for name, words in MULTIPATH_PEERS.items():
            if not shutil.which(words[0]):
                print(f"  {name:25} absent")
                continue
            runs = [discover(lab, topology, name) for _ in range(9 if words[0] == NODE else 3)]
            found, packets, took = (statistics.median(values) for values in zip(*runs))
            print(f"  {name:25} {found} addresses (at least {min(run[0] for run in runs)}), "
                  f"{packets} packets, {took:.2f} s; medians of {len(runs)} runs")  # fmt: skip


def main():
    parts = {"one-trace": one_trace, "far-sweep": sweep, "accuracy": accuracy, "multipath": multipath}
    # dublin-traceroute leaves a file where it runs.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name in sys.argv[1:]:
            with Lab() as lab:
                parts[name](lab)


if __name__ == "__main__":
    main()
