#pragma once

namespace dtrace::engine {

/// How many flows must have gone through a balancer before `next_hops` equally likely next hops can
/// be excluded: the fewest n for which some of them stays unseen with a probability of at most
/// `error` (Augustin, Friedman, Teixeira: "Measuring multipath routing in the Internet", ToN 2011):
/// 6, 11, 16, 21, 27, … for 2, 3, 4, 5, 6, … and 0.05. One for a single next hop.
[[nodiscard]] unsigned stopping_point(unsigned next_hops, double error);

/// How often flows must be repeated before a balancer that chose among `next_hops` for each packet
/// would have shown it.
[[nodiscard]] unsigned repetitions(unsigned next_hops, double error);

}  // namespace dtrace::engine
