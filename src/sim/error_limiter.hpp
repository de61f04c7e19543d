#pragma once

#include "address_key.hpp"
#include "scene.hpp"
#include "token_bucket.hpp"

#include <dtrace/core/time.hpp>

#include <cstddef>
#include <unordered_map>

namespace dtrace::sim {

/// The token buckets of all nodes.
class ErrorLimiter {
  public:
    /// May the node send an ICMP error to `receiver` now?
    bool allows(NodeIndex at, SceneNode const& node, AddressKey receiver, TimePoint now);

  private:
    struct Key {
        NodeIndex at = no_node;
        AddressKey receiver;  ///< zero when the node has one bucket for all
        friend bool operator==(Key const&, Key const&) = default;
    };
    struct KeyHash {
        std::size_t operator()(Key const& key) const noexcept {
            return mixed(key.at + std::hash<AddressKey>{}(key.receiver));
        }
    };
    /// More receivers than any test has; then all buckets are full again.
    static constexpr std::size_t max_buckets = 1 << 20;

    std::unordered_map<Key, TokenBucket, KeyHash> buckets_;
};

}  // namespace dtrace::sim
