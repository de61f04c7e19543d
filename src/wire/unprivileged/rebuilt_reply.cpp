#include "unprivileged/rebuilt_reply.hpp"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include <algorithm>

namespace dtrace::wire {

namespace {

constexpr std::byte silent_ttl{1};  // what a router quotes that hides nothing

std::uint32_t sum_of(std::span<std::byte const> bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
    return sum;
}

void write_ip_header(ToldReply const& told, IpAddress const& own, std::size_t size,
                     std::span<std::byte> out) {
    out[0] = std::byte{0x45};
    out[1] = std::byte{told.tos};
    put16(out, 2, static_cast<std::uint32_t>(size));
    out[8] = std::byte{told.ttl};
    out[9] = std::byte{IPPROTO_ICMP};
    auto const put_address = [&](std::size_t at, IpAddress const& address) {
        std::uint32_t const number = address.to_v4().to_uint();
        put16(out, at, number >> 16);
        put16(out, at + 2, number & 0xFFFF);
    };
    put_address(12, told.from);
    put_address(16, own);
}

/// The quotation: the sent packet, and behind it what the router added.
std::size_t write_quote(ToldReply const& told, std::span<std::byte const> sent,
                        SentFields const& fields, std::size_t headers_taken,
                        std::span<std::byte> out) {
    std::size_t const told_at = fields.header_size + headers_taken;
    if (out.size() < std::max(sent.size(), told_at)) return 0;
    auto const added = told.quoted.first(std::min(told.quoted.size(), out.size() - told_at));
    std::ranges::fill(out.first(told_at), std::byte{0});
    std::ranges::copy(added, out.subspan(told_at).begin());
    std::ranges::copy(sent, out.begin());
    out[fields.family == Family::ipv4 ? 8 : 7] = silent_ttl;
    return std::max(sent.size(), told_at + added.size());
}

/// The second half of an error's header: MTU or pointer, and where the extension begins.
std::uint32_t rest_of(ToldReply const& told, Family family, std::size_t quote_size) {
    std::uint32_t rest = 0;
    if (family == Family::ipv4) {
        if (told.type == ICMP_DEST_UNREACH && told.code == ICMP_FRAG_NEEDED)
            rest = told.info & 0xFFFF;
        if (told.extension_at > 0 && quote_size / 4 <= 0xFF)
            rest |= static_cast<std::uint32_t>(quote_size / 4) << 16;
        return rest;
    }
    if (told.type == ICMP6_PACKET_TOO_BIG || told.type == ICMP6_PARAM_PROB) return told.info;
    if (told.extension_at > 0 && quote_size / 8 <= 0xFF)
        rest = static_cast<std::uint32_t>(quote_size / 8) << 24;
    return rest;
}

std::size_t write_error(ToldReply const& told, std::span<std::byte const> sent,
                        SentFields const& fields, std::size_t headers_taken,
                        std::span<std::byte> out) {
    std::size_t const size =
        write_quote(told, sent, fields, headers_taken, out.subspan(icmp_header));
    if (size == 0) return 0;
    out[0] = std::byte{told.type};
    out[1] = std::byte{told.code};
    std::uint32_t const rest =
        rest_of(told, fields.family, fields.header_size + headers_taken + told.extension_at);
    put16(out, 4, rest >> 16);
    put16(out, 6, rest & 0xFFFF);
    return icmp_header + size;
}

/// The request with another type. The two differ in nothing else, and so do their checksums.
std::size_t write_echo_reply(SentFields const& fields, std::span<std::byte> out) {
    if (out.size() < fields.transport.size()) return 0;
    std::ranges::copy(fields.transport, out.begin());
    bool const v4 = fields.family == Family::ipv4;
    std::uint32_t const request = v4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
    std::uint32_t const reply = v4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;
    out[0] = static_cast<std::byte>(reply);
    std::uint32_t const sum =
        (~std::uint32_t{get16(out, 2)} & 0xFFFF) + (~(request << 8) & 0xFFFF) + (reply << 8);
    put16(out, 2, ~std::uint32_t{fold_sum(sum)} & 0xFFFF);
    return fields.transport.size();
}

}  // namespace

std::size_t rebuild_reply(ToldReply const& told, std::span<std::byte const> sent,
                          SentFields const& fields, std::size_t headers_taken,
                          std::span<std::byte> out) {
    bool const v4 = fields.family == Family::ipv4;
    std::size_t const ip_size = v4 ? ipv4_header : 0;
    if (told.from.is_v4() != v4 || out.size() < ip_size + icmp_header) return 0;
    std::ranges::fill(out.first(ip_size + icmp_header), std::byte{0});
    auto const message = out.subspan(ip_size);
    std::size_t const size = told.is_error ? write_error(told, sent, fields, headers_taken, message)
                                           : write_echo_reply(fields, message);
    if (size == 0) return 0;
    if (v4) {
        write_ip_header(told, fields.source, ip_size + size, out);
        if (told.is_error)
            put16(message, 2, ~std::uint32_t{fold_sum(sum_of(message.first(size)))} & 0xFFFF);
    }
    return ip_size + size;
}

}  // namespace dtrace::wire
