#include "hearing/hearing.hpp"

#include "io_fixture.hpp"
#include "log_capture.hpp"

#include <dtrace/packet/arriving_datagram.hpp>
#include <dtrace/packet/encode_packet.hpp>

#include <boost/test/unit_test.hpp>

#include <deque>
#include <functional>

using namespace dtrace;
using namespace dtrace::probe;
namespace asio = boost::asio;

namespace {

/// One step at each receive(), and then its end.
class StoryListener : public wire::RequestListener {
  public:
    using Step = std::function<Result<wire::Arrivals>()>;
    std::deque<Step> steps;

    asio::awaitable<Result<wire::Arrivals>> receive() override {
        if (steps.empty()) co_return Error{asio::error::operation_aborted, "cancelled"};
        auto const step = std::move(steps.front());
        steps.pop_front();
        co_return step();
    }

    /// What waits in the sockets.
    std::deque<Step> waiting;

    Result<wire::Arrivals> look() override {
        if (waiting.empty()) return wire::Arrivals{};
        auto const step = std::move(waiting.front());
        waiting.pop_front();
        return step();
    }
};

struct HearingFixture : test::IoFixture {
    test::LogCapture log;
    StoryListener listener;
    Hearing hearing{listener, log};
    TimePoint const begin = Clock::now();

    Trace trace;
    std::vector<std::byte> packet = std::vector<std::byte>(packet::max_packet_size);
    std::vector<Datagram> arrived;

    void measure(IpAddress const& own, IpAddress const& target) {
        trace.source = own;
        trace.target.address = target;
    }

    /// What the target sent, as the wire hands it over. It comes from the future: however busy this
    /// machine is, it is not read late.
    wire::Arrivals request(Method method) {
        Flow const flow{.method = method,
                        .source = *trace.target.address,
                        .destination = *trace.source,
                        .id = 24001,
                        .destination_port = static_cast<Port>(method == Method::icmp ? 0 : 33434)};
        auto const size = packet::FlowEncoder(flow, {}).encode({.ttl = 1, .ticks = 9}, packet);
        arrived = {
            packet::arriving_datagram(std::span(packet).first(size), Clock::now() + seconds(60))
                .value()};
        return {arrived, 0};
    }

    /// A request that came so long after the beginning waits in the sockets.
    void let_wait(Duration later) {
        listener.waiting.emplace_back([this, later] {
            auto arrivals = request(Method::udp);
            arrived.front().received = begin + later;
            return Result<wire::Arrivals>(arrivals);
        });
    }

    std::optional<Heard> told(Duration later) {
        hearing.tell(trace, begin + later);
        return std::exchange(trace.heard, std::nullopt);
    }

