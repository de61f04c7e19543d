#pragma once

#include <span>

namespace dtrace::analysis {

/// Packets to one responder that have the same share of them lost on the way, under the hypothesis
/// that is being weighed.
struct Arrivals {
    double sent = 0;
    double answered = 0;
    double passing = 1;  ///< share that reaches the responder
};

/// What is assumed of a responder.
enum class Manner {
    full,     ///< it answers all that reaches it
    partial,  ///< it answers one share of all that reaches it
    uneven,   ///< its share differs between the groups of packets
};

/// The two accounts of what one probe hears of one responder: that it is full, or the better of the
/// others. In nats, less the price of the numbers that the account needs; the price of being
/// reluctant at all depends on how many are, and is not in it.
struct Accounts {
    double full = 0;
    double reluctant = 0;
    Manner manner = Manner::partial;  ///< of the reluctant account

    [[nodiscard]] bool is_full(double reluctance) const { return full >= reluctant - reluctance; }
};

struct ResponderTerms {
    double dispersion = 1;  ///< of its counts, at least 1
    bool counted = false;   ///< what arrived was counted there: no reluctance explains what did not
};

[[nodiscard]] Accounts accounts_of(std::span<Arrivals const> groups, ResponderTerms const& terms);

/// Price of a number that is read from so many packets: ½ ln n, within limits.
[[nodiscard]] double price_of_number(double packets);

/// The same where it matters that it was read so exactly: minus ln of the part of a broad range
/// that the counts leave. `density` is that of the range where the number lies.
[[nodiscard]] double price_of_precision(double deviation, double density);
[[nodiscard]] double deviation_of(double share, double packets);
/// Small losses are more usual than large ones: as many lie between 0.01 % and 0.1 % as between
/// 10 % and all.
[[nodiscard]] double density_of_loss(double loss);

/// The share of answers that makes the counts most likely.
[[nodiscard]] double best_share(std::span<Arrivals const> groups);

/// ln likelihood of the counts at one share of answers, not divided by the dispersion.
[[nodiscard]] double likelihood_at(std::span<Arrivals const> groups, double share);

/// ln of the probability that exactly these `reluctant` of `all` responders are so, when the share
/// of reluctant ones is not known: between 1 in 10 and 9 in 10, whatever fits best.
[[nodiscard]] double reluctance_prior(double reluctant, double all);

}  // namespace dtrace::analysis
