#include "resources/handlers_dist_traceroute.hpp"

#include "catalog/names.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/dist_traceroute/slave_config.hpp>
#include <dtrace/dist_traceroute/slave_message.hpp>
#include <dtrace/dist_traceroute/slave_trace.hpp>
#include <dtrace/json/quote.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;
using dist_traceroute::Generation;
using dist_traceroute::SlaveLogin;
using dist_traceroute::SlaveMeasurement;
using dist_traceroute::SlaveResult;
using dist_traceroute::SlaveTarget;

namespace {

// Whoever sends has not logged in yet. A slave sends some 100 bytes for work, and no more than 450
// KiB for a result of 100 hops with 10 retries each.
constexpr std::size_t most_config = 16 * 1024;
constexpr std::size_t most_result = 1024 * 1024;

http::Response slave_text(unsigned status, std::string body) {
    http::Response response{.status = status, .headers = {}, .body = std::move(body)};
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    return response;
}

http::Response verdict(Generation generation, unsigned status, std::string_view error) {
    auto const quoted = json::quoted(error);
    char const* const success = error.empty() ? "true" : "false";
    // Whatever was refused once will be refused again.
    if (generation == Generation::first)
        return slave_text(status, "{\"Success\":" + std::string(success) + ",\"Error\":" + quoted +
                                      ",\"RetryPossible\":" + success + "}");
    return slave_text(status, "{\n\t\"Success\": " + std::string(success) + ",\n\t\"Error\": " +
                                  quoted + ",\n\t\"RetryPossible\": " + success + "\n}");
}

/// The first generation sends again, at once and for ever, whatever is not answered by 200.
http::Response refusal(Generation generation, std::string_view error) {
    return verdict(generation, generation == Generation::first ? 200 : 400, error);
}

char const* program_of(Generation generation) {
    return generation == Generation::first ? "dist-traceroute/2019-08" : "dist-traceroute/2019-11";
}

class SlaveApi {
  public:
    SlaveApi(Api& api, Generation generation, SlaveDelays delays)
        : api_(api), generation_(generation), delays_(delays) {}

    asio::awaitable<http::Response> post_config(http::Request const& request) {
        if (request.body.size() > most_config)
            co_return slave_text(413, "Request body larger than 16 KiB\n");
        auto const asked = dist_traceroute::parse_config_request(request.body, generation_);
        if (!asked) co_return slave_text(400, "Can't unmarshal request body\n");
        auto const slave = co_await log_in(*asked, request);
        if (!slave) co_return co_await refuse_login();
        auto const targets = targets_of(slave->name);
        co_return slave_text(200, generation_ == Generation::first
                                      ? dist_traceroute::first_config(targets)
                                      : dist_traceroute::last_config(
                                            targets, make_uuid_from_name("slave " + slave->name)));
    }

    asio::awaitable<http::Response> post_result(http::Request const& request) {
        if (request.body.size() > most_result)
            co_return refusal(generation_, "Request body larger than 1 MiB");
        auto result = co_await read(request.body);
        if (!result) co_return co_await fail();
        if (!*result)
            co_return refusal(generation_,
                              "Couldn't decode request body into JSON: " + result->error().text());
        auto const slave = co_await log_in((*result)->login, request);
        if (!slave) {
            **result = {};  // a stranger waits for its answer, and nothing of what it sent does
            co_return co_await refuse_login();
        }
        co_return co_await take(*slave, **result);
    }

  private:
    using ParsedResult = json::ReadResult<SlaveResult>;

    struct Slave {
        std::string name;
        ProbeActivity::Seen activity;
    };

    asio::awaitable<Result<ParsedResult>> read(std::string_view body) {
        if (body.size() <= large_body) co_return dist_traceroute::parse_result(body, generation_);
        co_return co_await async::offload(
            api_.workers, [&] { return dist_traceroute::parse_result(body, generation_); });
    }

    /// None: this is no slave of ours, or its login is not looked at now.
    asio::awaitable<std::optional<Slave>> log_in(SlaveLogin const& login,
                                                 http::Request const& request) {
        http::BasicCredentials credentials{login.name, login.secret};
        auto checked = co_await api_.login.check(std::move(credentials), request.peer);
        if (!checked) co_return std::nullopt;
        auto activity = api_.activity.saw(*checked, {.address = request.peer,
                                                     .user_agent = program_of(generation_),
                                                     .now = Clock::now(),
                                                     .wall_clock = wall_clock_now()});
        activity->wait = seconds(60);
        Slave slave{*std::move(checked), std::move(activity)};
        co_return slave;
    }

    asio::awaitable<http::Response> refuse_login() {
        co_await async::sleep_for(delays_.refusal);
        co_return slave_text(401, "Unauthorized\n");
    }

    asio::awaitable<http::Response> fail() {
        co_await async::sleep_for(delays_.trouble);
        co_return slave_text(500, "Database error\n");
    }

