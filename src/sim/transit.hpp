#pragma once

#include "chance.hpp"
#include "icmp_error.hpp"
#include "nat.hpp"
#include "parcel.hpp"
#include "scene.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/sim/truth.hpp>

#include <optional>
#include <vector>

namespace dtrace::sim {

/// Where a packet has been. Reused from packet to packet.
struct Trip {
    NodeIndex from = no_node;
    NodeIndex at = no_node;  ///< where it is now
    std::vector<Exit> crossed;
    std::vector<Translation> translations;
    Duration elapsed{};
    bool certain = true;  ///< no dice chose the way
};

/// How a packet ended.
struct Ending {
    enum Kind {
        lost,
        arrived,  ///< at its destination
        expired,
        refused,
        passed_on,  ///< not ended yet
    } kind = lost;
    IcmpError error{};  ///< of expired and refused
};

/// Moves packets over the links of a scene.
class Transit {
  public:
    /// Without `chance` nothing is lost, late or counted, and balancers take their first choice.
    Transit(Scene& scene, Truth& truth, Chance* chance)
        : scene_(scene), truth_(truth), chance_(chance) {}

    /// From `trip.at` until the packet ends somewhere.
    Ending carry(Parcel& packet, Trip& trip);

    /// A reply that leaves `trip.at`, back over the way of `trip`, undoing its translations. True
    /// when it gets to where the trip began.
    bool carry_back(Parcel& reply, Trip& trip);

    /// The same over the way that routing finds to the reply's destination.
    bool carry_back_routed(Parcel& reply, Trip& trip);

  private:
    /// Where a packet is for.
    struct Goal {
        AddressKey address;
        NodeIndex owner = no_node;
    };
    /// Where to go next, or how it ends here.
    struct Step {
        std::span<Exit const> exits;
        Ending end;
        bool ttl_first = false;
    };

    Step look_up(Family family, Goal const& goal, NodeIndex at);
    Ending give_up(Step const& step);
    Ending leave(Parcel& packet, Goal const& goal, Trip& trip);
    Exit choose(std::span<Exit const> exits, Parcel const& packet, SceneNode const& at, Trip& trip);
    bool cross(Exit const& exit, Trip& trip);
    /// At every node but the one that made the reply.
    bool pass_back(Parcel& reply, Trip& trip);

    Scene& scene_;
    Truth& truth_;
    Chance* chance_;
};

}  // namespace dtrace::sim
