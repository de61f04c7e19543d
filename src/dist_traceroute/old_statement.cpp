#include "old_statement.hpp"

#include <sqlite3.h>

namespace dtrace::dist_traceroute {

OldStatement::OldStatement(sqlite3* database, std::string_view sql) {
    int const code =
        sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &handle_, nullptr);
    failed_ = code != SQLITE_OK;
}

OldStatement::~OldStatement() {
    sqlite3_finalize(handle_);
}

void OldStatement::bind(std::string_view text) {
    if (failed_) return;
    sqlite3_reset(handle_);
    // With SQLITE_TRANSIENT, which copies; the macro is a cast of the old style.
    auto const copy = reinterpret_cast<sqlite3_destructor_type>(-1);
    sqlite3_bind_text64(handle_, 1, text.data(), text.size(), copy, SQLITE_UTF8);
}

void OldStatement::bind(std::int64_t first, std::int64_t second) {
    if (failed_) return;
    sqlite3_reset(handle_);
    sqlite3_bind_int64(handle_, 1, first);
    sqlite3_bind_int64(handle_, 2, second);
}

bool OldStatement::step() {
    if (failed_) return false;
    int const code = sqlite3_step(handle_);
    failed_ = code != SQLITE_ROW && code != SQLITE_DONE;
    return code == SQLITE_ROW;
}

std::int64_t OldStatement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

double OldStatement::real(int column) const {
    return sqlite3_column_double(handle_, column);
}

std::string_view OldStatement::text(int column) const {
    auto const* const bytes = sqlite3_column_text(handle_, column);
    if (!bytes) return {};
    return {reinterpret_cast<char const*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

}  // namespace dtrace::dist_traceroute
