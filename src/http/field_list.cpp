#include <dtrace/http/field_list.hpp>

#include <algorithm>

namespace dtrace::http {

namespace {

std::string_view trim(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// In thousandths: "0.25" is 250. What is no number is 1, as if it were not there.
unsigned weight_among(std::string_view parameters) {
    while (!parameters.empty()) {
        parameters.remove_prefix(1);  // the semicolon
        auto const end = parameters.find(';');
        auto const parameter = trim(parameters.substr(0, end));
        parameters.remove_prefix(std::min(end, parameters.size()));
        if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
        auto const digits = parameter.substr(2);
        if (digits.empty() || digits.find_first_not_of("0123456789.") != digits.npos) return 1000;
        if (digits.front() != '0') return 1000;
        int weight = 0;
        for (std::size_t i = 2; i < 5; ++i)
            weight = weight * 10 + (i < digits.size() && digits[i] != '.' ? digits[i] - '0' : 0);
        return static_cast<unsigned>(weight);
    }
    return 1000;
}

}  // namespace

unsigned weight_in(std::string_view list, std::string_view element) {
    unsigned weight = 0;
    while (!list.empty()) {
        auto const comma = list.find(',');
        auto const entry = list.substr(0, comma);
        auto const kind = entry.substr(0, entry.find(';'));
        if (trim(kind) == element)
            weight = std::max(weight, weight_among(entry.substr(kind.size())));
        if (comma == list.npos) break;
        list.remove_prefix(comma + 1);
    }
    return weight;
}

bool lists(std::string_view list, std::string_view element) {
    return weight_in(list, element) > 0;
}

bool names_tag(std::string_view if_none_match, std::string_view etag) {
    if (trim(if_none_match) == "*") return true;
    auto const opaque = [](std::string_view tag) {
        return tag.substr(tag.starts_with("W/") ? 2 : 0);
    };
    for (;;) {
        auto const comma = if_none_match.find(',');
        if (opaque(trim(if_none_match.substr(0, comma))) == opaque(etag)) return true;
        if (comma == if_none_match.npos) return false;
        if_none_match.remove_prefix(comma + 1);
    }
}

}  // namespace dtrace::http
