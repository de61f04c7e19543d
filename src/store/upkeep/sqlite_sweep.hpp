#pragma once

#include "names/sqlite_dictionary.hpp"
#include "names/sqlite_last_use.hpp"
#include "sqlite/sqlite_database.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace dtrace::store {

/// Removes paths, contexts, texts and addresses that nothing refers to any more, a few rows a step,
/// each within the writing transaction that is open. Paths go by the day of their last use; what
/// only paths and contexts refer to is marked by reading these, and goes if it was not. What is
/// given out while that goes on is marked by the dictionary.
///
/// The newest row of a table always stays, so that no number is ever given out again: readers may
/// remember what it stood for.
class Sweep {
  public:
    Sweep(Database& database, Dictionary& dictionary, LastUse& last_use);

    /// `oldest_day`: the first day of which a trace may be left. How many rows went. What a path
    /// refers to that cannot be read goes as well: nobody will read it there.
    [[nodiscard]] std::uint64_t step(std::int64_t oldest_day, Unreadable& unreadable);
    /// In the midst of it: there is more to do at once.
    [[nodiscard]] bool busy() const { return phase_ != Phase::paths; }
    /// A transaction was undone.
    void forget();

  private:
    enum class Phase : std::uint8_t { paths, marks, contexts, texts, addresses };

    [[nodiscard]] std::uint64_t remove_paths();
    void begin();
    [[nodiscard]] std::size_t mark(Unreadable& unreadable);
    [[nodiscard]] std::size_t remove_contexts();
    [[nodiscard]] std::size_t remove_texts();
    [[nodiscard]] std::size_t remove_addresses();
    void enter(Phase phase);
    [[nodiscard]] RowId newest(Statement& statement);

    Database& database_;
    Dictionary& dictionary_;
    LastUse& last_use_;
    Statement newest_path_;
    Statement newest_context_;
    Statement newest_text_;
    Statement newest_address_;
    Statement remove_path_;
    Statement remove_context_;
    Statement remove_text_;
    Statement remove_address_;
    Statement paths_;
    Statement contexts_;
    Statement texts_;
    Statement addresses_;

    Phase phase_ = Phase::paths;
    NumberMarks* marks_ = nullptr;      ///< the dictionary's, from marks to addresses
    std::int64_t day_ = 0;              ///< oldest_day of this run
    RowId after_ = 0;                   ///< where in its table the phase has come to
    std::uint64_t removed_ = 0;         ///< in this step
    std::optional<std::int64_t> done_;  ///< oldest_day of the last complete run
};

}  // namespace dtrace::store
