#include <dtrace/formats/flow_table.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace dtrace::formats {

namespace {

constexpr std::size_t flows_to_a_table = 4;

using Column = std::vector<std::string>;  ///< the heading, then a line for each hop

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

std::vector<Column> columns_of(std::vector<FlowSums const*> const& flows, std::size_t hops,
                               HostNames const& names) {
    std::vector<Column> columns{{"TTL"}};
    for (std::size_t hop = 0; hop < hops; ++hop)
        columns[0].push_back(fmt::format("{:3}", hop + 1));
    for (FlowSums const* flow : flows) {
        Column who{fmt::format("PORT: {}", flow->port)};
        Column counts{"SENT/RCVD"};
        for (std::size_t hop = 0; hop < hops; ++hop) {
            bool const known = hop < flow->hops.size();
            who.push_back(known ? hop_name(flow->hops[hop], names) : "");
            counts.push_back(
                known ? fmt::format("{:02}/{:02}", flow->hops[hop].sent, flow->hops[hop].answered)
                      : "");
        }
        columns.push_back(std::move(who));
        columns.push_back(std::move(counts));
    }
    return columns;
}

std::string table_of(std::vector<FlowSums const*> const& flows, HostNames const& names) {
    std::size_t hops = 0;
    for (FlowSums const* flow : flows)
        hops = std::max(hops, flow->hops.size());
    auto const columns = columns_of(flows, hops, names);
    std::vector<std::size_t> widths;
    std::string rule = "+";
    for (auto const& column : columns) {
        std::size_t width = 0;
        for (auto const& text : column)
            width = std::max(width, text.size());
        widths.push_back(width);
        rule += std::string(width + 2, '-') + '+';
    }
    std::string text = rule + '\n';
    for (std::size_t line = 0; line <= hops; ++line) {
        text += '|';
        for (std::size_t column = 0; column < columns.size(); ++column)
            text += ' ' + padded(columns[column][line], widths[column]) + " |";
        text += '\n';
        if (line == 0) text += rule + '\n';
    }
    return text + rule + '\n';
}

}  // namespace

std::string to_flow_table(std::vector<FlowSums> const& flows, HostNames const& names, bool all) {
    std::string text;
    std::vector<FlowSums const*> batch;
    auto const flush = [&] {
        if (batch.empty()) return;
        text += (text.empty() ? "" : "\n") + table_of(batch, names);
        batch.clear();
    };
    for (auto const& flow : flows) {
        if (!all && !flow.suspect) continue;
        // Flows of one path stand together.
        if (batch.size() == flows_to_a_table || (!batch.empty() && batch.back()->path != flow.path))
            flush();
        batch.push_back(&flow);
    }
    flush();
    return text;
}

}  // namespace dtrace::formats
