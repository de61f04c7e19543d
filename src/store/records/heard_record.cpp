#include "records/rare_parts.hpp"

#include <algorithm>

namespace dtrace::store {

namespace {

static_assert(static_cast<int>(Method::udp) == 0);
static_assert(static_cast<int>(Method::tcp) == 1);
static_assert(static_cast<int>(Method::icmp) == 2);
constexpr auto last_heard_method = Method::icmp;

constexpr unsigned listened_order = 16;
constexpr unsigned ago_order = 4;
constexpr unsigned packets_order = 1;

using Numbers = std::optional<std::uint16_t> HeardFlow::*;
constexpr Numbers header_fields[] = {&HeardFlow::source_port, &HeardFlow::destination_port,
                                     &HeardFlow::icmp_checksum};

}  // namespace

// The flows of a round come one after the other, with numbers that follow each other: each is
// written as what differs from the one before.

void write_heard(BitWriter& out, Heard const& heard) {
    out.number(heard.listened_ms, listened_order);
    out.number(heard.flows.size(), 0);
    HeardFlow before;
    for (HeardFlow const& flow : heard.flows) {
        out.number(static_cast<std::uint64_t>(flow.method), 0);
        for (auto const field : header_fields) {
            out.bit((flow.*field).has_value());
            if (!(flow.*field)) continue;
            out.signed_number((flow.*field).value() - (before.*field).value_or(0), 0);
            before.*field = flow.*field;
        }
        out.signed_number(std::int64_t{before.ago_ms} - flow.ago_ms, ago_order);
        out.number(flow.packets, packets_order);
        before.ago_ms = flow.ago_ms;
    }
}

Heard read_heard(BitReader& in) {
    Heard heard;
    heard.listened_ms = static_cast<std::uint32_t>(in.number(listened_order));
    HeardFlow before;
    for (std::size_t left = in.count(0); left > 0 && in.good(); --left) {
        HeardFlow& flow = heard.flows.emplace_back();
        auto const method = in.number(0);
        if (method > static_cast<std::uint64_t>(last_heard_method)) in.fail();
        flow.method = static_cast<Method>(method);
        for (auto const field : header_fields) {
            if (!in.bit()) continue;
            flow.*field = static_cast<std::uint16_t>(
                wrapping_sum((before.*field).value_or(0), in.signed_number(0)));
            before.*field = flow.*field;
        }
        flow.ago_ms = static_cast<std::uint32_t>(
            wrapping_difference(before.ago_ms, in.signed_number(ago_order)));
        flow.packets = static_cast<std::uint32_t>(in.number(packets_order));
        before.ago_ms = flow.ago_ms;
    }
    return heard;
}

}  // namespace dtrace::store
