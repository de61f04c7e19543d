#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/icmp_extension.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace dtrace::packet {

namespace {

constexpr std::size_t header_size = 4;  ///< of the structure, and of each object
constexpr std::uint8_t extension_version = 2;
/// RFC 4884 § 5.5: where routers put extensions before there was a length attribute.
constexpr std::size_t fixed_quote_size = 128;

constexpr std::uint8_t class_mpls = 1;
constexpr std::uint8_t type_incoming_stack = 1;
constexpr std::uint8_t class_interface = 2;
constexpr std::uint8_t class_node = 5;

/// C-type bits of an interface object, in the order of what they announce; a node's address and
/// name have the same.
constexpr std::uint8_t has_index = 0x08;
constexpr std::uint8_t has_address = 0x04;
constexpr std::uint8_t has_name = 0x02;
constexpr std::uint8_t has_mtu = 0x01;
constexpr std::size_t longest_name = 64;  ///< with its length octet

bool is_extension(ByteView bytes, bool checksum_needed) {
    ByteReader in(bytes);
    std::uint8_t const version = in.u8() >> 4;
    in.skip(1);
    std::uint16_t const stated = in.u16();
    if (in.left() < header_size || version != extension_version) return false;
    if (stated == 0 && !checksum_needed) return true;
    return stated != 0 && fold(sum_words(bytes)) == 0xFFFF;
}

void read_labels(ByteView payload, std::vector<MplsLabel>& labels) {
    for (ByteReader in(payload); in.left() >= 4 && labels.size() < max_extension_items;) {
        std::uint32_t const entry = in.u32();
        labels.push_back({.label = entry >> 12,
                          .traffic_class = static_cast<std::uint8_t>(entry >> 9 & 7),
                          .bottom = (entry >> 8 & 1) != 0,
                          .ttl = static_cast<std::uint8_t>(entry & 0xFF)});
    }
}

std::optional<IpAddress> read_address(ByteReader& in) {
    std::uint16_t const family = in.u16();
    in.skip(2);
    if (family == 1) return in.address<IpV4>();
    if (family == 2) return in.address<IpV6>();
    return std::nullopt;
}

std::optional<std::string> read_name(ByteReader& in) {
    std::size_t const size = in.u8();
    if (size < 1 || size > longest_name) return std::nullopt;
    std::string name;
    for (std::byte b : in.take(size - 1)) {
        char const c = std::to_integer<char>(b);
        if (c == '\0') break;
        name += c >= ' ' && c <= '~' ? c : '?';
    }
    return name;
}

std::optional<InterfaceInfo> read_interface(std::uint8_t type, ByteView payload) {
    ByteReader in(payload);
    InterfaceInfo info{.role = static_cast<InterfaceRole>(type >> 6)};
    if (type & has_index) info.index = in.u32();
    if (type & has_address) {
        info.address = read_address(in);
        if (!info.address) return std::nullopt;
    }
    if (type & has_name) {
        info.name = read_name(in);
        if (!info.name) return std::nullopt;
    }
    if (type & has_mtu) info.mtu = in.u32();
    if (!in.ok()) return std::nullopt;
    return info;
}

std::optional<NodeIdentity> read_node(std::uint8_t type, ByteView payload) {
    ByteReader in(payload);
    NodeIdentity node;
    if (type & has_address) {
        node.address = read_address(in);
        if (!node.address) return std::nullopt;
    }
    if (type & has_name) {
        node.name = read_name(in);
        if (!node.name) return std::nullopt;
    }
    if (!in.ok() || (!node.address && !node.name)) return std::nullopt;
    return node;
}

void read_object(std::uint8_t class_number, std::uint8_t type, ByteView payload,
                 Extensions& found) {
    if (class_number == class_mpls && type == type_incoming_stack && payload.size() % 4 == 0) {
        read_labels(payload, found.labels);
        return;
    }
    if (class_number == class_interface && found.interfaces.size() < max_extension_items) {
        if (auto info = read_interface(type, payload)) {
            found.interfaces.push_back(std::move(*info));
            return;
        }
    }
    if (class_number == class_node && !found.node) {
        found.node = read_node(type, payload);
        if (found.node) return;
    }
    if (found.unknown.size() >= max_extension_items) return;
    ExtensionObject object{.class_number = class_number, .type = type};
    object.payload.bytes.resize(payload.size());
    std::ranges::transform(payload, object.payload.bytes.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    found.unknown.push_back(std::move(object));
}

}  // namespace

SplitQuote split_quote(ByteView payload, std::size_t stated_length) {
    auto const at = [&](std::size_t offset) {
        return SplitQuote{payload.first(offset), payload.subspan(offset)};
    };
    if (stated_length > 0 && stated_length <= payload.size()) {
        auto const split = at(stated_length);
        if (is_extension(split.extension, false)) return split;
    }
    if (payload.size() > fixed_quote_size) {
        auto const split = at(fixed_quote_size);
        if (is_extension(split.extension, true)) return split;
    }
    return {payload, {}};
}

Extensions parse_extension(ByteView extension) {
    Extensions found;
    ByteReader in(extension);
    in.skip(header_size);
    while (in.left() >= header_size) {
        std::size_t const length = in.u16();
        std::uint8_t const class_number = in.u8();
        std::uint8_t const type = in.u8();
        if (length < header_size) break;
        ByteView const payload = in.take(length - header_size);
        if (!in.ok()) break;
        read_object(class_number, type, payload, found);
    }
    return found;
}

std::vector<std::byte> mpls_extension(std::span<MplsLabel const> labels) {
    std::vector<std::byte> bytes(2 * header_size + 4 * labels.size());
    ByteWriter out(bytes);
    out.u8(extension_version << 4);
    out.zeros(3);
    out.u16(static_cast<std::uint16_t>(header_size + 4 * labels.size()));
    out.u8(class_mpls);
    out.u8(type_incoming_stack);
    for (auto const& entry : labels)
        out.u32((entry.label & 0xFFFFF) << 12 | std::uint32_t{entry.traffic_class & 7U} << 9 |
                std::uint32_t{entry.bottom} << 8 | entry.ttl);
    ByteWriter(std::span(bytes).subspan(2, 2)).u16(checksum(bytes));
    return bytes;
}

}  // namespace dtrace::packet
