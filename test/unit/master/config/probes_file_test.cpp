#include "config/probes_file.hpp"

#include "accounts/password_hash.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace::master;

BOOST_AUTO_TEST_SUITE(probes_file)

namespace {

std::string fault_of(std::string_view text) {
    auto const parsed = parse_probes_file(text);
    return parsed ? "none" : parsed.error().text();
}

}  // namespace

BOOST_AUTO_TEST_CASE(dist_traceroutes_file_is_read_as_it_is) {
    auto const probes = parse_probes_file(R"({"Slaves":[{"Name":"slave1","Password":"1234"}]})");
    BOOST_REQUIRE(probes.has_value());
    BOOST_REQUIRE(probes->size() == 1);
    BOOST_TEST(probes->front().name == "slave1");
    BOOST_TEST(probes->front().password == "1234");
    BOOST_TEST(probes->front().password_hash.empty());
}

BOOST_AUTO_TEST_CASE(our_own_words_are_read_too) {
    auto const hash = hash_password("secret");
    auto const probes =
        parse_probes_file(R"({"Slaves":[{"Name":"a","Password":"x","Tags":["eu","dc1"]}],)"
                          R"("Probes":[{"Name":"b","PasswordHash":")" +
                          hash + R"("}]})");
    BOOST_REQUIRE(probes.has_value());
    BOOST_REQUIRE(probes->size() == 2);
    BOOST_TEST((probes->at(0).tags == std::vector<std::string>{"eu", "dc1"}));
    BOOST_TEST(probes->at(1).name == "b");
    BOOST_TEST(probes->at(1).password_hash == hash);
    BOOST_TEST(probes->at(1).password.empty());
    BOOST_TEST(parse_probes_file(R"({"Slaves":[]})").has_value());
}

BOOST_AUTO_TEST_CASE(a_fault_names_its_path_and_reason) {
    BOOST_TEST(fault_of("{}") == "Slaves: is required (or Probes)");
    BOOST_TEST(fault_of(R"({"Slaves":[{"Name":"a"}]})") ==
               "Slaves[0].Password: is required (or PasswordHash)");
    BOOST_TEST(fault_of(R"({"Slaves":[{"Name":"a","Password":""}]})") ==
               "Slaves[0].Password: must not be empty");
    BOOST_TEST(fault_of("{\"Slaves\":[{\"Name\":\"a\",\"Password\":\"x\\ny\"}]}") ==
               "Slaves[0].Password: must not contain control characters");
    BOOST_TEST(fault_of(R"({"Probes":[{"Name":"a:b","Password":"x"}]})") ==
               "Probes[0].Name: must not contain a colon");
    BOOST_TEST(fault_of(R"({"Probes":[{"Name":"a","Password":"x","Tags":["ok",""]}]})") ==
               "Probes[0].Tags[1]: must not be empty");
    BOOST_TEST(fault_of(R"({"Slaves":[{"Name":"a","PasswordHash":"1234"}]})") ==
               "Slaves[0].PasswordHash: must be an argon2id string ($argon2id$v=19$m=…)");
    BOOST_TEST(fault_of(R"({"Slaves":[{"Name":"a","PasswordHash":"$argon2id$v=19$m=65536"}]})") !=
               "none");
    BOOST_TEST(fault_of(R"({"Slaves":[{"Name":"a","Password":"x","PasswordHash":"y"}]})") ==
               "Slaves[0].PasswordHash: must not stand beside Password");
    BOOST_TEST(fault_of(R"({"Slaves":[{"Name":7,"Password":"x"}]})").starts_with("Slaves[0].Name"));
}

BOOST_AUTO_TEST_CASE(what_stands_twice_is_refused) {
    BOOST_TEST(fault_of(R"({"Slaves":[{"Name":"a","Password":"x"}],)"
                        R"("Probes":[{"Name":"b","Password":"x"},{"Name":"a","Password":"y"}]})") ==
               "Probes[1].Name: the name a stands here twice");
    BOOST_TEST(fault_of(R"({"Slaves":[{"Name":"a","Name":"b","Password":"x"}]})") ==
               "Name: stands here twice");
}

BOOST_AUTO_TEST_CASE(unknown_keys_and_other_spelling_are_refused) {
    BOOST_TEST(fault_of(R"({"slaves":[]})").starts_with("slaves: is not known here"));
    BOOST_TEST(fault_of(R"({"Slaves":[{"Name":"a","password":"x"}]})")
                   .starts_with("Slaves[0].password: is not known here"));
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused) {
    for (std::string const text : {"", "x", "[]", "{\"Slaves\":[]} x", "{\"Slaves\":[],}"})
        BOOST_TEST(fault_of(text) != "none", text);
    BOOST_TEST(fault_of("{\n \"Slaves\": [}\n").find("line 2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_fault_never_shows_a_password) {
    auto const fault = fault_of(R"({"Slaves":[{"Name":"a","Password":"hunter2","X":1}]})");
    BOOST_TEST(fault.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
