#pragma once

#include <dtrace/model/flow.hpp>
#include <dtrace/model/reply.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::packet {

/// What the transport header of a packet of ours says of its flow, and the tag it carries.
struct Identity {
    Method method = Method::udp;
    std::uint16_t id = 0;  ///< as Flow::id
    Port destination_port = 0;
    QuotedTag tag{};
    std::optional<std::uint16_t> checksum{};
};

/// Reads what is there of a packet that we may have sent: at least the 8 bytes behind the IP
/// header that every router quotes. `ip_id` is the IPv4 ID, 0 with IPv6.
[[nodiscard]] std::optional<Identity> read_identity(Family family, std::uint8_t protocol,
                                                    ByteView transport, std::uint16_t ip_id);

}  // namespace dtrace::packet
