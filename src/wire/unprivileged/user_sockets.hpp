#pragma once

#include "ready_set.hpp"
#include "unprivileged/user_socket.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/wire/interface.hpp>

#include <cstdint>
#include <unordered_map>

namespace dtrace::wire {

/// The sockets of an unprivileged wire: one for each source port, one for each source of echo
/// requests. Bounded; those that rest are closed.
class UserSockets {
  public:
    using Number = std::uint32_t;  ///< never used twice

    /// `most`: at most half of the files that this process may open. A socket rests `rest` for late
    /// replies before it is closed, and only a moment while others wait for its place.
    UserSockets(std::size_t most, Duration rest, InterfaceIndex interface);

    /// The number of the socket that such a packet leaves by; of UDP or an echo request. A socket
    /// that has to be opened first, or for which there is no room yet, makes would_block of it:
    /// opening a socket is no part of a packet's RTT.
    [[nodiscard]] Result<Number> find(SentFields const& fields, ReadySet& ready, TimePoint now);

    /// None when it was closed.
    [[nodiscard]] UserSocket* get(Number number);

    [[nodiscard]] std::size_t size() const { return sockets_.size(); }

  private:
    struct Place {
        IpAddress source;
        Port port = 0;  ///< 0: the ping socket
        friend bool operator==(Place const&, Place const&) = default;
    };
    struct Hash {
        std::size_t operator()(Place const& place) const {
            return std::hash<IpAddress>{}(place.source) * 31 + place.port;
        }
    };
    struct Entry {
        UserSocket socket;
        Place place;
        TimePoint used;
    };

    Result<Number> open(UserSocket::Kind kind, Place const& place, ReadySet& ready, TimePoint now);
    bool close_resting(TimePoint now, Duration longest);

    std::size_t most_;
    Duration rest_;
    InterfaceIndex interface_;
    std::unordered_map<Number, Entry> sockets_;
    std::unordered_map<Place, Number, Hash> numbers_;
    Number last_number_ = 0;
    TimePoint swept_;
};

}  // namespace dtrace::wire
