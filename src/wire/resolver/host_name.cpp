#include "resolver/host_name.hpp"

#include <algorithm>
#include <string>

namespace dtrace::wire {

namespace {

constexpr std::size_t max_name = 253;
constexpr std::size_t max_label = 63;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool may_occur(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/// What a person can be told of a name that may hold anything.
std::string printable(std::string_view name) {
    std::string text(name.substr(0, max_label));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return text + (name.size() > max_label ? "…" : "");
}

std::string_view fault_of_label(std::string_view label) {
    if (label.empty()) return "has an empty part between dots";
    if (label.size() > max_label) return "has a part longer than 63 characters";
    if (!std::all_of(label.begin(), label.end(), may_occur))
        return "may hold only ASCII letters, digits, '-', '_' and '.'";
    if (label.front() == '-' || label.back() == '-')
        return "has a part that starts or ends with '-'";
    return {};
}

std::string_view fault_of(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty()) return "is empty";
    if (name.size() > max_name) return "is longer than 253 characters";
    for (std::string_view rest = name;;) {
        std::size_t const dot = rest.find('.');
        std::string_view const label = rest.substr(0, dot);
        if (auto const fault = fault_of_label(label); !fault.empty()) return fault;
        if (dot == std::string_view::npos) {
            bool const number = std::all_of(label.begin(), label.end(), is_digit);
            return number ? "is neither an IP address nor a name" : std::string_view{};
        }
        rest.remove_prefix(dot + 1);
    }
}

}  // namespace

Result<void> check_host_name(std::string_view name) {
    std::string_view const fault = fault_of(name);
    if (fault.empty()) return {};
    return make_error(boost::system::errc::invalid_argument,
                      "host name \"" + printable(name) + "\" " + std::string(fault));
}

}  // namespace dtrace::wire
