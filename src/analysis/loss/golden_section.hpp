#pragma once

#include <utility>

namespace dtrace::analysis {

/// Where `value`, which rises to one summit between `low` and `high`, is highest: within 0.62 to
/// the power of `steps` of the range.
template <class Value>
[[nodiscard]] double golden_section(double low, double high, int steps, Value const& value) {
    constexpr double golden = 0.6180339887498949;
    double left = high - golden * (high - low);
    double right = low + golden * (high - low);
    double at_left = value(left);
    double at_right = value(right);
    for (int step = 0; step < steps; ++step) {
        if (at_left > at_right) {
            high = std::exchange(right, left);
            at_right = at_left;
            left = high - golden * (high - low);
            at_left = value(left);
        } else {
            low = std::exchange(left, right);
            at_left = at_right;
            right = low + golden * (high - low);
            at_right = value(right);
        }
    }
    return (low + high) / 2;
}

}  // namespace dtrace::analysis
