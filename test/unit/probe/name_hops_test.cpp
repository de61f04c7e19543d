#include "io_fixture.hpp"
#include "log_capture.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/probe/name_hops.hpp>
#include <dtrace/wire/resolver.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <vector>

using namespace dtrace;
using namespace dtrace::probe;
namespace asio = boost::asio;

namespace {

IpAddress ip(char const* text) {
    return parse<IpAddress>(text).value();
}

/// Answers from a map; asks without an entry hang until they are cancelled.
class FakeResolver : public wire::Resolver {
  public:
    std::map<IpAddress, std::string> names;
    std::vector<IpAddress> asked;
    std::size_t hanging = 0;

    asio::awaitable<Result<std::vector<IpAddress>>> addresses(std::string,
                                                              std::optional<Family>) override {
        co_return make_error(boost::system::errc::not_supported, "names only");
    }
    asio::awaitable<std::string> name(IpAddress address) override {
        asked.push_back(address);
        if (auto const known = names.find(address); known != names.end()) co_return known->second;
        ++hanging;
        co_await async::sleep_until(TimePoint::max());
        --hanging;
        co_return "";
    }
};

Trace trace_through(std::vector<char const*> const& addresses) {
    Trace trace;
    Path path;
    Ttl ttl = 0;
    for (auto const* address : addresses) {
        Hop hop{++ttl, 2, {}};
        hop.answers.push_back({.from = ip(address)});
        hop.answers.push_back({.from = ip(address)});
        path.hops.push_back(std::move(hop));
    }
    trace.paths = {path, path};
    return trace;
}

std::string name_at(Trace const& trace, std::size_t hop) {
    auto const& answers = trace.paths.at(1).hops.at(hop).answers;
    BOOST_TEST((answers[0].name == answers[1].name));
    BOOST_TEST((answers[0].name == trace.paths[0].hops.at(hop).answers[0].name));
    return answers[0].name.value_or("none");
}

struct NameHopsFixture : test::IoFixture {
    test::LogCapture log;
    FakeResolver resolver;
    Trace two_hops = trace_through({"192.0.2.1", "192.0.2.2"});

    asio::awaitable<void> name_into(std::optional<Trace>& into) {
        into = co_await name_hops(two_hops, resolver, seconds(60), log);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(naming, NameHopsFixture)

BOOST_AUTO_TEST_CASE(every_answer_gets_its_name_and_every_address_is_asked_once) {
    resolver.names = {{ip("192.0.2.1"), "r1.example.net"}, {ip("2001:db8::1"), ""}};
    auto const named = value_of(name_hops(trace_through({"192.0.2.1", "2001:db8::1", "192.0.2.1"}),
                                          resolver, seconds(5), log));
    BOOST_TEST(name_at(named, 0) == "r1.example.net");
    BOOST_TEST(name_at(named, 1) == "none");
    BOOST_TEST(name_at(named, 2) == "r1.example.net");
    BOOST_TEST(resolver.asked.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_takes_too_long_stays_without_a_name) {
    resolver.names = {{ip("192.0.2.1"), "r1.example.net"}};
    auto const began = Clock::now();
    auto const named = value_of(name_hops(trace_through({"192.0.2.1", "192.0.2.2", "192.0.2.3"}),
                                          resolver, milliseconds(50), log));
    BOOST_TEST((Clock::now() - began >= milliseconds(50)));
    BOOST_TEST(name_at(named, 0) == "r1.example.net");
    BOOST_TEST(name_at(named, 1) == "none");
    BOOST_TEST(resolver.hanging == 0U);
    BOOST_TEST(log.events().empty());
}

BOOST_AUTO_TEST_CASE(a_name_that_is_there_stays) {
    auto trace = trace_through({"192.0.2.1"});
    for (auto& path : trace.paths)
        for (auto& answer : path.hops[0].answers)
            answer.name = "made.up.invalid";
    auto const named = value_of(name_hops(trace, resolver, seconds(5), log));
    BOOST_TEST((named == trace));
    BOOST_TEST(resolver.asked.empty());
}

BOOST_AUTO_TEST_CASE(a_cancelled_caller_has_the_trace_back) {
    resolver.names = {{ip("192.0.2.1"), "r1.example.net"}};
    std::optional<Trace> named;
    run([&]() -> asio::awaitable<void> {
        async::TaskGroup group(io.get_executor(), log);
        group.spawn("naming", name_into(named));
        while (resolver.hanging == 0)
            co_await async::sleep_for(milliseconds(1));
        co_await group.join(seconds(5));
    });
    BOOST_REQUIRE(named.has_value());
    BOOST_TEST(name_at(*named, 0) == "r1.example.net");
    BOOST_TEST(name_at(*named, 1) == "none");
    BOOST_TEST(resolver.hanging == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
