#pragma once

#include "kernel_clock.hpp"
#include "sent_fields.hpp"
#include "unprivileged/rebuilt_reply.hpp"

#include <dtrace/core/error.hpp>
#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/wire/interface.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace dtrace::wire {

/// A socket that any user may have, for the packets from one source: a UDP socket of one source
/// port, or a ping socket. Non-blocking; ICMP errors wait in its error queue.
class UserSocket {
  public:
    enum class Kind : std::uint8_t { udp, ping };

    /// `port`: of udp. `interface`: where packets leave, 0: by the routes. The error's code tells
    /// why: see UnprivilegedFault.
    static Result<UserSocket> open(Kind kind, IpAddress const& source, Port port,
                                   InterfaceIndex interface);

    [[nodiscard]] int descriptor() const { return socket_.get(); }
    [[nodiscard]] Kind kind() const { return kind_; }
    /// The identifier that the kernel puts into all echo requests of a ping socket.
    [[nodiscard]] std::uint16_t identifier() const { return identifier_; }

    /// UDP: `bytes` is the payload. Ping: an echo request, whose identifier and checksum the kernel
    /// fills in. would_block: later.
    [[nodiscard]] boost::system::error_code send(SentFields const& fields,
                                                 IpAddress const& destination,
                                                 std::span<std::byte const> bytes);

    /// A reply as the socket tells it.
    struct Heard {
        ToldReply told;  ///< `quoted` lies in the caller's buffer
        /// Of an echo reply, and of the echo request that an error quotes.
        std::optional<std::uint16_t> sequence;
        std::optional<KernelClock::WallTime> received;
    };

    /// The next reply, if there is one; what is none of ours is passed over. `buffer` holds its
    /// bytes.
    [[nodiscard]] std::optional<Heard> hear(std::span<std::byte> buffer);

    /// Replies lost for want of room since the last call, as far as the socket has told.
    [[nodiscard]] std::uint32_t take_dropped() { return std::exchange(newly_dropped_, 0); }

  private:
    [[nodiscard]] Result<void> set_up(IpAddress const& source, Port port);
    [[nodiscard]] bool use(SentFields const& fields);
    [[nodiscard]] std::optional<Heard> hear_error(std::span<std::byte> buffer);
    [[nodiscard]] std::optional<Heard> hear_echo(std::span<std::byte> buffer);
    void read_control(struct msghdr& message, Heard& heard);

    FileDescriptor socket_;
    Kind kind_ = Kind::udp;
    Family family_ = Family::ipv4;
    std::uint16_t identifier_ = 0;
    std::optional<std::uint8_t> ttl_, tos_;  ///< as the socket has them now
    std::uint32_t dropped_ = 0;              ///< the socket's own count, which wraps
    std::uint32_t newly_dropped_ = 0;
};

}  // namespace dtrace::wire
