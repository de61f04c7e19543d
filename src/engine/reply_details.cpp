#include <dtrace/engine/reply_details.hpp>
#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/tcp.hpp>

namespace dtrace::engine {

namespace {

/// a - b in one's complement, 0 to 65534.
std::uint16_t difference(std::uint16_t a, std::uint16_t b) {
    auto const result = packet::fold(std::uint32_t{a} + static_cast<std::uint16_t>(~b));
    return result == 0xFFFF ? std::uint16_t{0} : result;
}

std::optional<std::uint16_t> checksum_change(Reply const& reply, Flow const& sent,
                                             std::uint32_t sealed_tag) {
    if (sent.method == Method::tcp) {
        // With the addresses that it left with, a segment's sum is 0xFFFF.
        if (!reply.quoted_sum) return std::nullopt;
        std::uint32_t const pseudo = packet::pseudo_header_sum(
            sent.source, sent.destination, packet::protocol_tcp, packet::syn_size);
        return difference(packet::fold(pseudo + *reply.quoted_sum), 0xFFFF);
    }
    // An ICMP flow is its checksum: under another one no reply would find it.
    if (sent.method != Method::udp || !reply.quoted_checksum) return std::nullopt;
    std::uint32_t const carried = sent.destination.is_v4() ? sealed_tag : sealed_tag >> 16;
    return difference(*reply.quoted_checksum, static_cast<std::uint16_t>(carried & 0xFFFF));
}

}  // namespace

std::optional<Translation> find_translation(Reply const& reply, Flow const& sent,
                                            std::uint32_t sealed_tag) {
    if (!reply.quoted_ttl) return std::nullopt;  // nothing is quoted
    bool const same_source = are_equal(reply.flow.source, sent.source);
    bool const same_destination = are_equal(reply.flow.destination, sent.destination);
    auto change = checksum_change(reply, sent, sealed_tag);
    if (change == std::uint16_t{0}) change.reset();
    if (same_source && same_destination && !change) return std::nullopt;
    Translation found{.checksum_change = change};
    if (!same_source) found.source = reply.flow.source;
    if (!same_destination) found.destination = reply.flow.destination;
    return found;
}

}  // namespace dtrace::engine
