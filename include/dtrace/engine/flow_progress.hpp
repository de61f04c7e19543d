#pragma once

#include <dtrace/core/units.hpp>
#include <dtrace/engine/plan.hpp>
#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <vector>

namespace dtrace::engine {

/// Index of an address among those seen in a round.
using AddressIndex = std::uint16_t;
inline constexpr AddressIndex no_address = 0xFFFF;

/// What an answer means for its flow.
enum class AnswerMeaning : std::uint8_t { passing, reached, unreachable };

/// What is known of one flow's path, and how far it is worth probing.
class FlowProgress {
  public:
    explicit FlowProgress(Plan const& plan);

    void on_answer(Ttl ttl, AddressIndex from, AnswerMeaning meaning, microseconds rtt);
    /// The hops behind the last answering one have been silent for long enough.
    void on_gap(Ttl last_hop_of_gap);

    /// No packet beyond this TTL is worth sending or waiting for.
    [[nodiscard]] Ttl last_wanted() const { return last_wanted_; }
    /// 0: none yet.
    [[nodiscard]] Ttl highest_answered() const { return highest_answered_; }
    [[nodiscard]] bool reached() const { return meaning_ == AnswerMeaning::reached; }
    [[nodiscard]] bool answered(Ttl ttl) const { return responder(ttl) != no_address; }
    /// Who answered first at `ttl`.
    [[nodiscard]] AddressIndex responder(Ttl ttl) const;
    [[nodiscard]] microseconds longest_rtt() const { return longest_rtt_; }

    /// How long a packet at `ttl` keeps the round from ending. Behind the last answering hop that
    /// is the timeout, of a known path the plan's tail_timeout. Before it, the hops beyond have
    /// shown how long the way takes: a hop that never answered is given three times that, one that
    /// did answer ten times.
    [[nodiscard]] microseconds patience(Ttl ttl) const;

    /// Why the flow ended, once it has.
    [[nodiscard]] StopReason stop_reason() const;

  private:
    [[nodiscard]] bool closes_loop(Ttl ttl) const;

    Ttl first_hop_;
    microseconds timeout_;
    microseconds tail_timeout_;
    Ttl last_wanted_;
    Ttl highest_answered_ = 0;
    AnswerMeaning meaning_ = AnswerMeaning::passing;
    bool looped_ = false;
    bool gap_ = false;
    microseconds longest_rtt_{0};
    std::vector<AddressIndex> responders_;  ///< from first_hop on
};

}  // namespace dtrace::engine
