#include "body_budget.hpp"

#include <dtrace/core/peer_address.hpp>

namespace dtrace::http {

bool BodyBudget::has_room(IpAddress const& source, std::size_t bytes) const {
    auto const own = by_source_.find(host_network(source));
    auto const held_of_source = own == by_source_.end() ? 0 : own->second;
    return bytes <= most_ - held_ && bytes <= most_of_source_ - held_of_source;
}

void BodyBudget::replace(IpAddress const& source, std::size_t bytes, std::size_t by) {
    if (bytes == by) return;
    held_ = held_ - bytes + by;
    auto const own = by_source_.try_emplace(host_network(source), 0).first;
    own->second = own->second - bytes + by;
    if (own->second == 0) by_source_.erase(own);
}

bool BodyBudget::Share::resize(std::size_t bytes) {
    if (bytes > bytes_ && !budget_->has_room(source_, bytes - bytes_)) return false;
    budget_->replace(source_, bytes_, bytes);
    bytes_ = bytes;
    return true;
}

}  // namespace dtrace::http
