#include <dtrace/http/target.hpp>
#include <dtrace/http/url.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::http;

BOOST_AUTO_TEST_SUITE(target)

BOOST_AUTO_TEST_CASE(path_and_query_are_decoded) {
    auto const target = parse_target("/a%20b/%C3%BC?x=1%262&y=a+b&flag&&z=p=q").value();
    BOOST_TEST(target.path == "/a b/ü");
    BOOST_TEST(target.query.size() == 4u);
    BOOST_TEST(target.query.at("x") == "1&2");
    BOOST_TEST(target.query.at("y") == "a b");
    BOOST_TEST(target.query.at("flag") == "");
    BOOST_TEST(target.query.at("z") == "p=q");
}

BOOST_AUTO_TEST_CASE(an_encoded_slash_divides_no_segments) {
    BOOST_TEST(parse_target("/a%2fb%2Fc/%2525?x=%2F%25").value().path == "/a%2Fb%2Fc/%2525");
    BOOST_TEST(parse_target("/?x=%2F%25").value().query.at("x") == "/%");
    BOOST_TEST(decode_segment("a%2Fb%2Fc") == "a/b/c");
    BOOST_TEST(decode_segment("%2525") == "%25");
    for (std::string const name : {"a/b", "/", "%", "%2F", "a%25/%2", "100 %", "ü"})
        BOOST_TEST(decode_segment(
                       parse_target('/' + percent_encode(name)).value().path.substr(1)) == name);
}

BOOST_AUTO_TEST_CASE(a_plus_in_the_path_is_a_plus) {
    BOOST_TEST(parse_target("/a+b").value().path == "/a+b");
}

BOOST_AUTO_TEST_CASE(absolute_form_loses_its_host) {
    BOOST_TEST(parse_target("http://x:1/a?b=c").value().path == "/a");
    BOOST_TEST(parse_target("http://x").value().path == "/");
}

BOOST_AUTO_TEST_CASE(broken_targets_are_refused) {
    for (auto const* text : {"", "*", "a", "/%", "/%2", "/%zz", "/%00", "/a?x=%0a", "/?x=1&y&x=1",
                             "/%7f", "http://x?y", "host:80"})
        BOOST_TEST(parse_target(text).has_error(), text);
}

BOOST_AUTO_TEST_CASE(percent_encoding_goes_there_and_back) {
    std::string const text = "a b/ü&=+%?#~-._";
    auto const encoded = percent_encode(text);
    BOOST_TEST(encoded == "a%20b%2F%C3%BC%26%3D%2B%25%3F%23~-._");
    BOOST_TEST(parse_target("/?v=" + encoded).value().query.at("v") == text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(url)

BOOST_AUTO_TEST_CASE(whole_addresses) {
    auto const plain = parse_url("http://master.example.net").value();
    BOOST_TEST(plain.host == "master.example.net");
    BOOST_TEST(plain.port == 80);
    BOOST_TEST(plain.target == "/");
    auto const full = parse_url("HTTP://[2001:db8::1]:8990/api?x=1#part").value();
    BOOST_TEST(full.host == "2001:db8::1");
    BOOST_TEST(full.port == 8990);
    BOOST_TEST(full.target == "/api?x=1");
    BOOST_TEST(full.origin() == "http://[2001:db8::1]:8990");
    BOOST_TEST(full.with_target("/y").target == "/y");
    BOOST_TEST(parse_url("http://h?q").value().target == "/?q");
}

BOOST_AUTO_TEST_CASE(what_people_type_for_a_master) {
    auto const origin = [](char const* text) {
        return parse_master_url(text, 8990).value().origin();
    };
    BOOST_TEST(origin("master") == "http://master:8990");
    BOOST_TEST(origin("master:80") == "http://master:80");
    BOOST_TEST(origin("192.0.2.1") == "http://192.0.2.1:8990");
    BOOST_TEST(origin("2001:db8::1") == "http://[2001:db8::1]:8990");
    BOOST_TEST(origin("[2001:db8::1]") == "http://[2001:db8::1]:8990");
    BOOST_TEST(origin("[::1]:1") == "http://[::1]:1");
    BOOST_TEST(origin("http://master") == "http://master:8990");
    BOOST_TEST(origin("http://master:81/") == "http://master:81");
}

BOOST_AUTO_TEST_CASE(wrong_addresses_say_why) {
    auto const reason = [](char const* text) {
        auto const url = parse_master_url(text, 8990);
        return url ? std::string("accepted") : url.error().message;
    };
    BOOST_TEST(reason("https://master") == "accepted");
    BOOST_TEST(reason("ftp://master") == "an address must begin with https:// or http://");
    BOOST_TEST(reason("http://n1:geheim@master") ==
               "an address must not contain a name or a secret (@)");
    BOOST_TEST(reason("") == "the host is missing");
    BOOST_TEST(reason("http://") == "the host is missing");
    BOOST_TEST(reason(":80") == "the host is missing");
    for (auto const* port : {"m:0", "m:65536", "m:", "m:80x", "m:-1", "[::1]:0"})
        BOOST_TEST(reason(port) == "the port must be 1 to 65535", port);
    for (auto const* text : {"a b", "a/b", "[::1", "[::1]x", "[1.2.3.4]", "1:2:3", "[::g]",
                             "http://::1/", "http://h/a b", "http://h/a\r\nX: y", "hö"})
        BOOST_TEST(reason(text) != "accepted", text);
    BOOST_TEST(reason(std::string(300, 'a').c_str()) != "accepted");
}

BOOST_AUTO_TEST_SUITE_END()
