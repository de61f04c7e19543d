#include "resolver/cares_channel.hpp"
#include "resolver/expiring_cache.hpp"
#include "resolver/host_name.hpp"
#include "resolver/question_desk.hpp"

#include <dtrace/core/peer_address.hpp>
#include <dtrace/wire/resolver.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace dtrace::wire {

namespace asio = boost::asio;

namespace {

constexpr Duration name_lifetime = std::chrono::minutes(10);
/// Nobody answered: worth another try sooner.
constexpr Duration silence_lifetime = seconds(30);

Error cancelled() {
    return {asio::error::operation_aborted, "name resolution cancelled"};
}

Error no_answer_for(std::string const& host) {
    return make_error(boost::system::errc::timed_out, "name server does not answer for " + host);
}

std::string_view name_of(Family family) {
    return family == Family::ipv4 ? "IPv4" : "IPv6";
}

Error failure(int status, std::string const& host, std::optional<Family> family) {
    switch (status) {
        case ARES_ENOTFOUND:
            return {asio::error::host_not_found, "no such host: " + host};
        case ARES_SUCCESS:
        case ARES_ENODATA:
            return {asio::error::no_data, host + " has no " +
                                              (family ? std::string(name_of(*family)) + " " : "") +
                                              "address"};
        case ARES_ETIMEOUT:
        case ARES_ECONNREFUSED:
            return no_answer_for(host);
        case ARES_ECANCELLED:
        case ARES_EDESTRUCTION:
            return cancelled();
        default:
            return {asio::error::no_recovery,
                    "name server fails for " + host + ": " + ares_strerror(status)};
    }
}

using Addresses = Result<std::vector<IpAddress>>;

/// Each once; an IPv4 address in IPv6's clothes is an IPv4 address, for our packets and for the
/// rules of where they may go.
std::vector<IpAddress> plain(std::vector<IpAddress> const& addresses) {
    std::vector<IpAddress> unique;
    for (IpAddress const& address : addresses)
        if (IpAddress const it = without_mapping(address);
            std::ranges::find(unique, it) == unique.end())
            unique.push_back(it);
    return unique;
}

/// The configuration of the host's resolver, to see that it has changed.
std::filesystem::file_time_type configuration_time() {
    std::error_code none;
    return std::filesystem::last_write_time("/etc/resolv.conf", none);
}

/// The c-ares channel in use: opened for the first question, as many a trace has none, and again
/// when the host's configuration has changed and no question is under way.
class CurrentChannel {
  public:
    CurrentChannel(asio::any_io_executor executor, std::vector<std::string> servers)
        : executor_(std::move(executor)), servers_(std::move(servers)) {}

    Result<std::shared_ptr<CaresChannel>> get() {
        if (!channel_ || (channel_->idle() && configuration_time() != configured_)) {
            configured_ = configuration_time();
            auto fresh = CaresChannel::open(executor_, servers_);
            if (!fresh && !channel_) return fresh.error();
            if (fresh) channel_ = *fresh;
        }
        return channel_;
    }

    void cancel() {
        if (channel_) channel_->cancel();
    }
    void close() {
        if (channel_) channel_->close();
    }

  private:
    asio::any_io_executor executor_;
    std::vector<std::string> servers_;
    std::filesystem::file_time_type configured_{};
    std::shared_ptr<CaresChannel> channel_;  ///< none yet, or it could not be opened
};

struct AddressQuestion {
    std::string host;
    std::optional<Family> family;
    friend auto operator<=>(AddressQuestion const&, AddressQuestion const&) = default;
};

/// What coroutines under way share with the resolver and may outlive it by a moment.
struct Desks {
    using AddressDesk = QuestionDesk<AddressQuestion, Addresses>;
    using NameDesk = QuestionDesk<IpAddress, std::string>;

    Desks(asio::any_io_executor const& executor, ResolverOptions settings)
        : options(std::move(settings)),
          channel(executor, options.servers),
          names(options.cached_names),
          address_desk(std::make_shared<AddressDesk>(
              executor, options.in_flight,
              [this](auto const& question, auto reply) { ask(question, std::move(reply)); })),
          name_desk(std::make_shared<NameDesk>(
              executor, options.in_flight,
              [this](auto const& question, auto reply) { ask(question, std::move(reply)); })) {}

