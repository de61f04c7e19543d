"""Networks of real kernel routers: network namespaces joined by veth pairs.

    with Lab() as lab:
        chain = lab.chain(10)
        chain.source.run(["ping", "-c1", chain.target.address(4)])

Every link has an IPv4 and an IPv6 network; routes between all of them are installed along shortest
paths, over all equal ones. Names are unique to the run and everything is removed on exit. Needs root
and iproute2, nothing else.
"""

import atexit
import contextlib
import ctypes
import fcntl
import os
import re
import select
import signal
import socket
import struct
import subprocess
from dataclasses import dataclass, field

PREFIX = "dtlab"
PATIENCE = 240  # seconds; only a failing test waits that long
CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM = 0x17
IP_RECVERR = 11
IPV6_RECVERR = 25

# Source and destination address, protocol, both ports: what a router's per-flow balancer hashes.
L4_HASH_FIELDS = 0x37

SYSCTLS = {
    "net/ipv4/ip_forward": 1,
    "net/ipv4/conf/all/rp_filter": 0,
    "net/ipv4/conf/default/rp_filter": 0,
    "net/ipv4/icmp_ratelimit": 0,
    "net/ipv4/icmp_msgs_per_sec": 1_000_000,
    "net/ipv4/icmp_msgs_burst": 100_000,
    # Answer with the address that the packet came in at, as most routers do.
    "net/ipv4/icmp_errors_use_inbound_ifaddr": 1,
    "net/ipv4/fib_multipath_hash_policy": 3,
    "net/ipv4/fib_multipath_hash_fields": L4_HASH_FIELDS,
    "net/ipv6/conf/all/forwarding": 1,
    "net/ipv6/conf/all/accept_dad": 0,
    "net/ipv6/conf/default/accept_dad": 0,
    "net/ipv6/conf/default/router_solicitations": 0,
    "net/ipv6/icmp/ratelimit": 0,
    "net/ipv6/fib_multipath_hash_policy": 3,
    "net/ipv6/fib_multipath_hash_fields": L4_HASH_FIELDS,
}
# Absent from some kernels, and the tests then hold without them.
OPTIONAL_SYSCTLS = {"net/ipv4/icmp_msgs_per_sec", "net/ipv4/icmp_msgs_burst"}
SEED_SYSCTL = "net/ipv4/fib_multipath_hash_seed"


class LabError(Exception):
    """The laboratory itself cannot be built: never a reason to skip a test."""


def ip(*arguments, batch=None):
    command = ["ip", *arguments] + (["-batch", "-"] if batch is not None else [])
    done = subprocess.run(command, input=batch, text=True, capture_output=True)
    if done.returncode != 0:
        raise LabError(f"{' '.join(command)}: {done.stderr.strip()}\n{batch or ''}")
    return done.stdout


