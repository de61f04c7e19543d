#include "options.hpp"

#include <dtrace/core/version.hpp>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <sstream>

namespace dtrace::simulator {
namespace {

namespace po = boost::program_options;
using boost::system::errc::invalid_argument;

constexpr std::string_view usage =
    R"(dtrace-sim plays a simulated Internet behind a TUN device: packets that this host sends to the
addresses of the topology are answered as its routers and hosts would answer them, with their
delays, losses and faults. The format of TOPOLOGY is told in docs/simulator.md.

usage: dtrace-sim [options] TOPOLOGY.json

Run it in a network namespace, where it may change addresses and routes:
  sudo unshare --net sh -c 'dtrace-sim chain.json & sleep 1; dtrace-node trace 198.51.100.9'
It ends by SIGINT, SIGTERM or --duration and then tells what really happened: every loss of every
link, as JSON.

options:
)";

po::options_description options_description() {
    po::options_description visible("", 100, 60);
    auto add = visible.add_options();
    add("tun", po::value<std::string>()->default_value("dtsim0")->value_name("NAME"),
        "name of the TUN device that is made");
    add("address", po::value<std::vector<std::string>>()->composing()->value_name("ADDRESS"),
        "address that the device gives this host, may be repeated; without it, all addresses of "
        "the topology's probes, except in the root network namespace, where they must be named");
    add("duration", po::value<std::string>()->value_name("TIME"),
        "end after this time: 90s, 5m, 500ms");
    add("seed", po::value<std::uint64_t>()->default_value(1)->value_name("N"),
        "of losses, jitter and balancers: the same seed, the same Internet");
    add("truth", po::value<std::string>()->value_name("FILE"),
        "write the counts there at the end instead of to standard output");
    add("spin", po::bool_switch(),
        "keep a processor busy for the last 100 us before a reply is due: more exact");
    add("realtime", po::bool_switch(),
        "go before all ordinary programs of this machine (SCHED_RR), if the system allows it: "
        "exact when it is busy too");
    add("check", po::bool_switch(), "read the topology, tell its fault if it has one, and end");
    add("help,h", po::bool_switch(), "this text");
    add("version", po::bool_switch(), "the version");
    return visible;
}

Error refused(std::string_view option, std::string_view given, std::string_view reason) {
    return make_error(invalid_argument, fmt::format("--{} {}: {}", option, given, reason));
}

Result<Options> take_options(po::variables_map const& given) {
    Options options;
    if (!given.contains("topology")) return make_error(invalid_argument, "TOPOLOGY is missing");
    options.topology = given["topology"].as<std::string>();
    options.tun = given["tun"].as<std::string>();
    if (options.tun.empty() || options.tun.size() > 15)
        return refused("tun", options.tun, "must have 1 to 15 characters");
    options.seed = given["seed"].as<std::uint64_t>();
    options.spin = given["spin"].as<bool>();
    options.realtime = given["realtime"].as<bool>();
    options.check = given["check"].as<bool>();
    if (given.contains("truth")) options.truth = given["truth"].as<std::string>();
    if (given.contains("duration")) {
        auto const& text = given["duration"].as<std::string>();
        auto const duration = parse<microseconds>(text);
        if (!duration) return refused("duration", text, duration.error().message);
        options.duration = *duration;
    }
    if (given.contains("address"))
        for (std::string const& text : given["address"].as<std::vector<std::string>>()) {
            auto const address = parse<IpAddress>(text);
            if (!address) return refused("address", text, address.error().message);
            options.addresses.push_back(*address);
        }
    return options;
}

}  // namespace

Result<Request> read_command_line(int argc, char const* const* argv) {
    auto const visible = options_description();
    po::options_description all;
    all.add(visible).add_options()("topology", po::value<std::string>());
    po::positional_options_description positions;
    positions.add("topology", 1);
    po::variables_map given;
    try {
        po::store(po::command_line_parser(argc, argv)
                      .options(all)
                      .positional(positions)
                      .style(po::command_line_style::default_style &
                             ~po::command_line_style::allow_guessing)
                      .run(),
                  given);
    } catch (po::error const& refusal) {
        return make_error(invalid_argument, refusal.what());
    }
    if (given["help"].as<bool>()) {
        std::ostringstream text;
        text << usage << visible;
        return Request{.options = {}, .answer = text.str()};
    }
    if (given["version"].as<bool>())
        return Request{.options = {}, .answer = fmt::format("dtrace-sim {}\n", version)};
    auto options = take_options(given);
    if (!options) return options.error();
    return Request{.options = *std::move(options), .answer = {}};
}

}  // namespace dtrace::simulator
