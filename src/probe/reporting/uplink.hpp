#pragma once

#include "outbox/outbox.hpp"
#include "reporting/report_answer.hpp"
#include "retry.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/http/client.hpp>
#include <dtrace/http/message.hpp>
#include <dtrace/http/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dtrace::probe {

struct UplinkOptions {
    http::Url report_url;
    http::BasicCredentials credentials;
    std::size_t report_traces = 100;
    std::uint64_t report_bytes = 1'000'000;  ///< of JSON; a larger trace goes alone
    Duration gather = milliseconds(200);     ///< a trace waits this long for company
    Duration request_timeout = seconds(60);
    RetryLimits retry;
    /// After a bad report; grows from one to the next, so that not even a master that refuses
    /// everything is flooded.
    BackoffLimits bad_report{milliseconds(250), seconds(60)};
};

struct UplinkCounts {
    std::uint64_t accepted = 0;
    std::uint64_t known = 0;
    std::uint64_t refused = 0;    ///< one by one, in a receipt
    std::uint64_t set_aside = 0;  ///< spoilt a report all by themselves
    std::uint64_t failures = 0;   ///< since the last receipt
};

/// Brings what is in the outbox to the master, oldest first, one report at a time. A trace leaves
/// the outbox only when a receipt accounts for it or when the master refuses it for good; both is
/// logged. It may arrive twice, and its id makes that harmless.
class Uplink {
  public:
    Uplink(boost::asio::any_io_executor executor, http::Client& client, Outbox& outbox,
           async::WorkerPool& workers, UplinkOptions options, Logger& log);

    /// Something was put into the outbox.
    void notify() { added_.notify_all(); }

    /// Where to report from now on.
    void report_to(http::Url url) { options_.report_url = std::move(url); }

    /// Runs until finish(), and then until the outbox is empty or the first failure. The first
    /// cancellation (total) is left to finish(); terminal ends it at once.
    boost::asio::awaitable<void> run();

    void finish();

    [[nodiscard]] UplinkCounts counts() const;

  private:
    [[nodiscard]] boost::asio::awaitable<bool> something_to_send();
    [[nodiscard]] boost::asio::awaitable<Duration> send_report();
    [[nodiscard]] Duration take_receipt(ReportReceipt const& receipt,
                                        std::vector<Outbox::Item> const& items);
    [[nodiscard]] Duration take_bad(BadReport const& bad, std::vector<Outbox::Item> const& items);
    [[nodiscard]] Duration take_failure(Failure const& failure);

    http::Client& client_;
    Outbox& outbox_;
    async::WorkerPool& workers_;
    UplinkOptions options_;
    Logger& log_;
    async::Wakeup added_;
    async::Wakeup finish_;
    Retry retry_;
    Backoff bad_reports_;
    ReportSize size_;
    UplinkCounts counts_;
    bool finishing_ = false;
};

}  // namespace dtrace::probe
