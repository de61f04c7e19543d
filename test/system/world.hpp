#pragma once

#include <dtrace/async/offload.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/demo/sim_wire.hpp>
#include <dtrace/http/client.hpp>
#include <dtrace/master/master_service.hpp>
#include <dtrace/model/trace.hpp>
#include <dtrace/probe/probe_service.hpp>
#include <dtrace/probe/prober.hpp>
#include <dtrace/sim/network.hpp>
#include <dtrace/store/open_store.hpp>

#include <boost/asio/io_context.hpp>

#include <io_fixture.hpp>
#include <log_capture.hpp>
#include <temp_dir.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dtrace::test {

/// Names of a test: what is not in the map does not exist.
class MapResolver final : public wire::Resolver {
  public:
    std::map<std::string, IpAddress> hosts;
    std::map<IpAddress, std::string> names;

    boost::asio::awaitable<Result<std::vector<IpAddress>>> addresses(
        std::string host, std::optional<Family> family) override;
    boost::asio::awaitable<std::string> name(IpAddress address) override;
};

/// Both targets of the topology "shared_core", measured each second.
inline constexpr auto two_targets = R"({
    "Targets": {
        "00000000-0000-0000-0000-000000000001": {"Name": "one", "Address": "198.51.100.1"},
        "00000000-0000-0000-0000-000000000002": {"Name": "two", "Address": "198.51.100.2"}
    },
    "IntervalSeconds": 1, "Flows": 8, "Attempts": 5, "MaxHops": 12, "TimeoutMs": 300
})";

/// A master, probes and a simulated Internet in one process, on one io_context, over real HTTP and
/// a real database.
class World : public IoFixture {
  public:
    /// `topology`: a file of test/scenario without its ending.
    void build(std::string_view topology, std::string_view targets_file);

    boost::asio::awaitable<void> start_master();
    /// `n1` to `n3`, on a node of the topology; none: on its first probe.
    boost::asio::awaitable<void> start_probe(std::string name = "n1", std::string node = {});
    boost::asio::awaitable<void> stop_master();
    boost::asio::awaitable<void> stop_probe();              ///< all of them
    [[nodiscard]] probe::ProbeStatus probe_status() const;  ///< the first one's

    /// The simulated Internet goes on with another topology.
    void change(std::function<void(sim::Topology&)> const& how);

    /// The answer's body; the status must be 200.
    boost::asio::awaitable<std::string> get(std::string path);
    /// Asks until the master holds so many traces with this query, newest first.
    boost::asio::awaitable<std::vector<Trace>> traces(std::string query, std::size_t at_least);

    MapResolver resolver;
    LogCapture log;
    TempDir dir;
    demo::SimWireOptions wire_options;
    master::WatchOptions watch_options;
    std::filesystem::path alerts_file;
    std::uint64_t rounds_started = 0;  ///< by probes that were stopped

  private:
    Port port_ = 0;  ///< the same after a restart of the master
    std::unique_ptr<sim::Network> network_;
    std::unique_ptr<async::WorkerPool> workers_;
    std::unique_ptr<http::Client> client_;

    std::unique_ptr<store::Store> store_;
    std::unique_ptr<master::MasterService> master_;
    std::unique_ptr<async::TaskGroup> master_tasks_;

    struct Probe {
        std::unique_ptr<demo::SimWire> wire;
        std::unique_ptr<probe::Prober> prober;
        std::unique_ptr<probe::ProbeService> service;
        std::unique_ptr<async::TaskGroup> prober_tasks;
        std::unique_ptr<async::TaskGroup> tasks;
    };
    std::vector<Probe> probes_;
};

}  // namespace dtrace::test
