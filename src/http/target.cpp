#include <dtrace/core/hex.hpp>
#include <dtrace/http/target.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <optional>

namespace dtrace::http {
namespace {

enum class Part : std::uint8_t { path, query };

Result<std::string> decode(std::string_view text, Part part) {
    auto const refuse = [](char const* reason) {
        return make_error(boost::system::errc::invalid_argument, reason);
    };
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            auto const high = i + 1 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
            auto const low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
            if (!high || !low) return refuse("a % must be followed by two hexadecimal digits");
            c = static_cast<char>(*high << 4 | *low);
            i += 2;
            if (part == Part::path && (c == '/' || c == '%')) {
                decoded += percent_encode({&c, 1});
                continue;
            }
        } else if (c == '+' && part == Part::query) {
            c = ' ';
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            return refuse("control characters are not allowed in an address");
        decoded += c;
    }
    return decoded;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
    constexpr std::string_view absolute = "http://";
    if (target.starts_with(absolute)) {
        auto const slash = target.find_first_of("/?", absolute.size());
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    auto const mark = target.find('?');
    std::string_view const path = target.substr(0, mark);
    if (!path.starts_with('/'))
        return make_error(boost::system::errc::invalid_argument, "the path must begin with /");

    auto decoded_path = decode(path, Part::path);
    if (!decoded_path) return decoded_path.error();
    Target result{*std::move(decoded_path), {}};

    std::string_view query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    while (!query.empty()) {
        auto const end = std::min(query.find('&'), query.size());
        auto const pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        auto const equals = std::min(pair.find('='), pair.size());
        auto const name = decode(pair.substr(0, equals), Part::query);
        auto const value = decode(pair.substr(std::min(equals + 1, pair.size())), Part::query);
        if (!name) return name.error();
        if (!value) return value.error();
        if (!result.query.emplace(*name, *value).second)
            return make_error(boost::system::errc::invalid_argument,
                              "the parameter " + *name + " stands there twice");
    }
    return result;
}

std::string decode_segment(std::string_view segment) {
    std::string decoded;
    while (!segment.empty()) {
        bool const slash = segment.starts_with("%2F");
        decoded += slash ? '/' : segment.front();
        segment.remove_prefix(slash || segment.starts_with("%25") ? 3 : 1);
    }
    return decoded;
}

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (char const c : text) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            encoded += c;
        } else {
            fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

}  // namespace dtrace::http
