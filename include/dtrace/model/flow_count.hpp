#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/text.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dtrace {

/// How many flows a round has: so many, or as many as finding every next hop takes. The text form
/// is "16" or "auto", in JSON 16 or "auto".
struct FlowCount {
    std::uint16_t fixed = 1;  ///< without meaning where `automatic`
    bool automatic = false;

    constexpr FlowCount() = default;
    // Not explicit: a number is a flow count.
    constexpr FlowCount(std::uint16_t number) : fixed(number) {}

    [[nodiscard]] static constexpr FlowCount make_automatic() {
        FlowCount count;
        count.automatic = true;
        return count;
    }

    friend bool operator==(FlowCount const&, FlowCount const&) = default;
};

template <>
struct TextForm<FlowCount> {
    static std::string write(FlowCount const& count);
    static Result<FlowCount> read(std::string_view text);
};
template <>
inline constexpr bool is_number_or_word<FlowCount> = true;

inline constexpr std::uint16_t max_flows = 256;

}  // namespace dtrace
