#include "reporting/uplink.hpp"

#include "reporting/post_json.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <random>
#include <utility>

namespace dtrace::probe {

namespace asio = boost::asio;

namespace {

std::int64_t in_ms(Duration duration) {
    return std::chrono::duration_cast<milliseconds>(duration).count();
}

std::string json_array(std::vector<Outbox::Item> const& items) {
    std::string text = "[";
    for (auto const& item : items) {
        if (text.size() > 1) text += ',';
        text += item.payload;
    }
    text += ']';
    return text;
}

}  // namespace

Uplink::Uplink(asio::any_io_executor executor, http::Client& client, Outbox& outbox,
               async::WorkerPool& workers, UplinkOptions options, Logger& log)
    : client_(client),
      outbox_(outbox),
      workers_(workers),
      options_(std::move(options)),
      log_(log),
      added_(executor),
      finish_(executor),
      retry_(options_.retry, std::random_device{}()),
      bad_reports_(options_.bad_report, std::random_device{}()),
      size_(options_.report_traces) {}

void Uplink::finish() {
    finishing_ = true;
    added_.notify_all();
    finish_.notify_all();
}

asio::awaitable<void> Uplink::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    for (;;) {
        bool const something = co_await something_to_send();
        if (!something) co_return;
        bool const last_try = finishing_;
        auto const pause = co_await send_report();
        if (pause == Duration::zero()) continue;
        if (last_try) co_return;
        if (!finishing_) co_await finish_.wait(Clock::now() + pause);
    }
}

/// Waits for something to send and for company for it. False: the end, and nothing is left.
asio::awaitable<bool> Uplink::something_to_send() {
    while (!finishing_) {
        auto const seen = added_.version();
        if (outbox_.waiting() == 0) {
            co_await added_.wait(seen);
            continue;
        }
        if (outbox_.waiting() < size_.traces())
            co_await finish_.wait(Clock::now() + options_.gather);
        co_return true;
    }
    co_return outbox_.waiting() > 0;
}

/// Sends what is oldest. How long to wait before the next report.
asio::awaitable<Duration> Uplink::send_report() {
    auto const items = outbox_.front(size_.traces(), options_.report_bytes);
    if (items.empty()) {
        // Damaged records were all there was, or the disk does not give any now.
        if (outbox_.waiting() == 0) co_return Duration::zero();
        co_return take_failure({"the outbox cannot be read", {}});
    }
    Recipient to{options_.report_url, options_.credentials, options_.request_timeout};
    auto const response = co_await post_json(client_, workers_, std::move(to), json_array(items));
    auto const answer = read_report_answer(response, items.size(), options_.retry);
    if (auto const* receipt = std::get_if<ReportReceipt>(&answer))
        co_return take_receipt(*receipt, items);
    if (auto const* bad = std::get_if<BadReport>(&answer)) co_return take_bad(*bad, items);
    co_return take_failure(std::get<Failure>(answer));
}

Duration Uplink::take_receipt(ReportReceipt const& receipt,
                              std::vector<Outbox::Item> const& items) {
    for (auto const& refused : receipt.refused)
        log_.error("trace refused by the master and dropped",
                   {{"id", refused.id ? to_text(*refused.id) : "unknown"},
                    {"reason", one_line(refused.reason)}});
    outbox_.release(items.back().number);
    counts_.accepted += receipt.accepted;
    counts_.known += receipt.known;
    counts_.refused += receipt.refused.size();
    if (retry_.failures() > 0)
        log_.info("reports go through again",
                  {{"failures", retry_.failures()}, {"waiting", outbox_.waiting()}});
    log_.debug("traces reported", {{"accepted", receipt.accepted},
                                   {"known", receipt.known},
                                   {"refused", receipt.refused.size()},
                                   {"waiting", outbox_.waiting()}});
    retry_.succeeded();
    bad_reports_.reset();
    size_.good();
    return Duration::zero();
}

Duration Uplink::take_bad(BadReport const& bad, std::vector<Outbox::Item> const& items) {
    auto const pause = bad_reports_.next();
    if (items.size() == 1) {
        outbox_.release(items.front().number);
        ++counts_.set_aside;
        log_.error("trace spoils its report and is dropped",
                   {{"reason", bad.reason},
                    {"bytes", items.front().payload.size()},
                    {"begins", one_line(items.front().payload.substr(0, 80))},
                    {"retry_in_ms", in_ms(pause)}});
    } else {
        log_.warn(
            "report refused, sending smaller ones",
            {{"reason", bad.reason}, {"traces", items.size()}, {"retry_in_ms", in_ms(pause)}});
    }
    size_.bad(items.size());
    return pause;
}

Duration Uplink::take_failure(Failure const& failure) {
    auto const pause = retry_.after(failure);
    log_.warn("traces not reported, they stay in the outbox", {{"to", options_.report_url.origin()},
                                                               {"reason", failure.reason},
                                                               {"waiting", outbox_.waiting()},
                                                               {"failures", retry_.failures()},
                                                               {"retry_in_ms", in_ms(pause)}});
    return pause;
}

UplinkCounts Uplink::counts() const {
    auto counts = counts_;
    counts.failures = retry_.failures();
    return counts;
}

}  // namespace dtrace::probe
