#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::sim {

// What really happened in a simulation, for tests to compare measurements with.

/// One direction of a link.
struct LinkCount {
    std::string from;
    std::string to;
    std::uint64_t entered = 0;
    std::uint64_t lost = 0;  ///< of those

    friend bool operator==(LinkCount const&, LinkCount const&) = default;
};
BOOST_DESCRIBE_STRUCT(LinkCount, (), (from, to, entered, lost))

/// What a node did with packets that it should answer itself.
struct NodeCount {
    std::string name;
    std::uint64_t answered = 0;
    std::uint64_t rate_limited = 0;  ///< not answered because of rate_limit
    std::uint64_t withheld = 0;      ///< not answered because of silent, answer_probability, filter
    std::uint64_t answers_lost = 0;  ///< of the answered: lost because of answer_loss

    friend bool operator==(NodeCount const&, NodeCount const&) = default;
};
BOOST_DESCRIBE_STRUCT(NodeCount, (), (name, answered, rate_limited, withheld, answers_lost))

struct Truth {
    std::uint64_t packets = 0;      ///< given to process()
    std::uint64_t malformed = 0;    ///< no intact IP packet
    std::uint64_t foreign = 0;      ///< from an address that no node has
    std::uint64_t damaged = 0;      ///< arrived at its destination with a wrong checksum
    std::uint64_t black_holed = 0;  ///< swallowed by a route
    std::uint64_t delivered = 0;    ///< replies that came back
    std::vector<LinkCount> links;   ///< both directions of each
    std::vector<NodeCount> nodes;

    friend bool operator==(Truth const&, Truth const&) = default;
};
BOOST_DESCRIBE_STRUCT(Truth, (),
                      (packets, malformed, foreign, damaged, black_holed, delivered, links, nodes))

/// Who answers at one TTL.
enum class TrueAnswer : std::uint8_t { silence, expired, refused, reached };
BOOST_DESCRIBE_ENUM(TrueAnswer, silence, expired, refused, reached)

struct TrueHop {
    TrueAnswer answer = TrueAnswer::silence;
    std::string node;               ///< empty: the packet disappears on its way
    std::optional<IpAddress> from;  ///< what the answer comes from; none in silence
    /// False when a per-packet balancer stands before: another packet may go elsewhere.
    bool certain = true;

    friend bool operator==(TrueHop const&, TrueHop const&) = default;
};

}  // namespace dtrace::sim