    void play() {
        run([&]() -> asio::awaitable<void> { co_await hearing.run(); });
        BOOST_TEST(listener.steps.empty());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hearing, HearingFixture)

BOOST_AUTO_TEST_CASE(each_kind_of_request_is_told) {
    std::array const ends{std::pair<IpAddress, IpAddress>(IpV4(1), IpV4(2)),
                          std::pair<IpAddress, IpAddress>(asio::ip::make_address("2001:db8::1"),
                                                          asio::ip::make_address("2001:db8::2"))};
    for (auto const& [own, target] : ends) {
        for (Method const method : {Method::udp, Method::tcp, Method::icmp}) {
            listener.steps.emplace_back([this, own = own, target = target, method] {
                measure(own, target);
                static_cast<void>(told(Duration::zero()));  // listening begins, or goes on
                return Result<wire::Arrivals>(request(method));
            });
        }
        listener.steps.emplace_back([this] {
            auto const heard = told(std::chrono::minutes(5));
            BOOST_REQUIRE(heard.has_value());
            BOOST_TEST(heard->flows.size() == 3U);
            for (auto const& flow : heard->flows) {
                BOOST_TEST(flow.packets == 1U);
                BOOST_TEST(flow.icmp_checksum.value_or(24001) == 24001);
                BOOST_TEST(flow.source_port.value_or(24001) == 24001);
                BOOST_TEST(flow.destination_port.has_value() == (flow.method != Method::icmp));
            }
            return Result<wire::Arrivals>(wire::Arrivals{});
        });
    }
    play();
    BOOST_TEST(!told(std::chrono::minutes(9)).has_value());  // nobody listens any more
}

BOOST_AUTO_TEST_CASE(what_the_socket_lost_is_not_told_of) {
    measure(IpV4(1), IpV4(2));
    listener.steps.emplace_back([this] {
        static_cast<void>(told(Duration::zero()));
        auto arrivals = request(Method::udp);
        arrivals.dropped = 1;
        return Result<wire::Arrivals>(arrivals);
    });
    listener.steps.emplace_back([this] {
        BOOST_TEST(!told(seconds(1)).has_value());
        auto const heard = told(std::chrono::minutes(1));
        BOOST_REQUIRE(heard.has_value());
        BOOST_TEST(heard->listened_ms <= 60'000U);
        BOOST_TEST(heard->flows.empty());
        return Result<wire::Arrivals>(wire::Arrivals{});
    });
    play();
}

BOOST_AUTO_TEST_CASE(what_waits_in_the_sockets_is_read_before_a_trace_tells) {
    measure(IpV4(1), IpV4(2));
    listener.steps.emplace_back([this] {
        static_cast<void>(told(Duration::zero()));
        for (int i = 0; i < 3; ++i)
            let_wait(seconds(10));
        static_cast<void>(told(seconds(10)));
        BOOST_TEST(listener.waiting.empty());
        auto const heard = told(seconds(13));
        BOOST_REQUIRE(heard.has_value());
        BOOST_REQUIRE(heard->flows.size() == 1U);
        BOOST_TEST(heard->flows[0].packets == 3U);
        return Result<wire::Arrivals>(wire::Arrivals{});
    });
    play();
}

BOOST_AUTO_TEST_CASE(a_span_of_which_packets_waited_too_long_is_not_told_of) {
    measure(IpV4(1), IpV4(2));
    listener.steps.emplace_back([this] {
        static_cast<void>(told(Duration::zero()));
        let_wait(seconds(10));
        BOOST_TEST(!told(seconds(20)).has_value());
        return Result<wire::Arrivals>(wire::Arrivals{});
    });
    play();
    auto const line = log.find("one-way counts lost");
    BOOST_REQUIRE(line);
    BOOST_TEST(line->field("reason") == "packets were read too late");
}

BOOST_AUTO_TEST_CASE(what_the_sockets_lost_last_is_known_when_a_trace_tells) {
    measure(IpV4(1), IpV4(2));
    listener.steps.emplace_back([this] {
        static_cast<void>(told(Duration::zero()));
        for (int i = 0; i < 5; ++i)
            listener.waiting.emplace_back([] {
                return Result<wire::Arrivals>(wire::Arrivals{{}, 7});
            });
        for (int i = 1; i <= 5; ++i)
            BOOST_TEST(!told(std::chrono::minutes(i)).has_value());
        BOOST_TEST(told(std::chrono::minutes(6)).has_value());
        return Result<wire::Arrivals>(wire::Arrivals{});
    });
    play();
    // The first time, the second and the fourth.
    BOOST_TEST(log.count("one-way counts lost") == 3U);
    auto const line = log.find("one-way counts lost");
    BOOST_REQUIRE(line);
    BOOST_TEST(line->field("reason") == "the sockets had no room");
    BOOST_TEST(line->field("packets") == "7");
}

BOOST_AUTO_TEST_CASE(sockets_that_are_never_empty_are_not_told_of) {
    measure(IpV4(1), IpV4(2));
    listener.steps.emplace_back([this] {
        static_cast<void>(told(Duration::zero()));
        listener.waiting.assign(2000,
                                [this] { return Result<wire::Arrivals>(request(Method::udp)); });
        BOOST_TEST(!told(std::chrono::minutes(1)).has_value());
        BOOST_TEST(!listener.waiting.empty());
        return Result<wire::Arrivals>(wire::Arrivals{});
    });
    play();
}

BOOST_AUTO_TEST_CASE(a_listener_that_fails_is_told_of_once_and_traces_tell_nothing) {
    measure(IpV4(1), IpV4(2));
    listener.steps.emplace_back([this] {
        static_cast<void>(told(Duration::zero()));
        return Result<wire::Arrivals>(
            make_error(boost::system::errc::network_down, "the socket is gone"));
    });
    play();
    BOOST_TEST(!told(std::chrono::minutes(1)).has_value());
    auto const line = log.find("one-way counts ended: listening failed");
    BOOST_REQUIRE(line);
    BOOST_TEST(line->field("error") == "the socket is gone");
}

BOOST_AUTO_TEST_CASE(a_trace_without_addresses_tells_nothing) {
    listener.steps.emplace_back([this] {
        BOOST_TEST(!told(Duration::zero()).has_value());
        BOOST_TEST(!told(std::chrono::minutes(1)).has_value());
        return Result<wire::Arrivals>(wire::Arrivals{});
    });
    play();
}

BOOST_AUTO_TEST_SUITE_END()
