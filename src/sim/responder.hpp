#pragma once

#include "chance.hpp"
#include "error_limiter.hpp"
#include "listener.hpp"
#include "reply_bytes.hpp"
#include "transit.hpp"

#include <dtrace/sim/truth.hpp>

namespace dtrace::sim {

/// How the node where a packet ended would answer it, as far as no state and no dice decide.
struct Intent {
    enum Kind {
        nothing,   ///< as it should be
        withheld,  ///< by its settings
        damaged,   ///< nothing, because a checksum is wrong
        error,
        echo,
        segment,  ///< TCP
    } kind = nothing;
    IpAddress from{};
    IcmpError icmp{};      ///< of error
    bool listens = false;  ///< of segment: the port is open
};

/// `ending` is not `lost`.
[[nodiscard]] Intent intend(Scene const& scene, Parcel const& packet, Trip const& trip,
                            Ending const& ending);

/// Answers for all nodes, and keeps what they remember of packets.
class Responder {
  public:
    /// The reply, as it leaves its node, good until the next call; empty: there is none.
    /// `trip.elapsed` grows by the time the node takes.
    packet::ByteView answer(Scene const& scene, Parcel const& packet, Intent const& intent,
                            Trip& trip, TimePoint now, Chance& chance, NodeCount& count);

  private:
    packet::ByteView answer_segment(Parcel const& packet, Intent const& intent,
                                    ReplyBytes::Outer const& outer, TimePoint now, Chance& chance);

    ErrorLimiter limiter_;
    Listener listener_;
    ReplyBytes bytes_;
};

}  // namespace dtrace::sim
