#include "error_limiter.hpp"

namespace dtrace::sim {

bool ErrorLimiter::allows(NodeIndex at, SceneNode const& node, AddressKey receiver, TimePoint now) {
    auto const& limit = node.what.rate_limit;
    if (!limit) return true;
    if (buckets_.size() >= max_buckets) buckets_.clear();
    Key const key{at, limit->per_destination.value_or(false) ? receiver : AddressKey{}};
    auto const burst = static_cast<double>(limit->burst);
    auto const bucket = buckets_.try_emplace(key, burst, now).first;
    return bucket->second.take(limit->per_second, burst, now);
}

}  // namespace dtrace::sim
