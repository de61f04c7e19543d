#include "path_shape.hpp"

#include "bit_stream.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace dtrace::store {

namespace {

// What enumerators are in the database: their order is part of the format, new ones go to the end.
static_assert(static_cast<int>(ReplyKind::time_exceeded) == 0);
static_assert(static_cast<int>(ReplyKind::echo_reply) == 1);
static_assert(static_cast<int>(ReplyKind::syn_ack) == 2);
static_assert(static_cast<int>(ReplyKind::rst) == 3);
static_assert(static_cast<int>(ReplyKind::port_unreachable) == 4);
static_assert(static_cast<int>(ReplyKind::host_unreachable) == 5);
static_assert(static_cast<int>(ReplyKind::net_unreachable) == 6);
static_assert(static_cast<int>(ReplyKind::prohibited) == 7);
static_assert(static_cast<int>(ReplyKind::other_unreachable) == 8);
constexpr auto last_kind = ReplyKind::other_unreachable;

// Orders of the codes: what is usual is short.
constexpr unsigned address_order = 9;
constexpr unsigned text_order = 9;
constexpr unsigned rtt_order = 12;
constexpr unsigned label_order = 15;

bool equal_but_for_rtt(Answer const& a, Answer const& b) {
    return a.from == b.from && a.kind == b.kind && a.reply_ttl == b.reply_ttl &&
           a.quoted_ttl == b.quoted_ttl && a.icmp_code == b.icmp_code && a.mtu == b.mtu &&
           a.name == b.name && a.labels == b.labels;
}

/// An answer that differs from the others of its hop.
struct Distinct {
    Answer const* answer;
    RowId from = 0;
    RowId name = 0;

    auto order() const {
        return std::tuple(from, name, answer->kind, answer->reply_ttl, answer->quoted_ttl,
                          answer->icmp_code, answer->mtu);
    }
};

/// The different answers of a hop in an order that does not depend on who answered first, and for
/// each answer which it is.
std::vector<Distinct> tell_apart(Hop const& hop, std::vector<AnswerSample>& samples,
                                 Numbering& numbering) {
    std::vector<Distinct> found;
    samples.reserve(hop.answers.size());
    for (Answer const& answer : hop.answers) {
        auto const same = std::ranges::find_if(
            found, [&](Distinct const& d) { return equal_but_for_rtt(*d.answer, answer); });
        samples.push_back({static_cast<std::uint32_t>(same - found.begin()), answer.rtt_us});
        if (same != found.end()) continue;
        found.push_back({&answer, numbering.number_of(answer.from),
                         answer.name ? numbering.number_of(*answer.name) : 0});
    }
    if (found.size() < 2) return found;
    std::vector<std::uint32_t> sorted(found.size());
    std::iota(sorted.begin(), sorted.end(), 0);
    std::ranges::stable_sort(sorted,
                             [&](auto a, auto b) { return found[a].order() < found[b].order(); });
    std::vector<std::uint32_t> place(found.size());
    std::vector<Distinct> result;
    for (auto const old : sorted) {
        place[old] = static_cast<std::uint32_t>(result.size());
        result.push_back(found[old]);
    }
    for (auto& sample : samples)
        sample.which = place[sample.which];
    return result;
}

template <class T>
void write_optional(BitWriter& out, std::optional<T> const& value) {
    out.bit(value.has_value());
    if (value) out.bits(*value, sizeof(T) * 8);
}

template <class T>
std::optional<T> read_optional(BitReader& in) {
    if (!in.bit()) return std::nullopt;
    return static_cast<T>(in.bits(sizeof(T) * 8));
}

void write_answer(BitWriter& out, Distinct const& distinct) {
    Answer const& answer = *distinct.answer;
    out.number(static_cast<std::uint64_t>(distinct.from), address_order);
    out.bit(answer.name.has_value());
    if (answer.name) out.number(static_cast<std::uint64_t>(distinct.name), text_order);
    out.number(static_cast<std::uint64_t>(answer.kind), 0);
    out.bits(answer.reply_ttl, 8);
    bool const more = answer.quoted_ttl || answer.icmp_code || answer.mtu || answer.labels;
    out.bit(more);
    if (!more) return;
    write_optional(out, answer.quoted_ttl);
    write_optional(out, answer.icmp_code);
    write_optional(out, answer.mtu);
    out.bit(answer.labels.has_value());
    if (!answer.labels) return;
    out.number(answer.labels->size(), 1);
    for (MplsLabel const& label : *answer.labels) {
        out.number(label.label, label_order);
        out.bits(label.traffic_class, 8);
        out.bit(label.bottom);
        out.bits(label.ttl, 8);
    }
}

Answer read_answer(BitReader& in, Naming& naming) {
    Answer answer;
    auto const from = naming.address_of(static_cast<RowId>(in.number(address_order)));
    if (from)
        answer.from = *from;
    else
        in.fail();
    if (in.bit()) {
        answer.name = naming.text_of(static_cast<RowId>(in.number(text_order)));
        if (!answer.name) in.fail();
    }
    auto const kind = in.number(0);
    if (kind > static_cast<std::uint64_t>(last_kind)) in.fail();
    answer.kind = static_cast<ReplyKind>(kind);
    answer.reply_ttl = static_cast<std::uint8_t>(in.bits(8));
    if (!in.bit()) return answer;
    answer.quoted_ttl = read_optional<std::uint8_t>(in);
    answer.icmp_code = read_optional<std::uint8_t>(in);
    answer.mtu = read_optional<std::uint16_t>(in);
    if (!in.bit()) return answer;
    answer.labels.emplace(in.count(1));
    for (MplsLabel& label : *answer.labels) {
        label.label = static_cast<std::uint32_t>(in.number(label_order));
        label.traffic_class = static_cast<std::uint8_t>(in.bits(8));
        label.bottom = in.bit();
        label.ttl = static_cast<std::uint8_t>(in.bits(8));
    }
    return answer;
}

}  // namespace

