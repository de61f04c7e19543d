#include "answer_text.hpp"
#include "csv_line.hpp"

#include <dtrace/core/counted.hpp>
#include <dtrace/formats/hop_report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace dtrace::formats {

namespace {

using analysis::HopStatistics;
using analysis::Responder;

/// What a page has room for.
struct Layout {
    std::size_t host = 20;  ///< columns of who answers
    bool narrow = false;    ///< without addresses beside names, deviation and jitter

    [[nodiscard]] std::size_t sent() const { return narrow ? 5 : 6; }
    [[nodiscard]] std::size_t rtt() const { return narrow ? 6 : 8; }
    [[nodiscard]] std::size_t rtts() const { return narrow ? 4 : 6; }
    /// With TTL, loss and its interval, which always look the same.
    [[nodiscard]] std::size_t whole() const {
        return 4 + host + 21 + (1 + sent()) + rtts() * (1 + rtt());
    }
};

std::string name_of(Responder const& responder, Layout const& layout) {
    auto const address = to_text(responder.from);
    if (layout.narrow) return responder.name ? printable(*responder.name) : address;
    auto text =
        responder.name ? fmt::format("{} ({})", printable(*responder.name), address) : address;
    if (responder.asn) text += fmt::format(" [AS{}]", *responder.asn);
    return text;
}

std::string shortened(std::string text, std::size_t width) {
    if (text.size() > width) text.replace(width - 2, text.npos, "..");
    return text;
}

/// Who answers at a hop, a line each: the first one alone, the others with their share.
std::vector<std::string> hosts_of(HopStatistics const& hop, Layout const& layout) {
    if (hop.responders.empty()) return {"*"};
    std::vector<std::string> lines;
    for (auto const& responder : hop.responders) {
        std::string share;
        if (hop.responders.size() > 1)
            share = fmt::format(", {:.0f} %", 100 * static_cast<double>(responder.answered) /
                                                  static_cast<double>(hop.answered));
        auto name = name_of(responder, layout);
        if (layout.narrow) name = shortened(std::move(name), layout.host - share.size());
        lines.push_back(name + share);
    }
    return lines;
}

Layout layout_of(HopReport const& report, std::optional<std::size_t> columns) {
    Layout layout;
    for (auto const& hop : report.hops)
        for (auto const& line : hosts_of(hop, layout))
            layout.host = std::max(layout.host, line.size());
    if (!columns || layout.whole() <= *columns) return layout;
    layout = {.host = 0, .narrow = true};
    constexpr std::size_t least_host = 16;
    layout.host = std::max(least_host, *columns - std::min(*columns, layout.whole()));
    return layout;
}

std::string head(Layout const& layout) {
    auto text = fmt::format("    {:{}} {:>6} {:>13} {:>{}}", "Host", layout.host, "Loss%", "95%",
                            "Snt", layout.sent());
    constexpr std::array<std::string_view, 6> rtts{"Last", "Avg", "Best", "Wrst", "StDev", "Javg"};
    for (auto const name : std::span(rtts).first(layout.rtts()))
        text += fmt::format(" {:>{}}", name, layout.rtt());
    return text + '\n';
}

std::string milliseconds_text(std::uint32_t us) {
    return us < 100'000 ? fmt::format("{:.2f}", us / 1e3) : fmt::format("{:.1f}", us / 1e3);
}

std::string numbers_of(HopStatistics const& hop, Layout const& layout) {
    auto const& share = hop.unanswered;
    auto text = fmt::format("{:6.1f} {:>13} {:{}}", 100 * share.estimate,
                            fmt::format("{:.1f} to {:.1f}", 100 * share.low, 100 * share.high),
                            hop.sent, layout.sent());
    if (!hop.rtt) return text;
    std::array const rtts{hop.rtt->last_us,  hop.rtt->mean_us,      hop.rtt->best_us,
                          hop.rtt->worst_us, hop.rtt->deviation_us, hop.rtt->jitter_us};
    for (auto const us : std::span(rtts).first(layout.rtts()))
        text += fmt::format(" {:>{}}", milliseconds_text(us), layout.rtt());
    return text;
}

/// A line for the hop and its first responder; the others and, where it is narrow, the remark
/// below.
std::string lines_of(HopStatistics const& hop, Layout const& layout) {
    constexpr std::string_view passes = "traffic passes";
    auto const hosts = hosts_of(hop, layout);
    auto text =
        fmt::format("{:3} {:{}} {}", hop.ttl, hosts.front(), layout.host, numbers_of(hop, layout));
    if (hop.passes && !layout.narrow) text = fmt::format("{:{}}  {}", text, layout.whole(), passes);
    text += '\n';
    for (std::size_t more = 1; more < hosts.size(); ++more)
        text += fmt::format("    {}\n", hosts[more]);
    if (hop.passes && layout.narrow) text += fmt::format("    {}\n", passes);
    return text;
}

std::string title(HopReport const& report) {
    auto text = "trace of " + printable(report.target.host);
    if (report.target.address) text += fmt::format(" ({})", to_text(*report.target.address));
    text += fmt::format(", {}, {} in {:.1f} s\n", to_text(report.method),
                        counted(report.rounds, "round"), static_cast<double>(report.took_us) / 1e6);
    if (report.left_out > 0)
        text +=
            fmt::format("{} more left out: replies found no room in this host's receive buffers\n",
                        report.left_out);
    return text;
}

}  // namespace

std::string to_hop_report_text(HopReport const& report, std::optional<std::size_t> columns) {
    auto const layout = layout_of(report, columns);
    auto text = title(report) + head(layout);
    for (auto const& hop : report.hops)
        text += lines_of(hop, layout);
    return text;
}

std::string to_hop_report_csv(HopReport const& report) {
    std::string text =
        "target,ttl,from,name,asn,sent,answered,unanswered,low,high,passes,last_us,mean_us,best_us,"
        "worst_us,deviation_us,jitter_us\r\n";
    for (auto const& hop : report.hops) {
        std::string from;
        std::string names;
        std::string networks;
        auto const add = [](std::string& list, std::string const& item) {
            list += (list.empty() ? "" : "|") + item;
        };
        for (auto const& responder : hop.responders) {
            add(from, to_text(responder.from));
            if (responder.name) add(names, printable(*responder.name));
            if (responder.asn) add(networks, std::to_string(*responder.asn));
        }
        CsvLine line;
        line.text(report.target.host)
            .number(hop.ttl)
            .text(from)
            .text(names)
            .text(networks)
            .number(hop.sent)
            .number(hop.answered)
            .share(hop.unanswered.estimate)
            .share(hop.unanswered.low)
            .share(hop.unanswered.high)
            .text(hop.passes ? "true" : "false");
        auto const cell = [&](std::uint32_t analysis::RttStatistics::*member) {
            line.number(hop.rtt ? std::optional<std::uint64_t>(*hop.rtt.*member) : std::nullopt);
        };
        cell(&analysis::RttStatistics::last_us);
        cell(&analysis::RttStatistics::mean_us);
        cell(&analysis::RttStatistics::best_us);
        cell(&analysis::RttStatistics::worst_us);
        cell(&analysis::RttStatistics::deviation_us);
        cell(&analysis::RttStatistics::jitter_us);
        text += std::move(line).end();
    }
    return text;
}

}  // namespace dtrace::formats
