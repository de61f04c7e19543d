#include "packet/packet_sender.hpp"

#include "raw_socket.hpp"

#include <dtrace/wire/privileges.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dtrace::wire {

namespace {

constexpr std::size_t max_frames = 256;

}  // namespace

PacketSender::PacketSender(FileDescriptor socket, KernelTables tables,
                           std::unique_ptr<RawSender> raw)
    : socket_(std::move(socket)),
      hops_(std::move(tables)),
      raw_(std::move(raw)),
      messages_(max_frames),
      parts_(max_frames),
      frames_(max_frames) {
    for (std::size_t i = 0; i < max_frames; ++i) {
        parts_[i].iov_base = frames_[i].bytes.data();
        messages_[i].msg_hdr.msg_iov = &parts_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
    }
}

Result<std::unique_ptr<PacketSender>> PacketSender::open(RawWireOptions const& options,
                                                         Logger& log) {
    // Without a protocol it receives nothing.
    FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) {
        if (errno == EPERM || errno == EACCES)
            return make_error(
                boost::system::errc::operation_not_permitted,
                "packet sockets need the capability CAP_NET_RAW: " + net_raw_advice());
        return errno_error("cannot open a packet socket");
    }
    if (auto set = set_option(socket, SOL_PACKET, PACKET_QDISC_BYPASS, 1); !set) return set.error();
    static_cast<void>(enlarge(socket, Buffer::send, options.send_buffer));
    auto tables = KernelTables::open(options.interface);
    if (!tables) return tables.error();
    auto raw = RawSender::open(options, log);
    if (!raw) return raw.error();
    return std::unique_ptr<PacketSender>(
        new PacketSender(std::move(socket), std::move(*tables), std::move(*raw)));
}

void PacketSender::bind_to(std::uint32_t interface) {
    sockaddr_ll place{};
    place.sll_family = AF_PACKET;
    place.sll_ifindex = static_cast<int>(interface);
    auto const* const address = reinterpret_cast<sockaddr const*>(&place);
    if (bind(socket_.get(), address, sizeof place) == 0) bound_to_ = interface;
}

void PacketSender::describe(std::size_t slot, OutgoingPacket const& packet, NextHop const& hop) {
    auto& [bytes, place] = frames_[slot];
    std::memcpy(bytes.data(), &hop.header, sizeof hop.header);
    std::memcpy(bytes.data() + sizeof hop.header, packet.bytes.data(), packet.bytes.size());
    parts_[slot].iov_len = sizeof hop.header + packet.bytes.size();
    msghdr& message = messages_[slot].msg_hdr;
    bool const elsewhere = hop.interface != bound_to_;
    message.msg_name = elsewhere ? &place : nullptr;
    message.msg_namelen = elsewhere ? sizeof place : 0;
    if (!elsewhere) return;
    place = {};
    place.sll_family = AF_PACKET;
    place.sll_protocol = hop.header.h_proto;
    place.sll_ifindex = static_cast<int>(hop.interface);
}

SendOutcome PacketSender::send_frames(std::span<OutgoingPacket const> run) {
    std::size_t sent = 0;
    while (sent < run.size()) {
        int const count = sendmmsg(socket_.get(), &messages_[sent],
                                   static_cast<unsigned>(run.size() - sent), MSG_DONTWAIT);
        if (count > 0) {
            sent += static_cast<std::size_t>(count);
            continue;
        }
        int const error = errno;
        if (error == EINTR) continue;
        if (is_full(error)) return {sent, boost::asio::error::would_block};
        // The interface is down or gone: the kernel knows better where packets go now, or why not.
        hops_.forget();
        bound_to_ = 0;
        SendOutcome const rest = raw_->send(run.subspan(sent));
        return {sent + rest.sent, rest.failed};
    }
    return {sent, {}};
}

SendOutcome PacketSender::send(std::span<OutgoingPacket const> batch) {
    TimePoint const now = Clock::now();
    hops_.refresh(now);
    std::size_t sent = 0;
    while (sent < batch.size()) {
        std::size_t frames = 0;
        std::size_t const most = std::min(batch.size() - sent, max_frames);
        NextHop const* hop = nullptr;
        for (; frames < most; ++frames) {
            OutgoingPacket const& packet = batch[sent + frames];
            // A round's packets leave together: mostly it is the destination of the one before.
            if (!hop || !are_equal(packet.destination, batch[sent + frames - 1].destination))
                hop = hops_.find(packet.destination, now);
            if (!hop || packet.bytes.size() > longest_packet) break;
            if (bound_to_ == 0) bind_to(hop->interface);
            describe(frames, packet, *hop);
        }
        SendOutcome const run =
            frames > 0 ? send_frames(batch.subspan(sent, frames)) : SendOutcome{};
        sent += run.sent;
        if (run.failed) return {sent, run.failed};
        if (frames == most) continue;
        SendOutcome const one = raw_->send(batch.subspan(sent, 1));
        sent += one.sent;
        if (one.failed) return {sent, one.failed};
    }
    return {sent, {}};
}

}  // namespace dtrace::wire
