#pragma once

#include "parcel.hpp"
#include "scene.hpp"

#include <vector>

namespace dtrace::sim {

/// What a translator changed in a packet, to be undone in the reply.
struct Translation {
    NodeIndex at = no_node;
    bool of_source = true;
    IpAddress before;
    IpAddress after;
};

/// Where a packet that reaches the node is really for.
[[nodiscard]] AddressKey translated_destination(Parcel const& packet, SceneNode const& node);

/// What the node does to a packet that it passes on.
void translate(Parcel& packet, NodeIndex at, SceneNode const& node,
               std::vector<Translation>& translations);

/// What it does to the reply: the last of `translations` if it was made here, and so on.
void translate_back(Parcel& reply, NodeIndex at, SceneNode const& node,
                    std::vector<Translation>& translations);

}  // namespace dtrace::sim
