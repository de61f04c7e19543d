#pragma once

#include "address_key.hpp"

#include <dtrace/sim/topology.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dtrace::sim {

inline constexpr std::uint32_t max_delay_us = 60'000'000;

/// Keeps the first of the faults it is told.
class FirstFault {
  public:
    void unless(bool good, std::string_view place, std::string_view reason) {
        if (good || text_) return;
        text_ = std::string(place).append(": ").append(reason);
    }
    [[nodiscard]] bool found() const { return text_.has_value(); }
    [[nodiscard]] std::optional<std::string> text() && { return std::move(text_); }

  private:
    std::optional<std::string> text_;
};

struct PrefixOrder {
    bool operator()(Prefix const& a, Prefix const& b) const {
        return std::pair(key_of(a.address), key_length(a.address, a.length)) <
               std::pair(key_of(b.address), key_length(b.address, b.length));
    }
};

void check_probability(std::optional<double> value, std::string_view place, FirstFault& fault);

/// One node of a topology with single links; `at` is its place in the document.
void check_node(Topology const& topology, std::string const& name, std::string const& at,
                FirstFault& fault);

}  // namespace dtrace::sim
