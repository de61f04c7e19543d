#include "upkeep.hpp"

#include <dtrace/async/deadline.hpp>

#include <optional>
#include <string>

namespace dtrace::master {

namespace {

constexpr Duration between_looks = seconds(60);
constexpr Duration between_steps = milliseconds(5);

}  // namespace

boost::asio::awaitable<void> keep_up(store::Store& store, store::UpkeepRule rule, Logger& log) {
    std::optional<std::string> fault;
    std::uint64_t removed = 0;
    for (;;) {
        auto const done = co_await store.upkeep(rule, wall_clock_now());
        if (!done && fault != done.error().message) {
            log.error("upkeep of the database failed", {{"reason", done.error().message}});
            fault = done.error().message;
        }
        if (done) {
            fault.reset();
            removed += done->removed;
            if (auto const& [count, reason] = done->unreadable; reason)
                log.error("what cannot be read is left out",
                          {{"count", count}, {"reason", reason->message}});
        }
        bool const more = done && done->more;
        if (!more && removed > 0) {
            log.info("old traces removed", {{"count", removed}});
            removed = 0;
        }
        bool const slept = co_await async::sleep_for(more ? between_steps : between_looks);
        if (!slept) co_return;
    }
}

}  // namespace dtrace::master
