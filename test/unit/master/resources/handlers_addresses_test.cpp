#include "api_fixture.hpp"
#include "mmdb_writer.hpp"
#include "resources/views_addresses.hpp"
#include "sample_traces.hpp"

#include <dtrace/analysis/path_graph.hpp>
#include <dtrace/json/read.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;

namespace {

struct HandlersAddressesFixture : ApiFixture {
    HandlersAddressesFixture() {
        set_up();
        MmdbWriter networks;
        networks.add("192.0.2.0/24", mmdb_network(64500, "Example <Networks>"));
        addresses.asn = address_info::AddressDatabase::read(networks.file("Example-ASN")).value();
        MmdbWriter places;
        places.add("192.0.2.1/32", mmdb_place("DE", "Berlin", 52.5, 13.25, 20));
        addresses.geo = address_info::AddressDatabase::read(places.file("Example-City")).value();
    }

    template <class T>
    T read(http::Response const& response) {
        BOOST_REQUIRE_MESSAGE(response.status == 200U, response.body);
        auto value = json::read<T>(response.body, json::UnknownKeys::refuse);
        BOOST_REQUIRE_MESSAGE(value, response.body);
        return *std::move(value);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_addresses, HandlersAddressesFixture)

BOOST_AUTO_TEST_CASE(each_address_comes_back_with_what_is_known) {
    BOOST_TEST(
        get("/api/v1/addresses", {{"address", "192.0.2.1,2001:db8::1"}}).body ==
        R"({"addresses":[{"address":"192.0.2.1","info":{"asn":64500,)"
        R"("organisation":"Example <Networks>","country":"DE","city":"Berlin",)"
        R"("coordinates":{"latitude":52.5,"longitude":13.25,"radius_km":20}}},)"
        R"({"address":"2001:db8::1"}],"databases":[)"
        R"({"kind":"asn","type":"Example-ASN","built_at":"2023-11-14T22:13:20.000000Z"},)"
        R"({"kind":"geo","type":"Example-City","built_at":"2023-11-14T22:13:20.000000Z"}]})");
}

BOOST_AUTO_TEST_CASE(without_databases_nothing_is_known) {
    addresses = {};
    BOOST_TEST(get("/api/v1/addresses", {{"address", "192.0.2.1"}}).body ==
               R"({"addresses":[{"address":"192.0.2.1"}],"databases":[]})");
    BOOST_TEST(get("/api/v1/addresses").body == R"({"addresses":[],"databases":[]})");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said) {
    std::string many = "192.0.2.1";
    for (int i = 1; i < 100; ++i)
        many += ",192.0.2.1";
    auto const list = read<master::AddressList>(get("/api/v1/addresses", {{"address", many}}));
    BOOST_TEST(list.addresses.size() == 100U);
    for (auto const& wrong : {many + ",192.0.2.1", std::string("www.example.net"),
                              std::string("192.0.2.1,,192.0.2.2"), std::string(",")}) {
        auto const response = get("/api/v1/addresses", {{"address", wrong}});
        BOOST_TEST(response.status == 400U);
        BOOST_TEST(contains(response.body, R"("path":"address")"), response.body);
    }
    BOOST_TEST(get("/api/v1/addresses", {{"addresses", "192.0.2.1"}}).status == 400U);
}

BOOST_AUTO_TEST_CASE(nodes_of_the_graph_say_their_network) {
    store.kept_traces = {sample_trace("n1", first)};
    auto const described = read<analysis::GraphView>(get("/api/v1/graph"));
    std::size_t known = 0;
    for (auto const& node : described.nodes) {
        bool const listed = node.address && to_text(*node.address).starts_with("192.0.2.");
        BOOST_TEST(node.info.has_value() == listed);
        if (!listed) continue;
        ++known;
        BOOST_TEST(node.info->asn.value() == 64500U);
    }
    BOOST_TEST(known == 2U);
    addresses = {};
    for (auto const& node : read<analysis::GraphView>(get("/api/v1/graph")).nodes)
        BOOST_TEST(!node.info.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
