#include "server/body_budget.hpp"

namespace dtrace::http {

bool BodyBudget::has_room(Sender const& sender, std::size_t bytes) const {
    auto const own = by_sender_.find(sender);
    auto const held_of_sender = own == by_sender_.end() ? 0 : own->second;
    return bytes <= most_ - held_ && bytes <= most_of_sender_ - held_of_sender;
}

void BodyBudget::replace(Sender const& sender, std::size_t bytes, std::size_t by) {
    if (bytes == by) return;
    held_ = held_ - bytes + by;
    auto const own = by_sender_.try_emplace(sender, 0).first;
    own->second = own->second - bytes + by;
    if (own->second == 0) by_sender_.erase(own);
}

bool BodyBudget::Share::resize(std::size_t bytes) {
    if (bytes > bytes_ && !budget_->has_room(sender_, bytes - bytes_)) return false;
    budget_->replace(sender_, bytes_, bytes);
    bytes_ = bytes;
    return true;
}

}  // namespace dtrace::http
