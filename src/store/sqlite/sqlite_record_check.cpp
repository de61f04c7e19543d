#include "sqlite/sqlite_record_check.hpp"

#include "records/rollup_record.hpp"
#include "traces/sqlite_trace_reader.hpp"

#include <utility>

namespace dtrace::store {

namespace {

class RecordCheck {
  public:
    RecordCheck(Database& database, std::size_t most)
        : database_(database), names_(database), traces_(database, names_), most_(most) {}

    void look_at_traces(std::string const& table) {
        auto rows = database_.prepare("SELECT series, started, id, record FROM " + table);
        rows.bind();
        while (complaints_.size() < most_ && rows.step()) {
            TraceRow const row{{rows.integer(1), rows.integer(0), std::string(rows.blob(2))},
                               std::string(rows.blob(3))};
            if (!traces_.decode(row)) note_damage();
        }
    }

    void look_at_rollups(std::string const& table, std::string const& number) {
        auto rows = database_.prepare("SELECT series, " + number + ", record, hops FROM " + table);
        rows.bind();
        while (complaints_.size() < most_ && rows.step()) {
            if (read_rollup(rows.blob(2), rows.blob(3))) continue;
            database_.fail_as_damaged(table + ' ' + std::to_string(rows.integer(1)) +
                                      " of series " + std::to_string(rows.integer(0)));
            note_damage();
        }
    }

    [[nodiscard]] std::vector<std::string> complaints() && { return std::move(complaints_); }

  private:
    /// What is no damage of a record stays the database's failure, and ends the reading.
    void note_damage() {
        if (auto damage = database_.take_damage())
            complaints_.push_back(std::move(damage->message));
    }

    Database& database_;
    Names names_;
    TraceReader traces_;
    std::size_t most_;
    std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> find_damaged_records(Database& database, std::size_t most) {
    RecordCheck check(database, most);
    check.look_at_traces("trace");
    check.look_at_traces("latest");
    check.look_at_rollups("rollup", "hour");
    check.look_at_rollups("rollup_day", "day");
    return std::move(check).complaints();
}

}  // namespace dtrace::store
