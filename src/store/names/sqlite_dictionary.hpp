#pragma once

#include "names/bounded_cache.hpp"
#include "names/number_marks.hpp"
#include "records/path_code.hpp"
#include "sqlite/damage.hpp"
#include "sqlite/sqlite_database.hpp"

#include <dtrace/core/uuid.hpp>
#include <dtrace/model/trace.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace dtrace::store {

/// Gives out the numbers that stand for names, addresses, contexts and paths: the one they have, or
/// a new one within the present transaction. For the writing connection only.
class Dictionary : public Numbering {
  public:
    Dictionary(Database& database, Damage& damage);

    RowId number_of(IpAddress const& address) override;
    RowId number_of(std::string_view text) override;
    [[nodiscard]] RowId probe(std::string_view name);
    /// None: the row of those that belong to no measurement.
    [[nodiscard]] RowId measurement(std::optional<Uuid> const& id);
    [[nodiscard]] RowId series(std::string_view probe, std::optional<Uuid> const& measurement);
    [[nodiscard]] RowId context(Trace const& trace);

    struct KnownPath {
        RowId id = 0;
        FirstTrace first;
    };
    /// If it is new, or was found damaged, the trace that it belongs to becomes its first.
    [[nodiscard]] KnownPath path(SplitPath const& split, RowId context, std::uint64_t took_us);

    /// After a transaction was undone, or rows were removed: what was given out means nothing.
    void forget();

    /// From now on marks what it gives out.
    [[nodiscard]] NumberMarks& begin_marking() { return marks_.emplace(); }
    void end_marking() { marks_.reset(); }

  private:
    /// Finds the row with such a key or inserts it.
    class Table {
      public:
        Table(Database& database, std::string_view find, std::string_view insert)
            : database_(&database),
              find_(database.prepare(find)),
              insert_(database.prepare(insert)) {}

        template <class... Key>
        RowId number_of(Key const&... key) {
            if (find_.bind(key...).step()) {
                RowId const id = find_.integer(0);
                find_.reset();
                return id;
            }
            insert_.bind(key...).run();
            return database_->last_row_id();
        }

      private:
        Database* database_;
        Statement find_;
        Statement insert_;
    };

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    template <class Value>
    using ByText = BoundedCache<std::string, Value, TextHash>;

    [[nodiscard]] std::optional<KnownPath> find_sound_path(SplitPath const& split,
                                                           std::string_view shape);

    Database& database_;
    Damage& damage_;
    std::optional<NumberMarks> marks_;
    Table probes_;
    Table measurements_;
    Table series_;
    Table addresses_;
    Table texts_;
    Table contexts_;
    Statement find_path_;
    Statement insert_path_;
    Statement set_path_aside_;
    ByText<RowId> known_series_{8 * mebibyte};
    ByText<RowId> known_addresses_{16 * mebibyte};
    ByText<RowId> known_texts_{32 * mebibyte};
    ByText<RowId> known_contexts_{16 * mebibyte};
    ByText<KnownPath> known_paths_{32 * mebibyte};
};

}  // namespace dtrace::store
