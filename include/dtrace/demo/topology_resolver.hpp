#pragma once

#include <dtrace/sim/topology.hpp>
#include <dtrace/wire/resolver.hpp>

#include <map>
#include <string>
#include <vector>

namespace dtrace::demo {

/// The names of a simulated Internet: its nodes', and of an interface "ae-1." before its node's.
/// What is no node does not exist.
class TopologyResolver final : public wire::Resolver {
  public:
    explicit TopologyResolver(sim::Topology const& topology);

    boost::asio::awaitable<Result<std::vector<IpAddress>>> addresses(
        std::string host, std::optional<Family> family) override;
    boost::asio::awaitable<std::string> name(IpAddress address) override;

  private:
    std::map<std::string, std::vector<IpAddress>> hosts_;
    std::map<IpAddress, std::string> names_;
};

}  // namespace dtrace::demo