ShapedPath split(Path const& path, Numbering& numbering) {
    ShapedPath result;
    BitWriter out;
    out.number(path.flow, 0);
    write_optional(out, path.source_port);
    write_optional(out, path.destination_port);
    write_optional(out, path.icmp_checksum);
    out.bit(path.reached);
    out.number(path.hops.size(), 3);
    result.hops.reserve(path.hops.size());
    int expected_ttl = 1;
    for (Hop const& hop : path.hops) {
        out.signed_number(hop.ttl - expected_ttl, 0);
        expected_ttl = hop.ttl + 1;
        HopSample& sample = result.hops.emplace_back();
        sample.sent = hop.sent;
        auto const distinct = tell_apart(hop, sample.answers, numbering);
        sample.kinds = static_cast<std::uint32_t>(distinct.size());
        out.number(distinct.size(), 0);
        for (Distinct const& answer : distinct)
            write_answer(out, answer);
    }
    result.shape = std::move(out).finish();
    return result;
}

std::vector<std::uint32_t> reference_rtts(std::span<HopSample const> hops) {
    std::vector<std::uint32_t> result;
    for (HopSample const& hop : hops)
        for (std::uint32_t which = 0; which < hop.kinds; ++which) {
            std::vector<std::uint32_t> rtts;
            for (AnswerSample const& answer : hop.answers)
                if (answer.which == which) rtts.push_back(answer.rtt_us);
            auto const median = rtts.begin() + static_cast<std::ptrdiff_t>(rtts.size() / 2);
            std::ranges::nth_element(rtts, median);
            result.push_back(*median);
        }
    return result;
}

std::string encode_rtts(std::span<std::uint32_t const> rtts) {
    BitWriter out;
    out.number(rtts.size(), 4);
    for (auto const rtt : rtts)
        out.number(rtt, rtt_order);
    return std::move(out).finish();
}

std::vector<std::uint32_t> decode_rtts(std::string_view bytes) {
    BitReader in(bytes);
    std::vector<std::uint32_t> rtts(in.count(4));
    for (auto& rtt : rtts)
        rtt = static_cast<std::uint32_t>(in.number(rtt_order));
    return rtts;
}

std::optional<Path> decode_shape(std::string_view shape, std::span<std::uint32_t const> reference,
                                 Naming& naming) {
    BitReader in(shape);
    Path path;
    path.flow = static_cast<FlowIndex>(in.number(0));
    path.source_port = read_optional<Port>(in);
    path.destination_port = read_optional<Port>(in);
    path.icmp_checksum = read_optional<std::uint16_t>(in);
    path.reached = in.bit();
    path.hops.resize(in.count(3));
    std::int64_t expected_ttl = 1;
    std::size_t answers = 0;
    for (Hop& hop : path.hops) {
        hop.ttl = static_cast<Ttl>(expected_ttl + in.signed_number(0));
        expected_ttl = hop.ttl + 1;
        hop.answers.resize(in.count(0));
        for (Answer& answer : hop.answers) {
            answer = read_answer(in, naming);
            if (answers == reference.size()) return std::nullopt;
            answer.rtt_us = reference[answers++];
            if (!in.good()) return std::nullopt;
        }
    }
    if (!in.good() || answers != reference.size()) return std::nullopt;
    return path;
}

}  // namespace dtrace::store
