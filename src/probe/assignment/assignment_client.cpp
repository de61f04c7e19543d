#include "assignment/assignment_client.hpp"

#include <dtrace/async/deadline.hpp>

#include <fmt/format.h>

#include <random>
#include <utility>

namespace dtrace::probe {

namespace asio = boost::asio;

AssignmentClient::AssignmentClient(http::Client& client, AssignmentClientOptions options,
                                   Logger& log, std::function<void(Assignment)> on_assignment)
    : client_(client),
      options_(std::move(options)),
      log_(log),
      on_assignment_(std::move(on_assignment)),
      retry_(options_.retry, std::random_device{}()) {}

http::ClientRequest AssignmentClient::request() const {
    return {.verb = http::Verb::get,
            .url = options_.master.with_target(fmt::format(
                "/api/v1/probe/assignment?after={}&wait={}", revision_, options_.wait.count())),
            .headers = {{"Authorization", http::basic_authorization(options_.credentials)},
                        {"Accept", "application/json"}},
            .body = {},
            .timeout = options_.wait + options_.margin};
}

asio::awaitable<void> AssignmentClient::run() {
    for (;;) {
        auto const asked = Clock::now();
        auto const response = co_await client_.request(request());
        if (!response && response.error().code == boost::system::errc::operation_canceled)
            co_return;
        auto const pause = take(read_assignment_answer(response, revision_, options_.retry), asked);
        bool const slept = co_await async::sleep_for(pause);
        if (!slept) co_return;
    }
}

Duration AssignmentClient::take(AssignmentAnswer answer, TimePoint asked) {
    if (auto const* failure = std::get_if<Failure>(&answer)) {
        auto const pause = retry_.after(*failure);
        log_.warn("no assignment from the master",
                  {{"master", options_.master.origin()},
                   {"reason", failure->reason},
                   {"failures", retry_.failures()},
                   {"retry_in_ms", std::chrono::duration_cast<milliseconds>(pause).count()}});
        return pause;
    }
    if (retry_.failures() > 0)
        log_.info("master is back",
                  {{"master", options_.master.origin()}, {"failures", retry_.failures()}});
    retry_.succeeded();
    if (auto* assignment = std::get_if<Assignment>(&answer)) {
        revision_ = assignment->revision;
        log_.info("assignment received", {{"revision", revision_},
                                          {"measurements", assignment->measurements.size()},
                                          {"once", assignment->once.size()}});
        on_assignment_(std::move(*assignment));
    }
    return std::max(Duration::zero(), asked + options_.least_between - Clock::now());
}

}  // namespace dtrace::probe
