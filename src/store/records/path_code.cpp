#include "records/path_code.hpp"

#include "records/bit_stream.hpp"
#include "records/rare_parts.hpp"

#include <algorithm>
#include <utility>

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
static_assert(static_cast<int>(ReplyKind::other) == 9);
constexpr auto last_kind = ReplyKind::other;

// Added to a number that is always there: rare parts follow (rare_parts.hpp).
constexpr std::uint64_t answer_has_more = 32;     // to the kind
constexpr std::uint64_t path_has_more = 0x10000;  // to the flow

// Orders of the codes: what is usual is short.
constexpr unsigned name_row_order = 9;
constexpr unsigned first_took_order = 15;
constexpr unsigned first_rtt_order = 12;
constexpr unsigned hops_order = 3;
constexpr unsigned label_order = 15;

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

void write_row(BitWriter& out, RowId id) {
    out.number(static_cast<std::uint64_t>(id), name_row_order);
}

RowId read_row(BitReader& in) {
    return static_cast<RowId>(in.number(name_row_order));
}

void write_answer(BitWriter& out, Answer const& answer, Numbering& numbering) {
    write_row(out, numbering.number_of(answer.from));
    out.bit(answer.name.has_value());
    if (answer.name) write_row(out, numbering.number_of(*answer.name));
    bool const rare = has_rare_parts(answer);
    out.number(static_cast<std::uint64_t>(answer.kind) + (rare ? answer_has_more : 0), 0);
    if (rare) write_rare_parts(out, answer);
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
    auto const from = naming.address_of(read_row(in));
    if (from)
        answer.from = *from;
    else
        in.fail();
    if (in.bit()) {
        answer.name = naming.text_of(read_row(in));
        if (!answer.name) in.fail();
    }
    auto kind = in.number(0);
    if (kind >= answer_has_more) {
        kind -= answer_has_more;
        read_rare_parts(in, answer);
    }
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

FirstTrace first_trace(RowId context, std::uint64_t took_us, SplitPath const& split) {
    FirstTrace first{.context = context, .took_us = took_us};
    first.rtts_us.reserve(split.kinds.size());
    auto answer = split.answers.begin();
    std::vector<AnswerSample> samples;
    for (HopSample const& hop : split.hops) {
        samples.assign(answer, answer + hop.answered);
        answer += hop.answered;
        std::ranges::sort(samples, {}, [](AnswerSample const& sample) {
            return std::pair(sample.which, sample.rtt_us);
        });
        // The median of each kind, kind by kind.
        for (auto begin = samples.begin(); begin != samples.end();) {
            auto const end = std::ranges::upper_bound(begin, samples.end(), begin->which, {},
                                                      &AnswerSample::which);
            first.rtts_us.push_back(begin[(end - begin) / 2].rtt_us);
            begin = end;
        }
    }
    return first;
}

std::string encode_first_trace(FirstTrace const& first) {
    BitWriter out;
    write_row(out, first.context);
    out.number(first.took_us, first_took_order);
    out.number(first.rtts_us.size(), hops_order);
    for (auto const rtt : first.rtts_us)
        out.number(rtt, first_rtt_order);
    return std::move(out).finish();
}

FirstTrace decode_first_trace(std::string_view bytes) {
    BitReader in(bytes);
    FirstTrace first;
    first.context = read_row(in);
    first.took_us = in.number(first_took_order);
    first.rtts_us.resize(in.count(hops_order));
    for (auto& rtt : first.rtts_us)
        rtt = static_cast<std::uint32_t>(in.number(first_rtt_order));
    return in.good() ? first : FirstTrace{};
}

std::string encode_shape(SplitPath const& split, Numbering& numbering) {
    Path const& path = *split.path;
    BitWriter out;
    bool const rare = has_rare_parts(path);
    out.number(path.flow + (rare ? path_has_more : 0), 0);
    write_optional(out, path.source_port);
    write_optional(out, path.destination_port);
    write_optional(out, path.icmp_checksum);
    out.bit(path.reached);
    out.number(path.hops.size(), hops_order);
    int expected_ttl = 1;
    auto kind = split.kinds.begin();
    for (std::size_t i = 0; i < path.hops.size(); ++i) {
        out.signed_number(path.hops[i].ttl - expected_ttl, 0);
        expected_ttl = path.hops[i].ttl + 1;
        out.number(split.hops[i].kinds, 0);
        for (std::uint32_t n = 0; n < split.hops[i].kinds; ++n)
            write_answer(out, **kind++, numbering);
    }
    if (rare) write_rare_parts(out, path);
    return std::move(out).finish();
}

std::optional<Path> decode_shape(std::string_view shape, FirstTrace const& first, Naming& naming) {
    BitReader in(shape);
    Path path;
    auto const flow = in.number(0);
    path.flow = static_cast<FlowIndex>(flow % path_has_more);
    path.source_port = read_optional<Port>(in);
    path.destination_port = read_optional<Port>(in);
    path.icmp_checksum = read_optional<std::uint16_t>(in);
    path.reached = in.bit();
    path.hops.resize(in.count(hops_order));
    std::int64_t expected_ttl = 1;
    std::size_t answers = 0;
    for (Hop& hop : path.hops) {
        hop.ttl = static_cast<Ttl>(wrapping_sum(expected_ttl, in.signed_number(0)));
        expected_ttl = hop.ttl + 1;
        hop.answers.resize(in.count(0));
        for (Answer& answer : hop.answers) {
            answer = read_answer(in, naming);
            if (answers == first.rtts_us.size() || !in.good()) return std::nullopt;
            answer.rtt_us = first.rtts_us[answers++];
        }
    }
    if (flow >= path_has_more) read_rare_parts(in, path);
    if (!in.good() || answers != first.rtts_us.size()) return std::nullopt;
    return path;
}

}  // namespace dtrace::store
