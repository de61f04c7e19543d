#include "sqlite/sqlite_database.hpp"

#include <sqlite3.h>

namespace dtrace::store {

void Database::copy_to(std::filesystem::path const& target) {
    if (failed()) return;
    auto copy = Database::open(target);
    if (!copy) {
        failure_ = copy.error();
        return;
    }
    auto* const backup = sqlite3_backup_init((*copy)->handle_, "main", handle_, "main");
    if (backup) {
        // All in one step: the copy is of one moment, and writers go on beside it.
        (void)sqlite3_backup_step(backup, -1);
        (void)sqlite3_backup_finish(backup);
    }
    int const code = sqlite3_errcode((*copy)->handle_);
    if (code != SQLITE_OK) {
        (*copy)->fail(code);
        failure_ = (*copy)->take_failure();
    }
}

}  // namespace dtrace::store
