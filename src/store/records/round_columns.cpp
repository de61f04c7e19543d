#include "records/round_columns.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace dtrace::store {

namespace {

std::uint32_t median(std::vector<std::uint32_t>& values) {
    if (values.empty()) return 0;
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

}  // namespace

/// Rounds before the first one that sent with this TTL sent nothing.
void RoundColumns::append(RoundCounts& counts, Sum& sum) const {
    auto const before = series_.started_at.size() - 1;
    if (counts.sent.size() < before) {
        counts.sent.resize(before);
        counts.answered.resize(before);
        counts.rtt_us.resize(before);
    }
    counts.sent.push_back(sum.sent);
    counts.answered.push_back(static_cast<std::uint32_t>(sum.rtts_us.size()));
    counts.rtt_us.push_back(median(sum.rtts_us));
    sum.sent = 0;
    sum.rtts_us.clear();
}

void RoundColumns::add(Timestamp started_at, Uuid const& id, ReadRecord const& round) {
    series_.started_at.push_back(started_at);
    series_.id.push_back(id);
    auto const take = [](Sum& sum, HopSample const& sample, std::span<AnswerSample const> answers) {
        sum.sent += sample.sent;
        for (auto const& answer : answers)
            sum.rtts_us.push_back(answer.rtt_us);
    };
    Ttl last_ttl = 0;
    for_each_hop(round.samples, round.paths,
                 [&](StoredPath const& path, Hop const& hop, HopSample const& sample,
                     std::span<AnswerSample const> answers, bool last) {
                     take(by_ttl_[hop.ttl], sample, answers);
                     last_ttl = std::max(last_ttl, hop.ttl);
                     if (!last) return;
                     if (!path.shape.reached) answers = {};
                     take(target_, sample, answers);
                 });
    append(series_.target, target_);
    for (std::size_t ttl = 0; ttl <= last_ttl; ++ttl)
        if (by_ttl_[ttl].sent > 0 || !by_ttl_[ttl].rtts_us.empty())
            append(columns_[ttl], by_ttl_[ttl]);
}

RoundSeries RoundColumns::finish() && {
    auto const rounds = series_.started_at.size();
    for (std::size_t ttl = 0; ttl < columns_.size(); ++ttl) {
        auto& counts = columns_[ttl];
        if (counts.sent.empty()) continue;
        counts.sent.resize(rounds);
        counts.answered.resize(rounds);
        counts.rtt_us.resize(rounds);
        series_.hops.push_back({.ttl = static_cast<Ttl>(ttl), .counts = std::move(counts)});
    }
    return std::move(series_);
}

}  // namespace dtrace::store
