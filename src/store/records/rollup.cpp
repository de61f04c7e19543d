#include <dtrace/store/rollup.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>

namespace dtrace::store {

namespace {

constexpr std::uint32_t exact = 32;
constexpr std::uint32_t per_octave = 16;

std::uint32_t bucket_of(std::uint32_t value) {
    if (value < exact) return value;
    auto const octave = static_cast<std::uint32_t>(std::bit_width(value)) - 6;  // 32…63: 0
    return exact + octave * per_octave + (value >> (octave + 1)) - per_octave;
}

std::uint64_t begin_of(std::uint32_t bucket) {
    if (bucket < exact) return bucket;
    auto const octave = (bucket - exact) / per_octave;
    auto const step = (bucket - exact) % per_octave;
    return std::uint64_t{per_octave + step} << (octave + 1);
}

}  // namespace

void RttHistogram::add(std::uint32_t rtt_us) {
    min_ = buckets_.empty() ? rtt_us : std::min(min_, rtt_us);
    max_ = std::max(max_, rtt_us);
    auto const bucket = bucket_of(rtt_us);
    auto const place = std::ranges::lower_bound(buckets_, bucket, {}, &Buckets::value_type::first);
    if (place != buckets_.end() && place->first == bucket)
        ++place->second;
    else
        buckets_.insert(place, {bucket, 1});
}

void RttHistogram::add(RttHistogram const& other) {
    if (other.buckets_.empty()) return;
    min_ = buckets_.empty() ? other.min_ : std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
    Buckets both;
    both.reserve(buckets_.size() + other.buckets_.size());
    std::ranges::merge(buckets_, other.buckets_, std::back_inserter(both));
    buckets_.clear();
    for (auto const& [bucket, times] : both)
        if (!buckets_.empty() && buckets_.back().first == bucket)
            buckets_.back().second += times;
        else
            buckets_.emplace_back(bucket, times);
}

std::uint64_t RttHistogram::count() const {
    std::uint64_t count = 0;
    for (auto const& [bucket, times] : buckets_)
        count += times;
    return count;
}

std::uint32_t RttHistogram::quantile(double q) const {
    auto const wanted = std::max(1.0, std::ceil(q * static_cast<double>(count())));
    double seen = 0;
    for (auto const& [bucket, times] : buckets_) {
        seen += static_cast<double>(times);
        if (seen < wanted) continue;
        auto const middle = (begin_of(bucket) + begin_of(bucket + 1) - 1) / 2;
        return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(middle, min_, max_));
    }
    return 0;
}

RttHistogram RttHistogram::of(Buckets buckets, std::uint32_t min, std::uint32_t max) {
    RttHistogram histogram;
    histogram.buckets_ = std::move(buckets);
    histogram.min_ = min;
    histogram.max_ = max;
    return histogram;
}

void HopRollup::add(HopRollup const& other) {
    sent += other.sent;
    answered += other.answered;
    rtt.add(other.rtt);
}

void Rollup::add(Rollup const& other) {
    traces += other.traces;
    reached += other.reached;
    failed += other.failed;
    sent += other.sent;
    answered += other.answered;
    rtt.add(other.rtt);
    for (auto const& [path, times] : other.paths)
        paths[path] += times;
    other_paths += other.other_paths;
    for (auto const& [ttl, hop] : other.hops)
        hops[ttl].add(hop);
}

}  // namespace dtrace::store
