#include "answer_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dtrace::formats {

namespace {

std::string mark_by_code(Answer const& answer) {
    if (answer.mtu) return fmt::format(" !F-{}", *answer.mtu);
    int const code = answer.icmp_code.value_or(0);
    if (answer.from.is_v4() && code == 2) return " !P";
    if (answer.from.is_v4() && code == 5) return " !S";
    if (answer.from.is_v4() && code == 14) return " !V";
    if (answer.from.is_v4() && code == 15) return " !C";
    return fmt::format(" !<{}>", code);
}

std::string label_text(std::vector<MplsLabel> const& labels) {
    std::string text;
    for (auto const& label : labels)
        text += fmt::format("{}L={},E={},S={},T={}", text.empty() ? " <MPLS:" : "/", label.label,
                            label.traffic_class, label.bottom ? 1 : 0, label.ttl);
    return labels.empty() ? text : text + '>';
}

/// Appends ",part" or the first one without its comma.
void add_part(std::string& text, std::string const& part) {
    if (text.back() != ':') text += ',';
    text += part;
}

std::string interface_text(InterfaceInfo const& info) {
    constexpr std::string_view roles[] = {"INC", "SUB", "OUT", "NXT"};
    std::string text = fmt::format(" <{}:", roles[static_cast<unsigned>(info.role) & 3U]);
    if (info.index) add_part(text, fmt::format("{}", *info.index));
    if (info.address) add_part(text, to_text(*info.address));
    if (info.name) add_part(text, fmt::format("\"{}\"", printable(*info.name)));
    if (info.mtu) add_part(text, fmt::format("mtu={}", *info.mtu));
    return text + '>';
}

std::string node_text(NodeIdentity const& node) {
    std::string text = " <NODE:";
    if (node.address) add_part(text, to_text(*node.address));
    if (node.name) add_part(text, fmt::format("\"{}\"", printable(*node.name)));
    return text + '>';
}

std::string translation_text(Translation const& translation) {
    std::string text = " [NAT";
    if (translation.source) text += " from " + to_text(*translation.source);
    if (translation.destination) text += " to " + to_text(*translation.destination);
    if (translation.checksum_change)
        text += fmt::format(" sum {:04x}", *translation.checksum_change);
    return text + ']';
}

}  // namespace

std::string printable(std::string_view name) {
    std::string text(name);
    std::ranges::replace_if(
        text, [](unsigned char c) { return c <= ' ' || c >= 0x7F; }, '?');
    return text;
}

std::string error_mark(Answer const& answer) {
    switch (answer.kind) {
        case ReplyKind::host_unreachable:
            return " !H";
        case ReplyKind::net_unreachable:
            return " !N";
        case ReplyKind::prohibited:
            return " !X";
        case ReplyKind::other_unreachable:
            return mark_by_code(answer);
        case ReplyKind::other:
            return fmt::format(" !<{}.{}>", answer.icmp_type.value_or(0),
                               answer.icmp_code.value_or(0));
        default:
            return {};
    }
}

std::string attachments(Answer const& answer) {
    std::string text;
    if (answer.labels) text += label_text(*answer.labels);
    if (answer.interfaces)
        for (auto const& info : *answer.interfaces)
            text += interface_text(info);
    if (answer.node) text += node_text(*answer.node);
    if (answer.objects)
        for (auto const& object : *answer.objects)
            text += fmt::format(" <{}/{}:{}>", object.class_number, object.type,
                                to_text(object.payload));
    if (answer.translation) text += translation_text(*answer.translation);
    if (answer.quoted_tos) text += fmt::format(" [tos 0x{:02x}]", *answer.quoted_tos);
    return text;
}

bool same_sender(Answer const& a, Answer const& b) {
    return a.from == b.from && a.labels == b.labels && a.interfaces == b.interfaces &&
           a.node == b.node && a.objects == b.objects && a.translation == b.translation &&
           a.quoted_tos == b.quoted_tos;
}

std::string tunnel_text(Hop const& hop) {
    if (!hop.tunnel_hints || hop.tunnel_hints->empty()) return {};
    std::string text = " [tunnel?";
    for (auto const& hint : *hop.tunnel_hints) {
        text += fmt::format(" {}", to_text(hint.sign));
        if (hint.hidden_hops != 0) text += fmt::format(" {}", hint.hidden_hops);
    }
    return text + ']';
}

}  // namespace dtrace::formats
