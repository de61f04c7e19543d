#pragma once

#include "names/sqlite_dictionary.hpp"
#include "sqlite/sqlite_threads.hpp"
#include "sqlite/submit.hpp"
#include "traces/sqlite_history.hpp"
#include "traces/sqlite_rounds.hpp"
#include "traces/sqlite_trace_reader.hpp"
#include "traces/sqlite_trace_writer.hpp"

#include <dtrace/store/open_store.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <utility>
#include <variant>

namespace dtrace::store {

/// The result of work that has none.
using Done = std::monostate;

// GCC 12 destroys a temporary twice that is an aggregate or a closure and part of an expression
// with co_await: operations with such arguments are named first.

inline boost::asio::awaitable<Result<void>> without_value(
    boost::asio::awaitable<Result<Done>> operation) {
    auto const result = co_await std::move(operation);
    if (!result) co_return result.error();
    co_return Result<void>();
}

/// What belongs to the writing connection, in the order of construction.
struct Writing {
    Writing(std::unique_ptr<Database> connection, StoreLimits const& limits, Damage& damage,
            Logger& log)
        : database(std::move(connection)),
          dictionary(*database, damage),
          last_use(*database),
          upkeep(*database, dictionary, last_use),
          traces(*database, dictionary, last_use, upkeep),
          thread(
              *database,
              [this] {
                  dictionary.forget();
                  last_use.forget();
                  upkeep.forget();
              },
              {.max_waiting = limits.max_waiting_traces}, damage, log) {}

    std::unique_ptr<Database> database;
    Dictionary dictionary;
    LastUse last_use;
    Upkeep upkeep;
    TraceWriter traces;
    WriteThread thread;
};

struct Reading {
    Reading(std::unique_ptr<Database> connection, StoreLimits const& limits, Damage& met)
        : damage(met),
          database(std::move(connection)),
          names(*database),
          traces(*database, names),
          rounds(*database, names),
          history(*database, names),
          thread(*database, limits.max_waiting_reads, met) {}

    Damage& damage;
    std::unique_ptr<Database> database;
    Names names;
    TraceReader traces;
    RoundReader rounds;
    HistoryReader history;
    ReadThread thread;
};

/// Where each part of the store has its work done.
class Access {
  public:
    Access(Writing& writing, Reading& reading, boost::asio::any_io_executor home)
        : writing_(writing), reading_(reading), home_(std::move(home)) {}

  protected:
    template <class Work>
    auto read(Work work) {
        return submit(reading_.thread.queue(), 1, home_, std::move(work));
    }
    template <class Work>
    auto write(std::size_t weight, Work work) {
        return submit(writing_.thread.queue(), weight, home_, std::move(work));
    }

    /// Damage that an answer does without is told as that of a failure is.
    template <class Answer>
    Result<Answer> told(Result<Answer> answer) {
        if (answer && answer->unreadable.reason)
            reading_.damage.look_at(*answer->unreadable.reason);
        return answer;
    }

    Writing& writing_;
    Reading& reading_;

  private:
    boost::asio::any_io_executor home_;
};

}  // namespace dtrace::store
