"""Small MMDB files (MaxMind DB): networks and places of IPv4 addresses, in blocks that do not overlap."""

import ipaddress
import struct


def head(kind, size):
    """What stands before a value of less than 285 bytes or members."""
    short = min(size, 29)
    return bytes([kind << 5 | short] if kind < 8 else [short, kind - 7]) + (
        bytes([size - 29]) if size >= 29 else b"")


def text(value):
    return head(2, len(value)) + value.encode()


def number(kind, size, value):
    return head(kind, size) + value.to_bytes(size, "big")


def mapping(members):
    return head(7, len(members)) + b"".join(text(name) + value for name, value in members.items())


def networks(blocks):
    """`blocks`: {"192.0.2.0/24": (64500, "Example")} → the bytes of the file."""
    return database({block: mapping({"autonomous_system_number": number(6, 4, asn),
                                     "autonomous_system_organization": text(organisation)})
                     for block, (asn, organisation) in blocks.items()})


def places(blocks):
    """`blocks`: {"192.0.2.0/24": ("Berlin", "DE", 20)}, the last the radius in km."""
    def double(value):
        return head(3, 8) + struct.pack(">d", value)

    return database({block: mapping({
        "city": mapping({"names": mapping({"en": text(city)})}),
        "country": mapping({"iso_code": text(country)}),
        "location": mapping({"latitude": double(1.5), "longitude": double(2.5),
                             "accuracy_radius": number(5, 2, radius)})})
        for block, (city, country, radius) in blocks.items()})


def database(blocks):
    """`blocks`: {"192.0.2.0/24": the value as bytes}."""
    nodes, data = [[None, None]], b""
    for block, value in blocks.items():
        block = ipaddress.ip_network(block)
        place = 0
        bits = f"{int(block.network_address):032b}"[:block.prefixlen]
        for bit in map(int, bits[:-1]):
            if nodes[place][bit] is None:
                nodes[place][bit] = len(nodes)
                nodes.append([None, None])
            place = nodes[place][bit]
        nodes[place][int(bits[-1])] = -len(data) - 1
        data += value
    tree = b"".join((len(nodes) if to is None else to if to >= 0 else len(nodes) + 15 - to)
                    .to_bytes(4, "big") for node in nodes for to in node)
    about = mapping({"node_count": number(6, 4, len(nodes)), "record_size": number(5, 2, 32),
                     "ip_version": number(5, 2, 4), "database_type": text("Test"),
                     "languages": head(11, 0), "description": mapping({}),
                     "binary_format_major_version": number(5, 2, 2),
                     "binary_format_minor_version": number(5, 2, 0),
                     "build_epoch": number(9, 8, 1_700_000_000)})
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + about
