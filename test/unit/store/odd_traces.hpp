#pragma once

#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace dtrace::test {

/// Traces with everything that a Trace can hold, likely or not.
class OddTraces {
  public:
    explicit OddTraces(std::uint32_t seed) : random_(seed) {}

    Trace next() {
        Trace trace;
        for (auto& byte : trace.id.bytes)
            byte = any<std::uint8_t>();
        trace.probe = one_of({"n1", "n2", "", "a probe with \"quotes\""});
        if (chance(3)) trace.measurement = {measurement(), text()};
        trace.target.host = text();
        if (chance(2)) trace.target.address = address();
        if (chance(2)) trace.source = address();
        trace.method = static_cast<Method>(below(3));
        trace.started_at = Timestamp(microseconds(
            chance(4) ? 1'795'000'000'000'000 + below(1'000'000'000)
                      : static_cast<std::int64_t>(any<std::uint64_t>() >> (2 + below(60)))));
        if (chance(2)) trace.id = usual_id(trace.started_at);
        trace.took_us = any<std::uint64_t>() >> below(64);
        trace.stop_reason = static_cast<StopReason>(below(7));
        if (chance(4)) trace.error = text();
        for (auto* count : {&trace.packets.sent, &trace.packets.answered, &trace.packets.overshoot,
                            &trace.packets.foreign, &trace.packets.duplicate, &trace.packets.late,
                            &trace.packets.receiver_dropped})
            *count = number();
        if (chance(4)) trace.multipath = multipath();
        if (chance(4)) trace.heard = heard();
        for (std::uint32_t paths = below(4); paths > 0; --paths)
            trace.paths.push_back(path());
        return trace;
    }

    Path path() {
        Path path;
        path.flow = any<FlowIndex>();
        if (chance(2)) path.source_port = any<Port>();
        if (chance(2)) path.destination_port = any<Port>();
        if (chance(2)) path.icmp_checksum = any<std::uint16_t>();
        path.reached = chance(2);
        if (chance(4)) path.partial = chance(2);
        int ttl = 1;
        for (std::uint32_t hops = below(20); hops > 0; --hops) {
            Hop& hop = path.hops.emplace_back();
            hop.ttl = chance(10) ? any<Ttl>() : static_cast<Ttl>(ttl++);
            hop.sent = chance(10) ? number() : 3;
            if (chance(8)) {
                hop.tunnel_hints.emplace();
                for (std::uint32_t hints = below(4); hints > 0; --hints)
                    hop.tunnel_hints->push_back(
                        {static_cast<TunnelSign>(below(5)), any<std::uint8_t>()});
            }
            std::uint32_t const answers = chance(5) ? below(9) : 3;
            for (std::uint32_t i = 0; i < answers; ++i)
                hop.answers.push_back(i > 0 && chance(2) ? again(hop.answers.back()) : answer());
        }
        return path;
    }

    std::uint32_t below(std::uint32_t limit) {
        return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
    }

  private:
    bool chance(std::uint32_t one_in) { return below(one_in) == 0; }

    template <class T>
    T any() {
        return static_cast<T>(std::uniform_int_distribution<std::uint64_t>()(random_));
    }

    /// Of any size, the largest and the smallest included.
    std::uint32_t number() {
        if (chance(10)) return std::numeric_limits<std::uint32_t>::max();
        return any<std::uint32_t>() >> below(32);
    }

    std::string one_of(std::vector<std::string> const& texts) {
        return texts[below(static_cast<std::uint32_t>(texts.size()))];
    }

    std::string text() {
        using namespace std::string_literals;
        return one_of({"", "host.example.net", "\u00e9\u20ac\U0001F600", "nul\0inside"s,
                       "\xFF not UTF-8", "'; DROP TABLE trace; --", std::string(3000, 'x'),
                       "r" + std::to_string(below(1000)) + ".example"});
    }

    Uuid measurement() {
        return chance(5) ? Uuid{} : make_uuid_from_name(std::to_string(below(3)));
    }

    IpAddress address() {
        if (chance(2)) return IpV4(any<std::uint32_t>());
        IpV6::bytes_type bytes{};
        for (auto& byte : bytes)
            byte = any<std::uint8_t>();
        return IpV6(bytes, chance(4) ? any<std::uint32_t>() : 0);
    }

    Uuid usual_id(Timestamp started) {
        auto const ms = static_cast<std::uint64_t>(
            std::chrono::floor<milliseconds>(started).time_since_epoch().count());
        Uuid id;
        for (auto& byte : id.bytes)
            byte = any<std::uint8_t>();
        for (unsigned i = 0; i < 6; ++i)
            id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
        return id;
    }

    Answer answer() {
        Answer answer;
        answer.from = address();
        if (chance(2)) answer.name = text();
        answer.kind = static_cast<ReplyKind>(below(10));
        answer.rtt_us = number();
        answer.reply_ttl = any<std::uint8_t>();
        if (chance(4)) answer.quoted_ttl = any<std::uint8_t>();
        if (chance(4)) answer.icmp_code = any<std::uint8_t>();
        if (chance(4)) answer.mtu = any<std::uint16_t>();
        if (chance(4)) {
            answer.labels.emplace();
            for (std::uint32_t labels = below(4); labels > 0; --labels)
                answer.labels->push_back(
                    {number(), any<std::uint8_t>(), chance(2), any<std::uint8_t>()});
        }
        if (chance(4)) add_rare_parts(answer);
        return answer;
    }

    void add_rare_parts(Answer& answer) {
        if (chance(2)) answer.quoted_tos = any<std::uint8_t>();
        if (chance(2)) answer.icmp_type = any<std::uint8_t>();
        if (chance(2)) {
            answer.translation.emplace();
            if (chance(2)) answer.translation->source = address();
            if (chance(2)) answer.translation->destination = address();
            if (chance(2)) answer.translation->checksum_change = any<std::uint16_t>();
        }
        if (chance(2)) {
            answer.interfaces.emplace();
            for (std::uint32_t count = below(3); count > 0; --count) {
                auto& info = answer.interfaces->emplace_back();
                info.role = static_cast<InterfaceRole>(below(4));
                if (chance(2)) info.index = number();
                if (chance(2)) info.address = address();
                if (chance(2)) info.name = text();
                if (chance(2)) info.mtu = number();
            }
        }
        if (chance(2)) {
            answer.node.emplace();
            if (chance(2)) answer.node->address = address();
            if (chance(2)) answer.node->name = text();
        }
        if (chance(2)) {
            answer.objects.emplace();
            for (std::uint32_t count = below(3); count > 0; --count) {
                auto& object = answer.objects->emplace_back();
                object.class_number = any<std::uint8_t>();
                object.type = any<std::uint8_t>();
                object.payload.bytes.assign(below(40), any<std::uint8_t>());
            }
        }
    }

    Multipath multipath() {
        Multipath multipath;
        multipath.confidence = any<std::uint8_t>();
        multipath.balancing = static_cast<Balancing>(below(4));
        multipath.complete = chance(2);
        multipath.discovery_packets = number();
        multipath.repeated_packets = number();
        for (std::uint32_t hops = below(4); hops > 0; --hops)
            multipath.hops.push_back({any<Ttl>(), any<std::uint16_t>(), any<std::uint16_t>(),
                                      static_cast<Balancing>(below(4))});
        return multipath;
    }

    Heard heard() {
        Heard heard{.listened_ms = number(), .flows = {}};
        for (std::uint32_t flows = below(20); flows > 0; --flows) {
            HeardFlow flow{.method = static_cast<Method>(below(3))};
            if (chance(2)) flow.source_port = any<Port>();
            if (chance(2)) flow.destination_port = any<Port>();
            if (chance(2)) flow.icmp_checksum = any<std::uint16_t>();
            flow.ago_ms = number();
            flow.packets = number();
            heard.flows.push_back(flow);
        }
        return heard;
    }

    Answer again(Answer answer) {
        answer.rtt_us = number();
        if (chance(4)) answer.name.reset();
        return answer;
    }

    std::mt19937 random_;
};

}  // namespace dtrace::test
