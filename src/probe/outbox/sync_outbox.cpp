#include "outbox/sync_outbox.hpp"

#include <dtrace/async/deadline.hpp>

#include <utility>

namespace dtrace::probe {

boost::asio::awaitable<void> sync_outbox(Outbox& outbox, async::WorkerPool& workers, Duration every,
                                         Logger& log) {
    for (;;) {
        bool const slept = co_await async::sleep_for(every);
        if (!slept) co_return;
        auto& folder = outbox.folder();
        auto files = folder.take_unsynced();
        if (files.empty()) continue;
        auto const synced =
            co_await async::offload(workers, [&folder, &files] { return folder.sync(files); });
        if (synced) continue;
        log.warn("outbox not synced", {{"reason", synced.error().message}});
        folder.put_back(std::move(files));
    }
}

}  // namespace dtrace::probe
