#include "live/live_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace dtrace::master {

namespace {

constexpr std::size_t largest_piece = 64 * 1024;
constexpr Duration kept_for = seconds(60);

std::size_t size_of(LiveItem const& item) {
    return sizeof item + item.probe.size() + item.measurement.size() + item.json.size();
}

std::string event(std::string_view id, std::string_view kind, std::string_view json) {
    return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", id, kind, json);
}

}  // namespace

bool LiveFilter::wants(LiveItem const& item) const {
    return (kinds.empty() || std::ranges::find(kinds, item.kind) != kinds.end()) &&
           (probe.empty() || probe == item.probe) &&
           (measurement.empty() || measurement == item.measurement);
}

LiveFeed::LiveFeed(boost::asio::any_io_executor executor, Timestamp started, Limits limits)
    : run_(fmt::format("{:x}", started.time_since_epoch().count())),
      limits_(limits),
      changed_(std::move(executor)) {}

bool LiveFeed::is_wanted() const {
    return listeners_ > 0 ||
           (last_heard_ != TimePoint::min() && Clock::now() - last_heard_ < kept_for);
}

void LiveFeed::skip(std::size_t count) {
    if (count == 0) return;
    first_ = end() + count;
    items_.clear();
    bytes_ = 0;
}

void LiveFeed::publish(LiveItem item) {
    bytes_ += size_of(item);
    items_.push_back(std::move(item));
    forget_beyond_limits();
    changed_.notify_all();
}

void LiveFeed::forget_beyond_limits() {
    while (items_.size() > limits_.items || (bytes_ > limits_.bytes && items_.size() > 1)) {
        bytes_ -= size_of(items_.front());
        items_.pop_front();
        ++first_;
    }
}

std::string LiveFeed::id_of(std::uint64_t number) const {
    return fmt::format("{}-{}", run_, number);
}

std::optional<std::uint64_t> LiveFeed::number_of(std::string_view id) const {
    if (!id.starts_with(run_) || id.size() <= run_.size() || id[run_.size()] != '-')
        return std::nullopt;
    id.remove_prefix(run_.size() + 1);
    std::uint64_t number = 0;
    auto const [stopped, failed] = std::from_chars(id.data(), id.data() + id.size(), number);
    bool const good = failed == std::errc{} && stopped == id.data() + id.size() && number < end();
    return good ? std::optional(number) : std::nullopt;
}

LiveFeed::Listener::Listener(LiveFeed& feed, LiveFilter filter, std::string_view last_id)
    : feed_(feed), filter_(std::move(filter)), next_(feed.end()) {
    ++feed_.listeners_;
    if (last_id.empty()) return;
    auto const last = feed_.number_of(last_id);
    if (last)
        next_ = *last + 1;
    else
        unknown_place_ = true;
}

LiveFeed::Listener::~Listener() {
    --feed_.listeners_;
    feed_.last_heard_ = Clock::now();
}

std::string LiveFeed::Listener::take() {
    std::string text;
    if (std::exchange(unknown_place_, false)) text += event(feed_.id_of(next_ - 1), "missed", "{}");
    if (next_ < feed_.first_) {
        text += event(feed_.id_of(feed_.first_ - 1), "missed",
                      fmt::format("{{\"count\":{}}}", feed_.first_ - next_));
        next_ = feed_.first_;
    }
    for (; next_ < feed_.end() && text.size() < largest_piece; ++next_) {
        auto const& item = feed_.items_[next_ - feed_.first_];
        if (filter_.wants(item)) text += event(feed_.id_of(next_), to_text(item.kind), item.json);
    }
    return text;
}

}  // namespace dtrace::master