@contextlib.contextmanager
def inside(namespace):
    """This thread, for a moment, in another network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{namespace}") as away:
        if libc.setns(away.fileno(), CLONE_NEWNET) != 0:
            raise LabError(f"setns {namespace}: {os.strerror(ctypes.get_errno())}")
        try:
            yield
        finally:
            if libc.setns(home.fileno(), CLONE_NEWNET) != 0:
                os._exit(1)  # in the wrong network, nothing that follows could be trusted


def write_sysctl(name, value):
    with open(f"/proc/sys/{name}", "w") as file:
        file.write(str(value))


def transmit_checksum_off(interface):
    """Without this a router quotes a checksum that the sender left for its device to finish."""
    value = ctypes.create_string_buffer(struct.pack("II", ETHTOOL_STXCSUM, 0))
    request = struct.pack("16sP", interface.encode(), ctypes.addressof(value)).ljust(40, b"\0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCETHTOOL, request)


@dataclass
class Link:
    number: int
    ends: tuple  # two nodes

    def interface(self):
        return f"e{self.number}"

    def network(self, family):
        if family == 4:
            return f"10.{self.number >> 8}.{self.number & 255}.0/24"
        return f"fd00:d7:{self.number:x}::/64"

    def address(self, node, family):
        end = self.ends.index(node) + 1
        return self.network(family).split("/")[0].removesuffix("0" if family == 4 else "") + str(end)

    def other(self, node):
        return self.ends[1 - self.ends.index(node)]


@dataclass(eq=False)
class Node:
    name: str
    namespace: str
    number: int
    links: list = field(default_factory=list)
    running: list = field(default_factory=list)

    def address(self, family, toward=None):
        """On its first link, or on the one to a neighbour."""
        links = [link for link in self.links if toward is None or link.other(self) is toward]
        return links[0].address(self, family)

    def addresses(self, family):
        return {link.address(self, family) for link in self.links}

    def command(self, command):
        return ["ip", "netns", "exec", self.namespace, *command]

    def run(self, command, timeout=PATIENCE, **options):
        return subprocess.run(
            self.command(command), capture_output=True, text=True, timeout=timeout, **options
        )

    def start(self, command, **options):
        process = subprocess.Popen(
            self.command(command), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )
        self.running.append(process)
        return process

    def ip(self, text):
        """Commands of ip(8), one per line."""
        ip("-n", self.namespace, batch=text)

    def listen(self, port):
        """Opens a TCP port on all addresses; a connection is not answered further."""
        with inside(self.namespace):
            listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
        self.running.append(listener)

    def mute(self):
        """Forwards as before, but sends nothing of its own: a silent router, a firewalled target.

        What a node itself sends is looked up with the incoming interface `lo`.
        """
        for family in (4, 6):
            ip(f"-{family}", "-n", self.namespace, "rule", "add", "pref", "0", "iif", "lo", "blackhole")

    def unmute(self):
        for family in (4, 6):
            ip(f"-{family}", "-n", self.namespace, "rule", "del", "pref", "0", "iif", "lo")

    def refuse(self, family, network, how):
        """Routes a network into a refusal: `unreachable`, `prohibit` or `blackhole`."""
        ip(f"-{family}", "-n", self.namespace, "route", "replace", how, network)

    def ask_kernel(self, family, protocol, source_port, destination, port, ttl):
        """Which router answers such a packet, sent and its answer read by the kernel, not by us."""
        kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
        level, hops, errors = {
            4: (socket.IPPROTO_IP, socket.IP_TTL, IP_RECVERR),
            6: (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, IPV6_RECVERR),
        }[family]
        with inside(self.namespace):
            sender = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6, kind)
        with sender:
            sender.setblocking(False)
            sender.setsockopt(level, hops, ttl)
            sender.setsockopt(level, errors, 1)
            sender.bind((self.address(family), source_port))
            sender.connect_ex((destination, port))
            if protocol == "udp":
                sender.send(b"who")
            waiting = select.poll()
            waiting.register(sender, select.POLLERR)
            if not waiting.poll(1000 * PATIENCE):
                return None
            _, control, _, _ = sender.recvmsg(0, 512, socket.MSG_ERRQUEUE)
        # struct sock_extended_err, and behind it the address of who sent the ICMP error.
        offender = next(data for at, what, data in control if (at, what) == (level, errors))[16:]
        if family == 4:
            return socket.inet_ntop(socket.AF_INET, offender[4:8])
        return socket.inet_ntop(socket.AF_INET6, offender[8:24])

    def stop(self):
        for thing in self.running:
            if isinstance(thing, subprocess.Popen):
                thing.kill()
                thing.communicate()
            else:
                thing.close()
        self.running.clear()


@dataclass
class Path:
    source: Node
    routers: list
    target: Node

    def hops(self, family):
        """What a trace must find: the address of each hop, the target last."""
        nodes = [self.source, *self.routers, self.target]
        return [node.address(family, toward=before) for before, node in zip(nodes, nodes[1:])]


@dataclass
class Diamond:
    source: Node
    divider: Node
    branches: list
    join: Node
    target: Node


class Lab:
    runs = 0

    def __init__(self):
        Lab.runs += 1
        self.prefix = f"{PREFIX}-{os.getpid()}-{Lab.runs}-"
        self.nodes = []
        self.links = []

    def __enter__(self):
        if os.geteuid() != 0:
            raise LabError("network namespaces need root: run the kernel tests with sudo")
        remove_leftovers()
        atexit.register(self.remove)
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        atexit.unregister(self.remove)
        for node in self.nodes:
            node.stop()
        for node in self.nodes:
            subprocess.run(["ip", "netns", "del", node.namespace], capture_output=True)
        self.nodes.clear()

    def node(self, name):
        node = Node(name, self.prefix + name, len(self.nodes))
        ip("netns", "add", node.namespace)
        self.nodes.append(node)
        with inside(node.namespace):
            for sysctl, value in SYSCTLS.items():
                if sysctl not in OPTIONAL_SYSCTLS or os.path.exists(f"/proc/sys/{sysctl}"):
                    write_sysctl(sysctl, value)
            if os.path.exists(f"/proc/sys/{SEED_SYSCTL}"):
                write_sysctl(SEED_SYSCTL, 7919 * (node.number + 1))
        node.ip("link set lo up")
        return node

    def link(self, left, right):
        link = Link(len(self.links) + 1, (left, right))
        name = link.interface()
        ip("link", "add", name, "netns", left.namespace, "type", "veth",
           "peer", "name", name, "netns", right.namespace)  # fmt: skip
        for node in link.ends:
            node.ip(
                f"address add {link.address(node, 4)}/24 dev {name}\n"
                f"address add {link.address(node, 6)}/64 dev {name} nodad\n"
                f"link set {name} up\n"
            )
            with inside(node.namespace):
                transmit_checksum_off(name)
            node.links.append(link)
        self.links.append(link)
        return link

    def route(self):
        """Installs routes from everywhere to everywhere, over all shortest paths."""
        batches = {(node.number, family): [] for node in self.nodes for family in (4, 6)}
        for link in self.links:
            distance = self.distances(link)
            for node in self.nodes:
                if node in link.ends or node not in distance:
                    continue
                ways = [
                    way for way in node.links if distance.get(way.other(node)) == distance[node] - 1
                ]
                for family in (4, 6):
                    hops = " ".join(
                        f"nexthop via {way.address(way.other(node), family)} dev {way.interface()}"
                        for way in ways
                    )
                    batches[node.number, family].append(f"route add {link.network(family)} {hops}")
        for (number, family), lines in batches.items():
            ip(f"-{family}", "-n", self.nodes[number].namespace, batch="\n".join(lines) + "\n")
        self.wait_until_up()

    def wait_until_up(self):
        """Until every link carries both families, and all neighbours know each other."""
        pings = [
            subprocess.Popen(link.ends[0].command(
                ["ping", "-q", "-c1", f"-w{PATIENCE}", "-i0.01", link.address(link.ends[1], family)]),
                stdout=subprocess.DEVNULL)
            for link in self.links for family in (4, 6)
        ]  # fmt: skip
        if any([ping.wait() != 0 for ping in pings]):
            raise LabError("a link of the laboratory does not come up")

    def distances(self, link):
        """From every node to the nearer end of a link."""
        distance = {node: 0 for node in link.ends}
        edge = list(link.ends)
        while edge:
            node = edge.pop(0)
            for way in node.links:
                if way.other(node) not in distance:
                    distance[way.other(node)] = distance[node] + 1
                    edge.append(way.other(node))
        return distance

    def chain(self, count):
        """source – r1 – … – r<count> – target"""
        nodes = [self.node(name) for name in
                 ["source", *(f"r{i + 1}" for i in range(count)), "target"]]  # fmt: skip
        for left, right in zip(nodes, nodes[1:]):
            self.link(left, right)
        self.route()
        return Path(nodes[0], nodes[1:-1], nodes[-1])

    def diamond(self, width):
        """source – divider – one of b1 … b<width> – join – target"""
        source, divider, join, target = (
            self.node(name) for name in ("source", "divider", "join", "target")
        )
        self.link(source, divider)
        branches = [self.node(f"b{i + 1}") for i in range(width)]
        for branch in branches:
            self.link(divider, branch)
        for branch in branches:
            self.link(branch, join)
        self.link(join, target)
        self.route()
        return Diamond(source, divider, branches, join, target)


def remove_leftovers():
    """Namespaces of runs that were killed."""
    for line in ip("netns", "list").splitlines():
        name = line.split()[0]
        made_by = re.fullmatch(rf"{PREFIX}-(\d+)-\d+-.*", name)
        if made_by and not os.path.exists(f"/proc/{made_by.group(1)}"):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def end_on_signal(number, _):
    raise SystemExit(128 + number)  # and so through every `with Lab()`


signal.signal(signal.SIGTERM, end_on_signal)
