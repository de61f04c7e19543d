#include <dtrace/dist_traceroute/slave_message.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::dist_traceroute;

BOOST_AUTO_TEST_SUITE(slave_message)

namespace {

/// As the slave of August 2019 writes it; `more` replaces members, because the last one counts.
std::string first(std::string const& more = "") {
    return R"({"Creds":{"Name":"s1","Password":"pw"},"ID":"1fb82357-1b74-4369-8f9a-fb4feef0a92b",)"
           R"("DateTime":"2026-11-22T13:29:01.065147065Z","Target":{"Name":"T","Address":"10.77.4.2"},)"
           R"("Success":true,"HopCount":1,"Hops":[{"Success":true,"Address":[10,77,0,2],)"
           R"("Host":"r1.example.net.","N":52,"ElapsedTime":92458,"TTL":1}])" +
           more + "}";
}

std::string hop(std::string const& members) {
    return first(R"(,"Hops":[{)" + members + "}]");
}

SlaveResult read(std::string const& body, Generation generation = Generation::first) {
    auto result = parse_result(body, generation);
    BOOST_REQUIRE_MESSAGE(result.has_value(), body);
    return *result;
}

std::string fault(std::string const& body, Generation generation = Generation::first) {
    auto const result = parse_result(body, generation);
    BOOST_REQUIRE_MESSAGE(!result.has_value(), body);
    return result.error().text();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_result_of_the_first_generation) {
    auto const result = read(first());
    BOOST_TEST((result.login == SlaveLogin{"s1", "pw"}));
    BOOST_TEST(to_text(*result.id) == "1fb82357-1b74-4369-8f9a-fb4feef0a92b");
    BOOST_TEST(to_text(*result.started_at) == "2026-11-22T13:29:01.065147Z");
    BOOST_TEST(result.target_name == "T");
    BOOST_TEST(result.target_address == "10.77.4.2");
    BOOST_TEST(!result.target_id);
    BOOST_TEST(result.hop_count == 1);
    SlaveHop const expected{boost::asio::ip::make_address_v4("10.77.0.2"), "r1.example.net.", 92458,
                            1};
    BOOST_REQUIRE(result.hops.size() == 1U);
    BOOST_TEST((result.hops.front() == expected));
}

BOOST_AUTO_TEST_CASE(a_result_of_the_last_generation) {
    auto const result = read(
        R"({"Slave":{"ID":"5acb3676-6c21-43eb-bc16-d26709aa0439","Name":"s1","Secret":"pw"},)"
        R"("ID":"274d2466-0ff3-4cd4-a5c2-f580dd87ec63","DateTime":"2026-11-22T13:37:46Z","Target":)"
        R"({"ID":"a1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8","Name":"T","Address":"h.example.net",)"
        R"("Retries":2,"MaxHops":8,"TimeoutMs":500},"Success":false,"HopCount":0,"Hops":[]})",
        Generation::last);
    BOOST_TEST((result.login == SlaveLogin{"s1", "pw"}));
    BOOST_TEST(to_text(*result.target_id) == "a1d7b91a-8cf6-45da-a85c-b1bc1fec2dc8");
    BOOST_TEST(result.retries.value_or(0) == 2);
    BOOST_TEST(result.max_hops.value_or(0) == 8);
    BOOST_TEST(result.hops.empty());
}

BOOST_AUTO_TEST_CASE(addresses_are_padded_and_cut) {
    auto const address = [](std::string const& list) {
        return read(hop(R"("Address":)" + list)).hops.at(0).address.to_string();
    };
    BOOST_TEST(address("[10,77,0]") == "10.77.0.0");
    BOOST_TEST(address("[10,77,0,2,9,9]") == "10.77.0.2");
    BOOST_TEST(address("[253,119,0,0,0,0,0,0,0,0,0,0,0,0,0,2]") == "253.119.0.0");
    BOOST_TEST(address("null") == "0.0.0.0");
}

BOOST_AUTO_TEST_CASE(what_go_forgives_is_forgiven) {
    BOOST_TEST(read(first(R"(,"Extra":1)") + " garbage").hops.size() == 1U);
    BOOST_TEST(read(first(R"(,"Hops":null)")).hops.empty());
    BOOST_TEST(read(R"({"creds":{"name":"s1","PASSWORD":"pw"}})").login.secret == "pw");
    BOOST_TEST(read(hop(R"("ElapsedTime":-5)")).hops.at(0).elapsed_ns == -5);
    BOOST_TEST(read(first(R"(,"HopCount":101)")).hop_count == 101);
    BOOST_TEST(!read(first(R"(,"ID":"00000000-0000-0000-0000-000000000000")")).id);
    BOOST_TEST(read(first(R"(,"ID":"{1fb82357-1b74-4369-8f9a-fb4feef0a92b}")")).id.has_value());
    BOOST_TEST(!read("{}").started_at);
    BOOST_TEST(!read(first(R"(,"DateTime":"0001-01-01T00:00:00Z")")).started_at);
    auto const zoned = read(first(R"(,"DateTime":"2026-11-22T14:29:01.5+01:00")"));
    BOOST_TEST(to_text(*zoned.started_at) == "2026-11-22T13:29:01.500000Z");
}

BOOST_AUTO_TEST_CASE(wrong_types_are_named) {
    BOOST_TEST(fault("") == "the body is empty");
    BOOST_TEST(fault("[]") == "must be an object");
    BOOST_TEST(!fault(R"({"Creds":{)").empty());
    BOOST_TEST(fault(hop(R"("Address":"10.77.0.2")")) ==
               "Hops[0].Address: must be an array of numbers");
    BOOST_TEST(fault(hop(R"("Address":[10,77,0,300])")) ==
               "Hops[0].Address: must have numbers from 0 to 255");
    BOOST_TEST(fault(hop(R"("ElapsedTime":1.5)")) == "Hops[0].ElapsedTime: must be a whole number");
    BOOST_TEST(fault(first(R"(,"HopCount":"2")")) == "HopCount: must be a whole number");
    BOOST_TEST(fault(first(R"(,"Success":"yes")")) == "Success: must be true or false");
    BOOST_TEST(fault(first(R"(,"ID":"zzz")")).starts_with("ID: must be a UUID"));
    BOOST_TEST(fault(first(R"(,"DateTime":"2026-11-22T13:29:01")")).starts_with("DateTime: "));
    BOOST_TEST(fault(first(R"(,"DateTime":1795354141)")) == "DateTime: must be a string");
    BOOST_TEST(fault(first(R"(,"Target":{"ID":"x"})"), Generation::last)
                   .starts_with("Target.ID: must be a UUID"));
}

BOOST_AUTO_TEST_CASE(depth_is_limited) {
    std::string deep(10'000, '[');
    BOOST_TEST(!fault(R"({"Hops":)" + deep).empty());
}

BOOST_AUTO_TEST_CASE(config_requests) {
    auto const old = parse_config_request(R"({"Name":"s1","Password":"pw"})", Generation::first);
    BOOST_REQUIRE(old.has_value());
    BOOST_TEST((*old == SlaveLogin{"s1", "pw"}));
    auto const late = parse_config_request(
        R"({"ID":"00000000-0000-0000-0000-000000000000","Name":"s1","Secret":"pw"})",
        Generation::last);
    BOOST_REQUIRE(late.has_value());
    BOOST_TEST((*late == SlaveLogin{"s1", "pw"}));
    BOOST_TEST(!parse_config_request(R"({"Name":)", Generation::first).has_value());
    BOOST_TEST(!parse_config_request(R"({"Name":5})", Generation::first).has_value());
    BOOST_TEST(!parse_config_request(R"({"ID":"zzz"})", Generation::last).has_value());
    BOOST_TEST(parse_config_request("{}", Generation::first)->name.empty());
}

BOOST_AUTO_TEST_SUITE_END()
