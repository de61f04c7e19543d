#include "server/admission.hpp"

#include <dtrace/core/peer_address.hpp>

namespace dtrace::http {

Admission::Verdict Admission::enter(IpAddress const& peer) {
    if (connections_ >= max_) return Verdict::too_many;
    auto& count = by_source_[host_network(peer)];
    if (count >= max_per_source_) {
        if (count == 0) by_source_.erase(host_network(peer));
        return Verdict::too_many_from_source;
    }
    ++count;
    ++connections_;
    return Verdict::welcome;
}

void Admission::leave(IpAddress const& peer) {
    auto const found = by_source_.find(host_network(peer));
    if (found == by_source_.end()) return;
    --connections_;
    if (--found->second == 0) by_source_.erase(found);
}

}  // namespace dtrace::http
