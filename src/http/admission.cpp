#include "admission.hpp"

#include <algorithm>

namespace dtrace::http {
namespace {

IpAddress source_of(IpAddress const& peer) {
    if (peer.is_v4()) return peer;
    auto bytes = peer.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return IpV6(bytes);
}

}  // namespace

Admission::Verdict Admission::enter(IpAddress const& peer) {
    if (connections_ >= max_) return Verdict::too_many;
    auto& count = by_source_[source_of(peer)];
    if (count >= max_per_source_) {
        if (count == 0) by_source_.erase(source_of(peer));
        return Verdict::too_many_from_source;
    }
    ++count;
    ++connections_;
    return Verdict::welcome;
}

void Admission::leave(IpAddress const& peer) {
    auto const found = by_source_.find(source_of(peer));
    if (found == by_source_.end()) return;
    --connections_;
    if (--found->second == 0) by_source_.erase(found);
}

}  // namespace dtrace::http
