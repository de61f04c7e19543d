#pragma once

#include "assignment/assignment_file.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <optional>

namespace dtrace::probe {

/// Keeps the assignment last received on disk, without holding anything up: a disk takes its time
/// to be sure. Of several that come meanwhile, the last is written. What the disk does not take is
/// tried again.
class AssignmentKeeper {
  public:
    AssignmentKeeper(boost::asio::any_io_executor executor, AssignmentFile file,
                     async::WorkerPool& workers, Logger& log,
                     Duration retry_interval = seconds(30));

    /// What an earlier process kept, if it can be used.
    [[nodiscard]] std::optional<Assignment> take_up();

    void keep(Assignment const& assignment);

    /// Writes until it is cancelled.
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// After run(): writes what is not on disk yet. Blocks.
    void finish();

  private:
    void note(Result<void> const& written) const;

    AssignmentFile file_;
    async::WorkerPool& workers_;
    Logger& log_;
    Duration retry_interval_;
    async::Wakeup changed_;
    std::optional<Assignment> kept_;     ///< on disk, or to be; without one-off work
    std::optional<Assignment> waiting_;  ///< to be written
};

}  // namespace dtrace::probe
