#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/model/flow.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::engine {

class FlowAllocator;

/// Flows that no other round of this process uses, until this goes. Outlived by its allocator.
class FlowLease {
  public:
    FlowLease(FlowLease&& other) noexcept
        : allocator_(std::exchange(other.allocator_, nullptr)), flows_(std::move(other.flows_)) {}
    FlowLease& operator=(FlowLease&&) = delete;
    ~FlowLease();

    [[nodiscard]] std::vector<Flow> const& flows() const { return flows_; }

  private:
    friend class FlowAllocator;
    FlowLease(FlowAllocator& allocator, std::vector<Flow> flows)
        : allocator_(&allocator), flows_(std::move(flows)) {}

    FlowAllocator* allocator_;
    std::vector<Flow> flows_;
};

/// Leases flows per destination, so that concurrent rounds never claim the same reply. The same
/// destination gets the same flows round after round where they are free: a path that changes has
/// changed in the network.
class FlowAllocator {
  public:
    /// `salt` moves the numbers apart between probes on one host.
    explicit FlowAllocator(std::uint64_t salt) : salt_(salt) {}

    /// `count` flows, the first from like.id on if that is not 0; none when the range is used up.
    [[nodiscard]] std::optional<FlowLease> lease(Flow const& like, std::uint16_t count);

  private:
    friend class FlowLease;
    using Key = std::pair<std::pair<Method, Port>, IpAddress>;

    [[nodiscard]] static Key key_of(Flow const& flow);
    [[nodiscard]] std::uint32_t start_of(Flow const& flow) const;
    void release(std::vector<Flow> const& flows);

    std::uint64_t salt_;
    std::map<Key, std::vector<std::uint16_t>> used_;  ///< ids in ascending order
};

}  // namespace dtrace::engine
