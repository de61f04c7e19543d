#include "options/option_value.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dtrace::app {

namespace {

constexpr std::array<std::string_view, 4> yes{"true", "yes", "on", "1"};
constexpr std::array<std::string_view, 4> no{"false", "no", "off", "0"};

}  // namespace

Error refuse_value(std::string const& allowed) {
    return make_error(boost::system::errc::invalid_argument, "must be " + allowed);
}

OptionValue toggle(bool& target, bool meaning) {
    return {.read = [&target, meaning](std::string_view text) -> Result<void> {
                bool const is_yes = std::ranges::find(yes, text) != yes.end();
                if (!is_yes && std::ranges::find(no, text) == no.end())
                    return refuse_value("true or false");
                target = is_yes ? meaning : !meaning;
                return {};
            },
            .is_switch = true};
}

OptionValue text(std::string& target, std::string allowed) {
    return {.read = [&target](std::string_view given) -> Result<void> {
                if (given.empty()) return refuse_value("at least one character long");
                target = given;
                return {};
            },
            .allowed = std::move(allowed),
            .default_text = target};
}

OptionValue list(std::vector<std::string>& target) {
    return {.read = [&target](std::string_view given) -> Result<void> {
        std::string one;
        if (auto read = text(one).read(given); !read) return read;
        target.push_back(std::move(one));
        return {};
    }};
}

OptionValue secret(std::string& target) {
    auto value = text(target);
    value.default_text.clear();
    value.secret = true;
    return value;
}

OptionValue by_default(std::string default_text, OptionValue value) {
    value.default_text = std::move(default_text);
    return value;
}

OptionValue duration_ms(std::uint32_t& target, milliseconds low, milliseconds high) {
    auto const allowed =
        fmt::format("{} to {}", to_text(microseconds(low)), to_text(microseconds(high)));
    return {.read = [&target, low, high, allowed](std::string_view given) -> Result<void> {
                auto const duration = parse<microseconds>(given);
                if (!duration || *duration < low || *duration > high)
                    return refuse_value(allowed + ", like 500ms or 2s; a bare number is seconds");
                target =
                    static_cast<std::uint32_t>(std::chrono::ceil<milliseconds>(*duration).count());
                return {};
            },
            .allowed = allowed,
            .default_text = to_text(microseconds(milliseconds(target)))};
}

OptionValue prefixes(std::vector<Prefix>& target) {
    return {.read = [&target](std::string_view given) -> Result<void> {
                std::vector<Prefix> all;
                for (;;) {
                    auto const end = given.find(',');
                    auto const one = parse<Prefix>(given.substr(0, end));
                    if (!one) return one.error();
                    all.push_back(*one);
                    if (end == given.npos) break;
                    given.remove_prefix(end + 1);
                }
                target.insert(target.end(), all.begin(), all.end());
                return {};
            },
            .allowed = "like 192.0.2.0/24 or 2001:db8::/32"};
}

OptionValue percentage(double& target) {
    return {.read = [&target](std::string_view text) -> Result<void> {
                double percent = 0;
                auto const* const last = text.data() + text.size();
                auto const [end, failed] = std::from_chars(text.data(), last, percent);
                if (failed != std::errc{} || end != last || !(percent >= 0.01 && percent <= 50))
                    return refuse_value("0.01 to 50");
                target = percent / 100;
                return {};
            },
            .allowed = "0.01 to 50",
            .default_text = fmt::format("{:g}", target * 100)};
}

}  // namespace dtrace::app
