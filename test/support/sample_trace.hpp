#pragma once

#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <random>
#include <string>

namespace dtrace::test {

/// A stable path as one sees it round after round: hops far apart, each with the scatter of its
/// own, names and all. The same seed gives the same path.
class StablePath {
  public:
    StablePath(std::uint32_t seed, int hops, std::uint32_t attempts)
        : seed_(seed), attempts_(attempts), random_(seed) {
        std::uniform_int_distribution<std::uint32_t> step_us(100, 6'000);
        std::uint32_t rtt = 200;
        for (int i = 0; i < hops; ++i)
            base_us_.push_back(rtt += step_us(random_));
    }

    Trace next(std::string probe, MeasurementName measurement, Timestamp started) {
        Trace trace;
        trace.id = make_uuid_v7(started);
        trace.probe = std::move(probe);
        trace.measurement = std::move(measurement);
        trace.target = {"host" + std::to_string(seed_) + ".example.net", address(250)};
        trace.source = IpV4(0xC6336400U + seed_ % 250);
        trace.started_at = started;
        trace.took_us = 2 * base_us_.back() + scatter(2'000);
        Path& path = trace.paths.emplace_back();
        path.source_port = 24'000;
        path.destination_port = 33'434;
        path.reached = true;
        for (std::size_t i = 0; i < base_us_.size(); ++i) {
            Hop& hop = path.hops.emplace_back();
            hop.ttl = static_cast<Ttl>(i + 1);
            hop.sent = attempts_;
            bool const last = i + 1 == base_us_.size();
            for (std::uint32_t attempt = 0; attempt < attempts_; ++attempt) {
                Answer& answer = hop.answers.emplace_back();
                answer.from = last ? *trace.target.address : address(static_cast<unsigned>(i));
                answer.name = "r" + std::to_string(i) + ".as" + std::to_string(seed_) + ".example";
                answer.kind = last ? ReplyKind::port_unreachable : ReplyKind::time_exceeded;
                answer.reply_ttl = static_cast<std::uint8_t>(255 - i);
                answer.rtt_us = base_us_[i] + scatter(40 + base_us_[i] / 100);
            }
            trace.packets.sent += hop.sent;
            trace.packets.answered += hop.sent;
        }
        trace.packets.overshoot = 15 * attempts_;
        return trace;
    }

  private:
    [[nodiscard]] IpAddress address(unsigned hop) const {
        return IpV4(0x0A000000U + (seed_ << 8) + hop);
    }
    /// Queues: mostly short, at times long.
    std::uint32_t scatter(std::uint32_t mean_us) {
        std::exponential_distribution<double> waiting(1.0 / mean_us);
        return static_cast<std::uint32_t>(waiting(random_));
    }

    std::uint32_t seed_;
    std::uint32_t attempts_;
    std::mt19937 random_;
    std::vector<std::uint32_t> base_us_;
};

}  // namespace dtrace::test
