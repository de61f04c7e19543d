#include "unprivileged/user_sockets.hpp"

#include <boost/asio/error.hpp>

#include <netinet/in.h>
#include <sys/resource.h>

#include <algorithm>

namespace dtrace::wire {

namespace {

constexpr std::size_t fewest_sockets = 16;
/// How long a socket stays for late replies while others wait for its place.
constexpr Duration pressed_rest = seconds(2);
constexpr Duration sweep_interval = seconds(1);

std::size_t allowed(std::size_t wished) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wished;
    return std::min<std::size_t>(wished, std::max<rlim_t>(limit.rlim_cur / 2, fewest_sockets));
}

bool is_too_many(boost::system::error_code code) {
    return code == boost::system::errc::too_many_files_open ||
           code == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

UserSockets::UserSockets(std::size_t most, Duration rest, InterfaceIndex interface)
    : most_(allowed(most)), rest_(rest), interface_(interface) {}

UserSocket* UserSockets::get(Number number) {
    auto const entry = sockets_.find(number);
    return entry == sockets_.end() ? nullptr : &entry->second.socket;
}

bool UserSockets::close_resting(TimePoint now, Duration longest) {
    auto const closed = std::erase_if(sockets_, [&](auto const& entry) {
        bool const rests = now - entry.second.used > longest;
        if (rests) numbers_.erase(entry.second.place);
        return rests;
    });
    return closed > 0;
}

Result<UserSockets::Number> UserSockets::find(SentFields const& fields, ReadySet& ready,
                                              TimePoint now) {
    bool const udp = fields.protocol == IPPROTO_UDP;
    Place const place{fields.source, udp ? get16(fields.transport, 0) : Port{0}};
    if (auto const known = numbers_.find(place); known != numbers_.end()) {
        sockets_.at(known->second).used = now;
        return known->second;
    }
    if (now - swept_ > sweep_interval) {
        close_resting(now, rest_);
        swept_ = now;
    }
    return open(udp ? UserSocket::Kind::udp : UserSocket::Kind::ping, place, ready, now);
}

Result<UserSockets::Number> UserSockets::open(UserSocket::Kind kind, Place const& place,
                                              ReadySet& ready, TimePoint now) {
    Error const later{boost::asio::error::would_block, "this packet's socket is not ready yet"};
    if (sockets_.size() >= most_ && !close_resting(now, pressed_rest)) return later;
    auto opened = UserSocket::open(kind, place.source, place.port, interface_);
    if (!opened && is_too_many(opened.error().code) && !sockets_.empty()) {
        close_resting(now, pressed_rest);
        return later;
    }
    if (!opened) return opened.error();
    Number const number = ++last_number_;
    std::uint32_t const events = kind == UserSocket::Kind::ping ? EPOLLIN | EPOLLERR : EPOLLERR;
    if (auto added = ready.add(opened->descriptor(), events, number); !added) return added.error();
    sockets_.emplace(number, Entry{std::move(*opened), place, now});
    numbers_.emplace(place, number);
    return later;
}

}  // namespace dtrace::wire
