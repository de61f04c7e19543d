#include "catalog/names.hpp"

#include <dtrace/core/ip.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace dtrace::master {

namespace {

constexpr std::size_t longest_name = 100;
constexpr std::size_t longest_host = 253;
constexpr std::size_t longest_label = 63;

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_label_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= longest_label && label.front() != '-' &&
           label.back() != '-' && std::ranges::all_of(label, is_label_character);
}

/// The last label has a letter, or else it is an address with a mistake ("192.0.2.300").
bool is_dns_name(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.empty() || host.size() > longest_host) return false;
    for (;;) {
        auto const dot = host.find('.');
        auto const label = host.substr(0, dot);
        if (!is_label(label)) return false;
        if (dot == std::string_view::npos) return !std::ranges::all_of(label, is_digit);
        host.remove_prefix(dot + 1);
    }
}

}  // namespace

std::optional<std::string> find_name_fault(std::string_view name) {
    if (name.empty()) return "must not be empty";
    if (name.size() > longest_name) return "must have at most 100 bytes";
    if (std::ranges::any_of(name, is_control)) return "must not contain control characters";
    if (name.front() == ' ' || name.back() == ' ') return "must not begin or end with a space";
    return std::nullopt;
}

std::optional<std::string> find_address_name_fault(std::string_view name) {
    if (auto fault = find_name_fault(name)) return fault;
    if (name == "." || name == "..") return "must not be . or .., which no address can end in";
    return std::nullopt;
}

std::optional<std::string> find_probe_name_fault(std::string_view name) {
    if (auto fault = find_address_name_fault(name)) return fault;
    if (name.find(':') != std::string_view::npos) return "must not contain a colon";
    if (name == "*") return "must not be *, which stands for every probe";
    return std::nullopt;
}

std::optional<std::string> find_secret_fault(std::string_view secret) {
    constexpr std::size_t longest_secret = 1000;
    if (secret.empty()) return "must not be empty";
    if (secret.size() > longest_secret) return "must have at most 1000 bytes";
    if (std::ranges::any_of(secret, is_control)) return "must not contain control characters";
    return std::nullopt;
}

std::optional<std::string> find_host_fault(std::string_view host) {
    if (parse<IpAddress>(host) || is_dns_name(host)) return std::nullopt;
    return "must be an IP address or a DNS name";
}

std::optional<std::string> find_target_fault(std::string_view target) {
    if (auto const address = parse<IpAddress>(target)) return find_no_host(*address);
    return find_host_fault(target);
}

std::optional<json::Fault> find_list_fault(std::vector<std::string> const& list,
                                           json::Place const& at,
                                           std::optional<std::string> (*check)(std::string_view)) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto reason = check(list[i]);
        if (!reason && !seen.insert(list[i]).second) reason = "stands here twice";
        if (reason) return json::Fault{at.element(i).text(), *std::move(reason)};
    }
    return std::nullopt;
}

}  // namespace dtrace::master
