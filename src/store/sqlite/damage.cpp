#include "sqlite/damage.hpp"

namespace dtrace::store {

void Damage::look_at(Error const& failure) {
    if (failure.code != boost::system::errc::bad_message) return;
    std::lock_guard const lock(mutex_);
    if (found_) return;
    found_ = failure;
    log_.error("database is damaged", {{"reason", failure.message}});
}

std::optional<Error> Damage::found() const {
    std::lock_guard const lock(mutex_);
    return found_;
}

}  // namespace dtrace::store
