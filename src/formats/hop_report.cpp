#include "answer_text.hpp"
#include "csv_line.hpp"

#include <dtrace/core/counted.hpp>
#include <dtrace/formats/hop_report.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace dtrace::formats {

namespace {

using analysis::HopStatistics;
using analysis::Responder;

std::string name_of(Responder const& responder) {
    auto text = responder.name
                    ? fmt::format("{} ({})", printable(*responder.name), to_text(responder.from))
                    : to_text(responder.from);
    if (responder.asn) text += fmt::format(" [AS{}]", *responder.asn);
    return text;
}

/// Who answers at a hop, a line each: the first one alone, the others with their share.
std::vector<std::string> hosts_of(HopStatistics const& hop) {
    if (hop.responders.empty()) return {"*"};
    std::vector<std::string> lines;
    for (auto const& responder : hop.responders) {
        auto line = name_of(responder);
        if (hop.responders.size() > 1)
            line += fmt::format(", {:.0f} %", 100 * static_cast<double>(responder.answered) /
                                                  static_cast<double>(hop.answered));
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string milliseconds_text(std::uint32_t us) {
    return us < 100'000 ? fmt::format("{:.2f}", us / 1e3) : fmt::format("{:.1f}", us / 1e3);
}

std::string numbers_of(HopStatistics const& hop) {
    auto const& share = hop.unanswered;
    auto text =
        fmt::format("{:6.1f} {:>13} {:6}", 100 * share.estimate,
                    fmt::format("{:.1f} to {:.1f}", 100 * share.low, 100 * share.high), hop.sent);
    if (hop.rtt)
        for (auto const us : {hop.rtt->last_us, hop.rtt->mean_us, hop.rtt->best_us,
                              hop.rtt->worst_us, hop.rtt->deviation_us, hop.rtt->jitter_us})
            text += fmt::format(" {:>8}", milliseconds_text(us));
    constexpr std::size_t width = 81;  // of all columns
    if (hop.passes) text = fmt::format("{:{}}  traffic passes", text, width);
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

std::string to_hop_report_text(HopReport const& report) {
    constexpr std::size_t least_width = 20;
    std::vector<std::vector<std::string>> hosts;
    std::size_t width = least_width;
    for (auto const& hop : report.hops) {
        hosts.push_back(hosts_of(hop));
        for (auto const& line : hosts.back())
            width = std::max(width, line.size());
    }
    auto text =
        title(report) +
        fmt::format("    {:{}} {:>6} {:>13} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "Host",
                    width, "Loss%", "95%", "Snt", "Last", "Avg", "Best", "Wrst", "StDev", "Javg");
    for (std::size_t i = 0; i < report.hops.size(); ++i) {
        auto const& lines = hosts[i];
        text += fmt::format("{:3} {:{}} {}\n", report.hops[i].ttl, lines.front(), width,
                            numbers_of(report.hops[i]));
        for (std::size_t more = 1; more < lines.size(); ++more)
            text += fmt::format("    {}\n", lines[more]);
    }
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
