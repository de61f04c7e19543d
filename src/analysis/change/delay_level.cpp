#include "change/delay_level.hpp"

#include <dtrace/analysis/interval.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace dtrace::analysis {

EstimateRange median_range(std::vector<std::int64_t> const& values) {
    auto const last = static_cast<double>(values.size() - 1);
    auto const count = static_cast<double>(values.size());
    auto const ranks = wilson(count / 2, count);
    auto const at = [&](double rank) {
        return static_cast<double>(values[static_cast<std::size_t>(std::clamp(rank, 0.0, last))]);
    };
    auto const middle = last / 2;
    return {.estimate = (at(std::floor(middle)) + at(std::ceil(middle))) / 2,
            .low = at(std::floor(ranks.low * last)),
            .high = at(std::ceil(ranks.high * last))};
}

bool DelayLevel::is_shared(double growth, std::optional<double> beyond) const {
    return !beyond || !usual_beyond_ || *beyond - *usual_beyond_ >= growth / 2;
}

void DelayLevel::follow(EstimateRange const& bin, std::optional<double> beyond, double weight) {
    usual_.estimate += weight * (bin.estimate - usual_.estimate);
    usual_.low += weight * (bin.low - usual_.low);
    usual_.high += weight * (bin.high - usual_.high);
    if (!beyond) return;
    auto& usual = usual_beyond_ ? *usual_beyond_ : usual_beyond_.emplace(*beyond);
    usual += weight * (*beyond - usual);
}

DelayLevel::Turn DelayLevel::feed(EstimateRange const& bin, std::optional<double> beyond,
                                  RttShift::Options const& options) {
    if (bins_ < options.learn) {
        follow(bin, beyond, 1.0 / ++bins_);
        return Turn::none;
    }
    auto const least = static_cast<double>(options.min_shift.count());
    auto const growth = bin.estimate - usual_.estimate;
    bool const above = bin.low > usual_.high && growth >= least;
    bool const longer = above && is_shared(growth, beyond);
    bool const shorter = bin.high < usual_.low && -growth >= least;
    if (!above && !shorter && !shifted_) follow(bin, beyond, options.follow);
    apart_ = longer || shorter ? apart_ + 1 : 0;
    against_ = longer != shifted_ ? against_ + 1 : 0;
    if (apart_ >= options.adopt) {
        usual_ = bin;
        usual_beyond_ = beyond;
        apart_ = against_ = 0;
        return std::exchange(shifted_, false) ? Turn::adopted : Turn::none;
    }
    if (against_ < options.confirm) return Turn::none;
    against_ = 0;
    shifted_ = longer;
    return shifted_ ? Turn::shifted : Turn::settled;
}

}  // namespace dtrace::analysis
