#include "raw/raw_sender.hpp"

#include "raw_socket.hpp"

#include <dtrace/core/log.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dtrace::wire {

namespace {

constexpr std::size_t first_batch = 16;
constexpr std::size_t max_batch = 256;

/// Port and scope stay zero, as they were made.
void to_kernel(IpAddress const& address, RawSender::Destination& out) {
    if (address.is_v4()) {
        out.v4.sin_family = AF_INET;
        out.v4.sin_addr.s_addr = htonl(address.to_v4().to_uint());
        return;
    }
    out.v6.sin6_family = AF_INET6;
    auto const bytes = address.to_v6().to_bytes();
    std::memcpy(&out.v6.sin6_addr, bytes.data(), bytes.size());
    out.v6.sin6_scope_id = static_cast<std::uint32_t>(address.to_v6().scope_id());
}

/// Errors of the past wait at a socket for its next caller: the pending one, and those queued
/// beside it because we ask to be told about full device queues.
void forget_past_errors(FileDescriptor const& socket) {
    take_pending_error(socket);
    msghdr nothing{};
    while (recvmsg(socket.get(), &nothing, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0) {
    }
}

}  // namespace

Result<RawSender::Lane> RawSender::open_lane(Family family, RawWireOptions const& options) {
    auto socket = open_raw_socket(family, IPPROTO_RAW, drop_all_filter());
    if (!socket) return socket.error();
    bool const v4 = family == Family::ipv4;
    // Without RECVERR, a packet that the device's queue threw away would count as sent.
    if (auto set = v4 ? set_option(*socket, IPPROTO_IP, IP_RECVERR, 1)
                      : set_option(*socket, IPPROTO_IPV6, IPV6_RECVERR, 1);
        !set)
        return set.error();
    if (auto set = v4 ? set_option(*socket, IPPROTO_IP, IP_HDRINCL, 1)
                      : set_option(*socket, IPPROTO_IPV6, IPV6_HDRINCL, 1);
        !set)
        return set.error();
    if (auto bound = bind_to_interface(*socket, options.interface); !bound) return bound.error();
    static_cast<void>(enlarge(*socket, Buffer::send, options.send_buffer));

    Lane lane;
    lane.socket = std::move(*socket);
    lane.address_size = v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    lane.make_room(first_batch);
    return lane;
}

void RawSender::Lane::make_room(std::size_t packets) {
    messages.resize(packets);
    parts.resize(packets);
    destinations.resize(packets);
    for (std::size_t i = 0; i < packets; ++i) {
        msghdr& header = messages[i].msg_hdr;
        header.msg_name = &destinations[i];
        header.msg_namelen = address_size;
        header.msg_iov = &parts[i];
        header.msg_iovlen = 1;
    }
}

Result<std::unique_ptr<RawSender>> RawSender::open(RawWireOptions const& options, Logger& log) {
    auto sender = std::make_unique<RawSender>();
    bool any = false;
    for (Family family : {Family::ipv4, Family::ipv6}) {
        auto lane = open_lane(family, options);
        if (!lane && !is_missing_family(lane.error())) return lane.error();
        if (!lane) {
            log.info("address family missing on this host", {{"family", to_text(family)}});
            continue;
        }
        (family == Family::ipv4 ? sender->ipv4_ : sender->ipv6_) = std::move(*lane);
        any = true;
    }
    if (!any)
        return make_error(boost::system::errc::address_family_not_supported,
                          "this host has neither IPv4 nor IPv6");
    return sender;
}

SendOutcome RawSender::send(std::span<OutgoingPacket const> batch) {
    std::size_t sent = 0;
    while (sent < batch.size()) {
        bool const v4 = batch[sent].destination.is_v4();
        std::size_t const limit = std::min(batch.size(), sent + max_batch);
        std::size_t end = sent + 1;
        while (end < limit && batch[end].destination.is_v4() == v4)
            ++end;
        SendOutcome const run = (v4 ? ipv4_ : ipv6_).send(batch.subspan(sent, end - sent));
        sent += run.sent;
        if (run.failed) return {sent, run.failed};
    }
    return {sent, {}};
}

void RawSender::Lane::describe(std::span<OutgoingPacket const> run) {
    for (std::size_t i = 0; i < run.size(); ++i) {
        // sendmmsg() only reads; its interface has no const.
        parts[i] = {const_cast<std::byte*>(run[i].bytes.data()), run[i].bytes.size()};
        to_kernel(run[i].destination, destinations[i]);
    }
}

SendOutcome RawSender::Lane::send(std::span<OutgoingPacket const> run) {
    if (!socket) return {0, boost::asio::error::address_family_not_supported};
    if (run.size() > messages.size()) make_room(max_batch);
    describe(run);
    std::size_t sent = 0;
    bool retried = false;  // the packet at `sent`
    while (sent < run.size()) {
        int const count = sendmmsg(socket.get(), &messages[sent],
                                   static_cast<unsigned>(run.size() - sent), MSG_DONTWAIT);
        if (count > 0) {
            sent += static_cast<std::size_t>(count);
            retried = false;
            continue;
        }
        int const error = errno;
        if (error == EINTR) continue;
        if (is_full(error)) return {sent, boost::asio::error::would_block};
        // The error may be an older one's that waited here: the packet's own comes again.
        forget_past_errors(socket);
        if (retried) return {sent, {error, boost::system::system_category()}};
        retried = true;
    }
    return {sent, {}};
}

}  // namespace dtrace::wire
