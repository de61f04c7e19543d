#pragma once

#include <dtrace/model/flow.hpp>
#include <dtrace/packet/tag.hpp>

#include <cstdint>
#include <random>
#include <vector>

namespace dtrace::test {

inline IpAddress ip(char const* text) {
    return boost::asio::ip::make_address(text);
}

inline Flow make_flow(Method method, Family family) {
    bool const v4 = family == Family::ipv4;
    return {.method = method,
            .source = ip(v4 ? "198.51.100.1" : "2001:db8::1"),
            .destination = ip(v4 ? "192.0.2.9" : "2001:db8:9::9"),
            .id = static_cast<std::uint16_t>(method == Method::icmp ? 0x1234 : 24001),
            .destination_port = static_cast<Port>(method == Method::udp   ? 33434
                                                  : method == Method::tcp ? 80
                                                                          : 0)};
}

/// Three methods, two families.
inline std::vector<Flow> all_kinds_of_flow() {
    std::vector<Flow> flows;
    for (Method method : {Method::udp, Method::tcp, Method::icmp})
        for (Family family : {Family::ipv4, Family::ipv6})
            flows.push_back(make_flow(method, family));
    return flows;
}

/// 00 01 … 0f
inline packet::Secret known_secret() {
    packet::Secret secret;
    for (std::size_t i = 0; i < secret.size(); ++i)
        secret[i] = static_cast<std::uint8_t>(i);
    return secret;
}

inline packet::Tag random_tag(std::mt19937& random) {
    return {.ttl = static_cast<Ttl>(1 + random() % max_ttl),
            .ticks = static_cast<std::uint32_t>(random()) & packet::tick_mask};
}

}  // namespace dtrace::test
