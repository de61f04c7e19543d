#pragma once

#include "lossy_network.hpp"

#include <cstdint>

namespace dtrace::test {

/// Two thirds of the flows come to 5 over 2 and 3, and go on to 7; the others pass by them.
inline LossyNetwork two_into_one(std::uint64_t seed) {
    LossyNetwork network(seed);
    for (int flow = 0; flow < 12; ++flow) {
        bool const around = flow % 3 == 2;
        network.flow({.probe = "p",
                      .source = 0,
                      .target = 9,
                      .number = static_cast<std::uint64_t>(flow),
                      .stops = {{1}, {2 + flow % 3}, {around ? 6 : 5}, {around ? 8 : 7}, {9}}});
    }
    return network;
}

}  // namespace dtrace::test