    [[nodiscard]] std::vector<SlaveTarget> targets_of(std::string const& slave) const {
        auto const assignment = api_.board.assignment(slave);
        if (!assignment) return {};
        return dist_traceroute::slave_targets(*assignment);
    }

    /// None: the last generation's target is not known here.
    [[nodiscard]] std::optional<SlaveMeasurement> measurement_of(std::string const& slave,
                                                                 SlaveResult const& result) const {
        auto const targets = targets_of(slave);
        auto const found = std::ranges::find_if(targets, [&](SlaveTarget const& target) {
            if (generation_ == Generation::last) return target.id == result.target_id;
            return target.name == result.target_name && target.address == result.target_address;
        });
        if (found != targets.end())
            return SlaveMeasurement{.measurement = MeasurementName{found->id, found->measurement},
                                    .host = found->address,
                                    .retries = found->retries,
                                    .max_hops = found->max_hops};
        SlaveMeasurement former{.measurement = {}, .host = result.target_address};
        auto id = result.target_id;
        if (generation_ == Generation::first) id = api_.board.find_measurement(result.target_name);
        bool const known = id && api_.board.knows(*id);
        if (known) former.measurement = MeasurementName{*id, result.target_name};
        if (!known && generation_ == Generation::last) return std::nullopt;
        return former;
    }

    [[nodiscard]] std::optional<std::string> find_fault(SlaveResult const& result) const {
        std::string const failed = "Result validation failed: ";
        if (auto const fault = find_name_fault(result.target_name))
            return failed + "Target.Name: " + *fault;
        if (auto const fault = find_host_fault(result.target_address))
            return failed + "Target.Address: " + *fault;
        if (result.hop_count < 0 || result.hop_count > 100)
            return failed + "HopCount: " + std::to_string(result.hop_count) +
                   " does not validate as range(1|100)";
        return std::nullopt;
    }

    http::Response refuse(std::string const& slave, std::string const& reason) {
        api_.ingest.note_refusal(slave, reason);
        if (generation_ == Generation::first) return refusal(generation_, reason);
        return slave_text(400, reason + "\n");
    }

    asio::awaitable<http::Response> take(Slave const& slave, SlaveResult const& result) {
        // A master that ends answers what it has begun to take.
        co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
        if (auto const fault = find_fault(result)) co_return refuse(slave.name, *fault);
        auto const about = measurement_of(slave.name, result);
        if (!about)
            co_return refuse(slave.name, "Supplied target ID doesn't match a target in the DB");
        auto trace = dist_traceroute::to_trace(result, slave.name, *about, wall_clock_now());
        auto const kept = co_await api_.ingest.keep(std::move(trace));
        if (!kept) co_return co_await fail();
        slave.activity->last_report = wall_clock_now();
        if (*kept) ++slave.activity->traces;
        co_return verdict(generation_, 200, "");
    }

    Api& api_;
    Generation generation_;
    SlaveDelays delays_;
};

asio::awaitable<http::Response> answer_config(Api& api, http::Request const& request,
                                              Generation generation, SlaveDelays delays) {
    SlaveApi slaves(api, generation, delays);
    co_return co_await slaves.post_config(request);
}

asio::awaitable<http::Response> answer_result(Api& api, http::Request const& request,
                                              Generation generation, SlaveDelays delays) {
    SlaveApi slaves(api, generation, delays);
    co_return co_await slaves.post_result(request);
}

}  // namespace

std::vector<ApiRoute> dist_traceroute_rows(SlaveDelays delays) {
    auto const post = [](std::string_view pattern, std::string_view summary, auto handler) {
        ApiRoute row{http::Verb::post, pattern, summary, Access::slave,
                     std::function<asio::awaitable<http::Response>(Api&, http::Request const&)>(
                         std::move(handler))};
        row.body = {"application/json"};
        row.max_body_bytes.reset();  // refused below, in words that slaves understand
        row.answers = {{200, {"text/plain"}}};
        return row;
    };
    auto const config = [delays](Generation generation) {
        return [=](Api& api, http::Request const& request) {
            return answer_config(api, request, generation, delays);
        };
    };
    auto const result = [delays](Generation generation) {
        return [=](Api& api, http::Request const& request) {
            return answer_result(api, request, generation, delays);
        };
    };
    constexpr auto first = Generation::first;
    constexpr auto last = Generation::last;
    return {
        post("/config/", "work for a dist-traceroute slave of August 2019", config(first)),
        post("/config/{any}", "the same under any name", config(first)),
        post("/results/", "a result from a dist-traceroute slave of August 2019", result(first)),
        post("/results/{any}", "the same for any name", result(first)),
        post("/slave/config", "work for a dist-traceroute slave of November 2019", config(last)),
        post("/slave/results", "a result from a dist-traceroute slave of November 2019",
             result(last)),
    };
}

}  // namespace dtrace::master
