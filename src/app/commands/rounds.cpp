#include "commands/rounds.hpp"

#include "process/service_host.hpp"

#include <dtrace/core/uuid.hpp>
#include <dtrace/probe/debug_rounds.hpp>

#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace dtrace::app {

namespace {

std::uint64_t random_number() {
    std::uint64_t number = 0;
    if (getentropy(&number, sizeof number) < 0) throw std::runtime_error("no random numbers");
    return number;
}

std::uint64_t flow_salt(std::string_view name) {
    if (name.empty()) return random_number();
    std::uint64_t salt = 0;
    for (std::uint8_t const byte : make_uuid_from_name(name).bytes)
        salt = salt << 8 ^ salt >> 56 ^ byte;
    return salt;
}

}  // namespace

Result<Rounds> Rounds::open(boost::asio::io_context& io, SendOptions const& send,
                            bool debug_results, std::string_view name, wire::Resolver& resolver,
                            Logger& log) {
    Rounds rounds;
    if (debug_results) {
        rounds.runner_ = std::make_unique<probe::DebugRounds>(random_number());
        return rounds;
    }
    wire::InterfaceIndex interface = 0;
    if (!send.interface.empty()) {
        auto found = wire::find_interface(send.interface);
        if (!found) return within("--interface", found.error());
        interface = *found;
    }
    auto opened = wire::open_wire(io.get_executor(), send.wire, interface, log);
    if (!opened) return opened.error();
    rounds.wire_ = std::move(opened->wire);
    rounds.unprivileged_ = opened->kind == wire::WireKind::unprivileged;
    probe::ProberOptions options{.rate = static_cast<double>(send.rate),
                                 .target_rate = send.target_rate,
                                 .flow_salt = flow_salt(name),
                                 .policy = send.targets};
    if (send.max_rate && send.rate > *send.max_rate) {
        log.info("rate held to its limit", {{"rate", send.rate}, {"max-rate", *send.max_rate}});
        options.rate = *send.max_rate;
    }
    auto prober = std::make_unique<probe::Prober>(io.get_executor(), *rounds.wire_, resolver, log,
                                                  std::move(options));
    rounds.prober_ = prober.get();
    rounds.runner_ = std::move(prober);
    return rounds;
}

std::unique_ptr<wire::RequestListener> Rounds::open_listener(boost::asio::io_context& io,
                                                             Logger& log) const {
    if (!wire_) return nullptr;
    if (unprivileged_) {
        log.info("no one-way counts", {{"reason", "packets leave without CAP_NET_RAW"}});
        return nullptr;
    }
    auto opened = wire::open_request_listener(io.get_executor(), {}, log);
    if (opened) return *std::move(opened);
    log.warn("no one-way counts", {{"reason", opened.error().message}});
    return nullptr;
}

void Rounds::add_to(ServiceHost& host) {
    if (!prober_) return;
    host.add("receiver", prober_->run_receiver(), Duration::zero());
    host.add("sender", prober_->run_sender(), Duration::zero());
}

}  // namespace dtrace::app
