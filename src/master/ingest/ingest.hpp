#pragma once

#include "catalog/assignment_board.hpp"
#include "ingest/read_report.hpp"
#include "ingest/report_turns.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/http/message.hpp>
#include <dtrace/store/trace_store.hpp>

#include <boost/describe/class.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// A body beyond this is read on the pool: it would hold up everybody else for milliseconds.
inline constexpr std::size_t large_body = 64 * 1024;
/// So many are taken apart on the pool: the way there and back costs as much as doing a few.
inline constexpr std::size_t many_traces = 16;

/// Traces, and reports that could not be taken, since the start.
struct ReportCounters {
    std::uint64_t accepted = 0;
    std::uint64_t known = 0;
    std::uint64_t refused = 0;
    std::uint64_t busy = 0;    ///< reports answered 503 because there was too much to do
    std::uint64_t failed = 0;  ///< reports that the store did not take
};
BOOST_DESCRIBE_STRUCT(ReportCounters, (), (accepted, known, refused, busy, failed))

/// Traces of a report, once they are on disk; shared, so that an observer may take them to
/// another thread.
using TakenTraces = store::SharedTraces;

/// Takes reports: reads, checks, commits, and only then says so.
class Ingest {
  public:
    struct Options {
        std::size_t max_traces = 10'000;  ///< in one report; 400
        ReportTurns::Limits turns = {};   ///< further reports wait; too many: 503 for the oldest
    };
    using Counters = ReportCounters;
    struct Taken {
        http::Response response;
        std::uint32_t accepted = 0;
    };

    Ingest(store::TraceStore& traces, AssignmentBoard const& board, async::WorkerPool& pool,
           Logger& log, Options options)
        : traces_(traces),
          board_(board),
          pool_(pool),
          log_(log),
          options_(options),
          turns_(options.turns) {}

    /// Called in the order of registration, on the one thread, with what each report brought; must
    /// be quick. Nobody is called for a report without new traces.
    void on_taken(std::function<void(TakenTraces const&)> observer) {
        taken_observers_.push_back(std::move(observer));
    }

    /// The same with all that is on disk now, also what was there before; called first.
    void on_stored(std::function<void(TakenTraces const&)> observer) {
        stored_observers_.push_back(std::move(observer));
    }

    /// `body` must live until the end. Can be cancelled while it waits for its turn, not after.
    [[nodiscard]] boost::asio::awaitable<Taken> take(std::string probe, std::string_view body);

    /// A trace that came another way than in a report, already checked; true if it is new. Counted
    /// and told like those of a report.
    [[nodiscard]] boost::asio::awaitable<Result<bool>> keep(Trace trace);

    /// The same for one that cannot be taken.
    void note_refusal(std::string_view probe, std::string_view reason);

    [[nodiscard]] Counters const& counters() const { return counters_; }
    /// Reports that wait for their turn.
    [[nodiscard]] std::size_t waiting() const { return turns_.waiting(); }

  private:
    [[nodiscard]] boost::asio::awaitable<Result<json::ReadResult<ReadReport>>> read(
        std::string_view body);
    void refuse_strangers(ReadReport& report, std::string_view probe) const;
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<store::Added>>> add(TakenTraces traces);
    [[nodiscard]] boost::asio::awaitable<std::shared_ptr<store::SplitTraces const>> split_if_many(
        TakenTraces traces);
    [[nodiscard]] static Taken not_stored(Error const& error);
    [[nodiscard]] boost::asio::awaitable<Taken> commit(std::string probe, ReadReport report);
    void note_refusals(std::string_view probe, ReadReport const& report);
    using Observers = std::vector<std::function<void(TakenTraces const&)>>;
    static void tell(Observers const& observers, TakenTraces const& traces);

    store::TraceStore& traces_;
    AssignmentBoard const& board_;
    async::WorkerPool& pool_;
    Logger& log_;
    Options options_;
    Observers stored_observers_;
    Observers taken_observers_;
    ReportTurns turns_;
    Counters counters_;
    std::optional<std::string> store_fault_;  ///< of the last report; to be logged once
};

}  // namespace dtrace::master
