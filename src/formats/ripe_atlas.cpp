#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/formats/ripe_atlas.hpp>
#include <dtrace/json/quote.hpp>

#include <fmt/format.h>

#include <string_view>

namespace dtrace::formats {

namespace {

constexpr int firmware = 5080;  ///< whose format it is

std::string text_member(std::string_view name, std::string_view value) {
    return fmt::format(",\"{}\":{}", name, json::quoted(value));
}

/// Of an error that has no name among ours, by its code. The numbers of IPv6 are others.
std::string other_error_of(Answer const& answer) {
    if (!answer.icmp_code) return {};
    auto const code = *answer.icmp_code;
    auto const is_v6 = answer.from.is_v6();
    if (is_v6 && answer.mtu) return {};  // packet too big: `mtu` says so
    constexpr unsigned protocol_unreachable = 2;
    constexpr unsigned unknown_next_header = 1;
    constexpr unsigned beyond_scope = 2;
    if (code == (is_v6 ? unknown_next_header : protocol_unreachable)) return R"("P")";
    if (is_v6 && code == beyond_scope) return R"("h")";
    return std::to_string(code);
}

/// What `err` says of an ICMP error that is no time exceeded; empty: the end of the way as
/// traceroute has it, which is none. (Readers take "p" of a target for a failure.)
std::string error_of(Answer const& answer) {
    switch (answer.kind) {
        case ReplyKind::net_unreachable:
            return R"("N")";
        case ReplyKind::host_unreachable:
            return R"("H")";
        case ReplyKind::prohibited:
            return R"("A")";
        case ReplyKind::other_unreachable:
            return other_error_of(answer);
        default:
            return {};
    }
}

std::string labels_of(std::vector<MplsLabel> const& labels) {
    std::string list;
    for (auto const& each : labels)
        list += fmt::format(R"({}{{"label":{},"exp":{},"s":{},"ttl":{}}})", list.empty() ? "" : ",",
                            each.label, each.traffic_class, each.bottom ? 1 : 0, each.ttl);
    return fmt::format(
        R"(,"icmpext":{{"version":2,"rfc4884":1,"obj":[{{"class":1,"type":1,"mpls":[{}]}}]}})",
        list);
}

std::string reply_of(Answer const& answer) {
    auto reply = fmt::format(R"({{"from":"{}","rtt":{}.{:03})", to_text(answer.from),
                             answer.rtt_us / 1000, answer.rtt_us % 1000);
    if (answer.reply_ttl != 0) reply += fmt::format(",\"ttl\":{}", answer.reply_ttl);
    if (answer.quoted_ttl) reply += fmt::format(",\"ittl\":{}", *answer.quoted_ttl);
    if (auto const error = error_of(answer); !error.empty())
        reply += fmt::format(",\"err\":{}", error);
    if (answer.mtu) reply += fmt::format(",\"mtu\":{}", *answer.mtu);
    if (answer.kind == ReplyKind::syn_ack) reply += text_member("flags", "SA");
    if (answer.kind == ReplyKind::rst) reply += text_member("flags", "R");
    if (answer.labels && !answer.labels->empty()) reply += labels_of(*answer.labels);
    return reply + '}';
}

std::string hop_of(Hop const& hop) {
    std::string replies;
    auto const add = [&](std::string const& reply) {
        if (!replies.empty()) replies += ',';
        replies += reply;
    };
    for (auto const& answer : hop.answers)
        add(reply_of(answer));
    for (std::size_t i = hop.answers.size(); i < hop.sent; ++i)
        add(R"({"x":"*"})");
    return fmt::format(R"({{"hop":{},"result":[{}]}})", hop.ttl, replies);
}

std::string hops_of(Path const& path) {
    std::string hops;
    for (auto const& hop : path.hops) {
        if (hop.sent == 0 && hop.answers.empty()) continue;
        if (!hops.empty()) hops += ',';
        hops += hop_of(hop);
    }
    return hops;
}

std::string_view protocol_of(Method method) {
    switch (method) {
        case Method::udp:
            return "UDP";
        case Method::tcp:
            return "TCP";
        case Method::icmp:
            return "ICMP";
    }
    return "";
}

/// `hops`: of one flow.
std::string result_of(Trace const& trace, FlowIndex flow, std::string const& hops) {
    auto const begin = trace.started_at.time_since_epoch();
    auto const end = begin + microseconds(trace.took_us);
    auto const& address = trace.target.address ? trace.target.address : trace.source;
    auto text = fmt::format(
        R"({{"fw":{},"lts":-1,"msm_id":0,"prb_id":0,"msm_name":"Traceroute","type":"traceroute",)"
        R"("timestamp":{},"endtime":{},"proto":"{}","af":{},"paris_id":{})",
        firmware, std::chrono::floor<seconds>(begin).count(),
        std::chrono::ceil<seconds>(end).count(), protocol_of(trace.method),
        address && address->is_v6() ? 6 : 4, flow + 1);
    if (trace.source) {
        text += text_member("from", to_text(*trace.source));
        text += text_member("src_addr", to_text(*trace.source));
    }
    text += text_member("dst_name", trace.target.host);
    if (trace.target.address) text += text_member("dst_addr", to_text(*trace.target.address));
    text += fmt::format(R"(,"result":[{}])", hops);
    text += text_member("dtrace_probe", trace.probe);
    if (trace.measurement) text += text_member("dtrace_measurement", trace.measurement->name);
    return text + text_member("dtrace_trace", to_text(trace.id)) + '}';
}

}  // namespace

std::string to_ripe_atlas(std::span<Trace const> traces) {
    std::string results;
    auto const add = [&](std::string const& result) {
        results += results.empty() ? "\n" : ",\n";
        results += result;
    };
    for (auto const& trace : traces) {
        for (auto const& path : trace.paths)
            add(result_of(trace, path.flow, hops_of(path)));
        if (trace.paths.empty())
            add(result_of(trace, 0,
                          fmt::format(R"({{"hop":1,"error":{}}})",
                                      json::quoted(trace.error.value_or("nothing was sent")))));
    }
    return '[' + results + "\n]\n";
}

}  // namespace dtrace::formats
