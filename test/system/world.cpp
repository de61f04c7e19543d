#include "world.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/sim/topology.hpp>

#include <boost/test/unit_test.hpp>

namespace dtrace::test {

namespace asio = boost::asio;

namespace {

struct TraceList {
    std::vector<Trace> traces;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(TraceList, (), (traces, next))

constexpr auto probes_file = R"({"Slaves": [{"Name": "n1", "Password": "first secret"},
    {"Name": "n2", "Password": "first secret"}, {"Name": "n3", "Password": "first secret"}]})";

}  // namespace

asio::awaitable<Result<std::vector<IpAddress>>> MapResolver::addresses(std::string host,
                                                                       std::optional<Family>) {
    if (auto const literal = parse<IpAddress>(host)) co_return std::vector<IpAddress>{*literal};
    auto const known = hosts.find(host);
    if (known == hosts.end())
        co_return make_error(boost::system::errc::no_such_device_or_address,
                             "no such host: " + host);
    co_return std::vector<IpAddress>{known->second};
}

asio::awaitable<std::string> MapResolver::name(IpAddress address) {
    auto const known = names.find(address);
    co_return known == names.end() ? std::string() : known->second;
}

void World::build(std::string_view topology, std::string_view targets_file) {
    auto const file = std::string(DTRACE_SOURCE_DIR "/test/scenario/") + std::string(topology);
    network_ = std::make_unique<sim::Network>(sim::read_topology(read_file(file + ".json")).value(),
                                              1, Clock::now());
    write_file(dir / "probes.json", probes_file);
    write_file(dir / "targets.json", targets_file);
    settle = seconds(60);
    workers_ = std::make_unique<async::WorkerPool>(async::WorkerPool::Options{});
    client_ = std::make_unique<http::Client>(io.get_executor());
}

asio::awaitable<void> World::start_master() {
    store_ = store::open_store(dir / "traces.db", io.get_executor(), log).value();
    master::MasterOptions options;
    options.listen = "127.0.0.1";
    options.port = port_;
    options.probes_file = dir / "probes.json";
    options.targets_file = dir / "targets.json";
    options.public_read = true;
    options.watch = watch_options;
    options.alerts_file = alerts_file;
    options.public_url = "https://dtrace.example.net";
    master_ = std::make_unique<master::MasterService>(io.get_executor(), options, *store_,
                                                      *workers_, log);
    auto const opened = co_await master_->open();
    BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened.has_error() ? opened.error().message : ""));
    port_ = master_->local_port();
    master_tasks_ = std::make_unique<async::TaskGroup>(io.get_executor(), log);
    master_tasks_->spawn("master", master_->run());
}

asio::awaitable<void> World::stop_master() {
    co_await master_tasks_->join(seconds(5));
    master_.reset();
    store_.reset();
}

asio::awaitable<void> World::start_probe(std::string name, std::string node) {
    auto& probe = probes_.emplace_back();
    auto wire = wire_options;
    wire.probe = std::move(node);
    probe.wire = std::make_unique<demo::SimWire>(io.get_executor(), *network_, wire);
    probe::ProberOptions const prober_options;
    probe.prober = std::make_unique<probe::Prober>(io.get_executor(), *probe.wire, resolver, log,
                                                   prober_options);
    probe::ProbeOptions options;
    options.master.host = "127.0.0.1";
    options.master.port = port_;
    options.outbox = dir / ("outbox " + name);
    options.name = std::move(name);
    options.password = "first secret";
    options.first_round_within = milliseconds(200);
    options.first_retry = milliseconds(50);
    options.longest_retry = milliseconds(200);
    options.report_gather = milliseconds(20);
    probe.service = std::make_unique<probe::ProbeService>(io.get_executor(), options, *probe.prober,
                                                          resolver, *workers_, log);
    BOOST_REQUIRE(probe.service->open().has_value());
    probe.prober_tasks = std::make_unique<async::TaskGroup>(io.get_executor(), log);
    probe.prober_tasks->spawn("sender", probe.prober->run_sender());
    probe.prober_tasks->spawn("receiver", probe.prober->run_receiver());
    probe.tasks = std::make_unique<async::TaskGroup>(io.get_executor(), log);
    probe.tasks->spawn("probe", probe.service->run());
    co_return;
}

asio::awaitable<void> World::stop_probe() {
    for (auto& probe : probes_) {
        co_await probe.tasks->join(seconds(60));
        co_await probe.prober_tasks->join(seconds(1));
        rounds_started += probe.service->status().rounds_started;
        probe.service.reset();
        probe.prober.reset();
    }
    probes_.clear();
}

probe::ProbeStatus World::probe_status() const {
    return probes_.front().service->status();
}

void World::change(std::function<void(sim::Topology&)> const& how) {
    auto topology = network_->topology();
    how(topology);
    *network_ = sim::Network(std::move(topology), 1, Clock::now());
}

asio::awaitable<std::string> World::get(std::string path) {
    http::ClientRequest request;
    request.url.host = "127.0.0.1";
    request.url.port = port_;
    request.url.target = std::move(path);
    auto const response = co_await client_->request(std::move(request));
    BOOST_REQUIRE_MESSAGE(response.has_value(),
                          (response.has_error() ? response.error().message : ""));
    BOOST_REQUIRE_MESSAGE(response->status == 200, response->body);
    co_return response->body;
}

asio::awaitable<std::vector<Trace>> World::traces(std::string query, std::size_t at_least) {
    for (;;) {
        auto const body = co_await get("/api/v1/traces?" + query);
        auto list = json::read<TraceList>(body, json::UnknownKeys::refuse);
        BOOST_REQUIRE_MESSAGE(list.has_value(), body);
        if (list->traces.size() >= at_least) co_return std::move(list->traces);
        bool const waited = co_await async::sleep_for(milliseconds(20));
        BOOST_REQUIRE(waited);
    }
}

}  // namespace dtrace::test
