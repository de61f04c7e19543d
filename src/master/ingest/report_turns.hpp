#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

namespace dtrace::master {

/// Whose turn it is when more reports come than can be taken. The others wait, the first to come is
/// the next. When too much waits, the one that has waited longest is sent away: whoever sent it has
/// most likely given up by now, and will send it again. What has its turn keeps it.
class ReportTurns {
  public:
    struct Limits {
        std::size_t at_once = 256;
        std::size_t max_waiting_bytes = 64 * 1024 * 1024;  ///< one may be larger, by itself
    };
    struct GiveBack {
        void operator()(ReportTurns* turns) const { turns->give_back(); }
    };
    /// A turn, until it is destroyed; null: none.
    using Turn = std::unique_ptr<ReportTurns, GiveBack>;

    explicit ReportTurns(Limits limits) : limits_(limits) {}

    /// Waits for a turn for a report of this size. None: it was sent away, or the caller cancelled.
    [[nodiscard]] boost::asio::awaitable<Turn> take(std::size_t bytes);

    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  private:
    struct Waiter;

    void give_back();

    Limits limits_;
    std::size_t at_work_ = 0;
    std::size_t waiting_bytes_ = 0;
    std::list<Waiter*> waiting_;  ///< longest first
};

}  // namespace dtrace::master
