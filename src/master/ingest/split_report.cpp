#include "ingest/split_report.hpp"

#include <algorithm>
#include <string>

namespace dtrace::master {

namespace {

constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

json::Fault too_many(std::size_t max_traces) {
    return {{}, "a report must have at most " + std::to_string(max_traces) + " traces"};
}

json::ReadResult<std::vector<std::string_view>> split_lines(std::string_view body,
                                                            std::size_t max_traces) {
    std::vector<std::string_view> lines;
    while (!body.empty()) {
        auto const end = std::min(body.find('\n'), body.size());
        if (auto const line = trimmed(body.substr(0, end)); !line.empty()) lines.push_back(line);
        if (lines.size() > max_traces) return too_many(max_traces);
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    return lines;
}

/// The closing mark of the quotation that begins at `begin`, or npos.
std::size_t end_of_quotation(std::string_view text, std::size_t begin) {
    auto const is_escaped = [&](std::size_t mark) {
        auto const backslashes = mark - 1 - text.find_last_not_of('\\', mark - 1);
        return backslashes % 2 == 1;
    };
    auto end = text.find('"', begin + 1);
    while (end != std::string_view::npos && is_escaped(end))
        end = text.find('"', end + 1);
    return end;
}

/// Where the element that begins at `begin` ends: at the comma or bracket of its list, or npos.
std::size_t end_of_element(std::string_view text, std::size_t begin) {
    std::size_t depth = 0;
    for (std::size_t i = begin; i < text.size(); ++i) {
        switch (text[i]) {
            case '"':
                i = end_of_quotation(text, i);
                if (i == std::string_view::npos) return i;
                break;
            case '{':
            case '[':
                ++depth;
                break;
            case '}':
            case ']':
                if (depth == 0) return i;
                --depth;
                break;
            case ',':
                if (depth == 0) return i;
                break;
            default:
                break;
        }
    }
    return std::string_view::npos;
}

json::ReadResult<std::vector<std::string_view>> split_array(std::string_view text,
                                                            std::size_t max_traces) {
    std::vector<std::string_view> elements;
    auto const fault = [&](char const* reason) {
        return json::Fault{'[' + std::to_string(elements.size()) + ']', reason};
    };
    std::size_t begin = 1;
    if (trimmed(text.substr(1)) == "]") return elements;
    for (;;) {
        auto const end = end_of_element(text, begin);
        if (end == std::string_view::npos) return fault("the list does not end after this");
        auto const element = trimmed(text.substr(begin, end - begin));
        if (element.empty() || text[end] == '}') return fault("must be a trace");
        elements.push_back(element);
        if (elements.size() > max_traces) return too_many(max_traces);
        begin = end + 1;
        if (text[end] == ',') continue;
        if (begin != text.size()) return json::Fault{{}, "there is more after the end of the list"};
        return elements;
    }
}

}  // namespace

json::ReadResult<std::vector<std::string_view>> split_report(std::string_view body,
                                                             std::size_t max_traces) {
    auto const text = trimmed(body);
    if (text.empty())
        return json::Fault{{}, "a report is a JSON array of traces, or a trace on each line"};
    return text.front() == '[' ? split_array(text, max_traces) : split_lines(text, max_traces);
}

}  // namespace dtrace::master
