#include "icmp_error.hpp"

#include <dtrace/packet/icmp.hpp>

namespace dtrace::sim {

namespace icmp4 = packet::icmp4;
namespace icmp6 = packet::icmp6;

/// RFC 792 and RFC 1812 § 5.2.7.1; RFC 4443 § 3.1, which has one code for all that is prohibited.
IcmpError unreachable(Family family, Unreachable kind) {
    bool const v4 = family == Family::ipv4;
    IcmpError error{.type = v4 ? icmp4::unreachable : icmp6::unreachable};
    switch (kind) {
        case Unreachable::net:
            error.code = 0;
            break;
        case Unreachable::host:
            error.code = v4 ? 1 : 3;
            break;
        case Unreachable::port:
            error.code = v4 ? 3 : 4;
            break;
        case Unreachable::net_prohibited:
            error.code = v4 ? 9 : 1;
            break;
        case Unreachable::host_prohibited:
            error.code = v4 ? 10 : 1;
            break;
        case Unreachable::prohibited:
            error.code = v4 ? 13 : 1;
            break;
    }
    return error;
}

IcmpError unknown_protocol(Family family) {
    if (family == Family::ipv4) return {.type = icmp4::unreachable, .code = 2};
    return {.type = icmp6::parameter_problem, .code = icmp6::unknown_next_header};
}

IcmpError time_exceeded(Family family) {
    return {.type = family == Family::ipv4 ? icmp4::time_exceeded : icmp6::time_exceeded};
}

IcmpError too_big(Family family, std::uint16_t mtu) {
    if (family == Family::ipv4)
        return {.type = icmp4::unreachable, .code = icmp4::fragmentation_needed, .mtu = mtu};
    return {.type = icmp6::packet_too_big, .mtu = mtu};
}

}  // namespace dtrace::sim
