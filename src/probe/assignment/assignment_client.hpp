#pragma once

#include "assignment/assignment_answer.hpp"

#include <dtrace/core/log.hpp>
#include <dtrace/http/client.hpp>
#include <dtrace/http/message.hpp>
#include <dtrace/http/url.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>

namespace dtrace::probe {

struct AssignmentClientOptions {
    http::Url master;
    http::BasicCredentials credentials;
    /// How long the master may hold a request back until something changes.
    seconds wait{50};
    /// For the way and the answer, besides `wait`.
    Duration margin = seconds(15);
    /// From one request to the next at the least: a master that does not wait is not flooded.
    Duration least_between = seconds(1);
    RetryLimits retry;
};

/// Keeps asking the master for this probe's assignment by long poll. While the master is away or
/// answers nonsense, the assignment last received stays in force.
class AssignmentClient {
  public:
    AssignmentClient(http::Client& client, AssignmentClientOptions options, Logger& log,
                     std::function<void(Assignment)> on_assignment);

    /// Until cancelled.
    boost::asio::awaitable<void> run();

    [[nodiscard]] std::uint64_t revision() const { return revision_; }
    /// Failures since the last good answer.
    [[nodiscard]] std::uint64_t failures() const { return retry_.failures(); }

  private:
    [[nodiscard]] http::ClientRequest request() const;
    /// How long to wait before the next request.
    [[nodiscard]] Duration take(AssignmentAnswer answer, TimePoint asked);

    http::Client& client_;
    AssignmentClientOptions options_;
    Logger& log_;
    std::function<void(Assignment)> on_assignment_;
    Retry retry_;
    std::uint64_t revision_ = 0;  ///< held; 0: none yet
};

}  // namespace dtrace::probe
