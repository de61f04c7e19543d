#pragma once

#include <dtrace/wire/interface.hpp>
#include <dtrace/wire/wire.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/is_error_code_enum.hpp>

#include <cstddef>
#include <memory>

namespace dtrace::wire {

/// Why a packet cannot leave without CAP_NET_RAW. The messages say what helps.
enum class UnprivilegedFault {
    unsupported = 1,  ///< neither UDP nor an echo request
    ping_forbidden,   ///< net.ipv4.ping_group_range leaves this user's group out
    port_taken,       ///< another program has the flow's source port
};
[[nodiscard]] boost::system::error_code make_error_code(UnprivilegedFault fault);

struct UnprivilegedWireOptions {
    /// One for each source port in use; at most half of the files that this process may open.
    /// While all are waiting for replies, further flows have to wait (would_block).
    std::size_t sockets = 4'096;
    /// How long a socket and what it sent are kept for replies.
    Duration reply_wait = seconds(10);
    /// The most packets that are kept so.
    std::size_t packets = 131'072;
    InterfaceIndex interface = 0;  ///< packets leave through it
};

/// The wire of an ordinary user: UDP sockets and ping sockets, whose error queues tell of ICMP
/// errors. It takes the same packets as the raw wire and gives replies in the same form, so nobody
/// behind it knows the difference. Flows keep their ports or ICMP checksum; IP ID, UDP checksum,
/// identifier and sequence are the kernel's or ours on the way, and in the replies as they were
/// handed to send(), which the wire remembers. What the kernel keeps to itself is absent: the
/// quoted TTL, and changes that translators made to the quoted packet. A UDP error that quotes less
/// than 12 bytes of our datagram cannot be told from others and is not seen. No TCP: a SYN would
/// need a socket each, with ports of its own, and that is no flow.
class UnprivilegedWire final : public Wire {
  public:
    /// Opens nothing yet: that some method is not possible here shows when a packet is sent. The
    /// first packet of a source port is refused as would_block while its socket is being opened.
    static Result<std::unique_ptr<UnprivilegedWire>> open(boost::asio::any_io_executor executor,
                                                          UnprivilegedWireOptions options = {});
    ~UnprivilegedWire() override;

    /// How large a UDP packet leaves that was given to send() with `given` bytes.
    [[nodiscard]] static std::size_t udp_bytes_sent(std::size_t given, Family family);

    SendOutcome send(std::span<OutgoingPacket const> batch) override;
    boost::asio::awaitable<Result<Arrivals>> receive() override;
    Result<IpAddress> source_for(IpAddress const& destination) override;

  private:
    struct Impl;
    explicit UnprivilegedWire(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::wire

template <>
struct boost::system::is_error_code_enum<dtrace::wire::UnprivilegedFault> : std::true_type {};