    void ask(AddressQuestion const& question, AddressDesk::Reply reply) {
        auto const asked = channel.get();
        if (!asked) return reply(asked.error());
        (*asked)->ask_addresses(
            question.host, question.family,
            [question, reply = std::move(reply)](int status, std::vector<IpAddress> found) {
                if (status == ARES_SUCCESS && !found.empty())
                    reply(plain(found));
                else
                    reply(failure(status, question.host, question.family));
            });
    }

    /// The name comes from whoever runs that zone: only what a host may be called is believed.
    void ask(IpAddress const& address, NameDesk::Reply reply) {
        auto const asked = channel.get();
        if (!asked) return reply({});
        (*asked)->ask_name(
            address, [this, address, reply = std::move(reply)](int status, std::string name) {
                if (!check_host_name(name)) name.clear();
                bool const answered =
                    status == ARES_SUCCESS || status == ARES_ENOTFOUND || status == ARES_ENODATA;
                if (status != ARES_ECANCELLED && status != ARES_EDESTRUCTION)
                    names.put(address, name,
                              Clock::now() + (answered ? name_lifetime : silence_lifetime));
                reply(std::move(name));
            });
    }

    void close() {
        address_desk->close();
        name_desk->close();
        channel.close();
    }

    /// As long as one lives, somebody waits for an answer.
    struct Asker {
        explicit Asker(Desks& owner) : desks(owner) { ++desks.askers; }
        Asker(Asker const&) = delete;
        Asker& operator=(Asker const&) = delete;
        ~Asker() {
            if (--desks.askers == 0) desks.channel.cancel();
        }
        Desks& desks;
    };

    ResolverOptions options;
    std::size_t askers = 0;
    CurrentChannel channel;
    ExpiringCache<IpAddress, std::string> names;
    std::shared_ptr<AddressDesk> address_desk;
    std::shared_ptr<NameDesk> name_desk;
};

/// The answer to a literal address, which is itself; none for a name.
std::optional<Addresses> literal(std::string const& host, std::optional<Family> family) {
    auto const parsed = parse<IpAddress>(host);
    if (!parsed) return std::nullopt;
    IpAddress const address = without_mapping(*parsed);
    if (family && family_of(address) != *family)
        return Addresses(
            make_error(boost::system::errc::invalid_argument,
                       host + " is not an " + std::string(name_of(*family)) + " address"));
    return Addresses(std::vector{address});
}

asio::awaitable<Addresses> find_addresses(std::shared_ptr<Desks> desks, AddressQuestion question) {
    auto const deadline = Clock::now() + desks->options.address_limit;
    Desks::Asker const asker(*desks);
    auto outcome = co_await Desks::AddressDesk::ask(desks->address_desk, question, deadline);
    if (outcome.answer) co_return *std::move(outcome.answer);
    co_return outcome.late ? no_answer_for(question.host) : cancelled();
}

asio::awaitable<Addresses> ready(Addresses addresses) {
    co_return addresses;
}

asio::awaitable<std::string> find_name(std::shared_ptr<Desks> desks, IpAddress address) {
    auto const now = Clock::now();
    if (std::string const* known = desks->names.find(address, now)) co_return *known;
    Desks::Asker const asker(*desks);
    auto outcome =
        co_await Desks::NameDesk::ask(desks->name_desk, address, now + desks->options.name_limit);
    if (outcome.late) desks->names.put(address, {}, Clock::now() + silence_lifetime);
    co_return outcome.answer.value_or(std::string{});
}

class CaresResolver final : public Resolver {
  public:
    CaresResolver(asio::any_io_executor const& executor, ResolverOptions options)
        : desks_(std::make_shared<Desks>(executor, std::move(options))) {}
    CaresResolver(CaresResolver const&) = delete;
    CaresResolver& operator=(CaresResolver const&) = delete;
    ~CaresResolver() override { desks_->close(); }

    asio::awaitable<Addresses> addresses(std::string host, std::optional<Family> family) override {
        if (auto self = literal(host, family)) return ready(*std::move(self));
        if (auto valid = check_host_name(host); !valid) return ready(valid.error());
        return find_addresses(desks_, {std::move(host), family});
    }

    asio::awaitable<std::string> name(IpAddress address) override {
        return find_name(desks_, std::move(address));
    }

  private:
    std::shared_ptr<Desks> desks_;
};

}  // namespace

std::unique_ptr<Resolver> make_resolver(asio::any_io_executor executor, ResolverOptions options) {
    return std::make_unique<CaresResolver>(executor, std::move(options));
}

}  // namespace dtrace::wire
