#include "base64.hpp"
#include "server/response_text.hpp"

#include <dtrace/http/access_log.hpp>
#include <dtrace/http/message.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::http;
using namespace std::string_literals;

namespace {

std::optional<BasicCredentials> read_credentials(std::string authorization) {
    Request request;
    request.headers.set("authorization", std::move(authorization));
    return basic_credentials(request);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(header_names_compare_without_case) {
    Headers headers{{"Content-Type", "text/plain"}};
    headers.set("X-Other", "1");
    headers.set("CONTENT-type", "text/html; charset=utf-8");
    headers.set("X-Empty", "");
    BOOST_TEST(headers.find("content-type").value() == "text/html; charset=utf-8");
    std::vector<Headers::Field> const expected{
        {"Content-Type", "text/html; charset=utf-8"}, {"X-Other", "1"}, {"X-Empty", ""}};
    BOOST_TEST((headers.fields() == expected));
    BOOST_TEST(!headers.find("Content-Typ"));
}

BOOST_AUTO_TEST_CASE(verbs_have_names) {
    for (auto const verb :
         {Verb::get, Verb::head, Verb::post, Verb::put, Verb::patch, Verb::delete_, Verb::options})
        BOOST_TEST((find_verb(verb_name(verb)) == verb));
    BOOST_TEST(!find_verb("get"));
    BOOST_TEST(!find_verb("BREW"));
    BOOST_TEST(!find_verb(""));
}

BOOST_AUTO_TEST_CASE(a_problem_has_the_members_of_rfc_9457) {
    auto const full = problem(422, "Bad \"report\"", "must be 1 to 65535", "paths[0].port");
    BOOST_TEST(full.status == 422u);
    BOOST_TEST(full.headers.find("Content-Type").value() == "application/problem+json");
    BOOST_TEST(full.body ==
               R"({"title":"Bad \"report\"","status":422,"detail":"must be 1 to 65535",)"
               R"("path":"paths[0].port"})"
               "\n");
    BOOST_TEST(problem(404, "Not found").body == "{\"title\":\"Not found\",\"status\":404}\n");
}

BOOST_AUTO_TEST_CASE(base64_follows_rfc_4648) {
    for (auto const& [plain, coded] : {std::pair{""s, ""s},
                                       {"f"s, "Zg=="s},
                                       {"fo"s, "Zm8="s},
                                       {"foo"s, "Zm9v"s},
                                       {"foob"s, "Zm9vYg=="s},
                                       {"\xFB\xFF\0"s, "+/8A"s}}) {
        BOOST_TEST(base64_encode(plain) == coded);
        BOOST_TEST(base64_decode(coded).value() == plain);
    }
}

BOOST_AUTO_TEST_CASE(base64_is_strict) {
    for (auto const* text : {"Zg", "Zg=", "Zg===", "Zh==", "Z===", "====", "Zm9 ", "Zm-_",
                             "=Zg=", "Zm9v\n", "Zg==Zg=="})
        BOOST_TEST(!base64_decode(text), text);
}

BOOST_AUTO_TEST_CASE(credentials_go_there_and_back) {
    auto const read = read_credentials(basic_authorization({"n1", "se:cret ü"}));
    BOOST_REQUIRE(read);
    BOOST_TEST(read->name == "n1");
    BOOST_TEST(read->secret == "se:cret ü");
    BOOST_TEST(read_credentials("bAsIc   bjE6")->name == "n1");  // an empty secret
}

BOOST_AUTO_TEST_CASE(malformed_credentials_are_none) {
    BOOST_TEST(!basic_credentials(Request{}));
    for (auto const& text : {""s, "Basic"s, "Basic "s, "Bearer bjE6cw=="s, "Basic bjE6cw"s,
                             "Basic " + base64_encode("nocolon"), "Basic " + base64_encode(":s"),
                             "Basic " + base64_encode("a\0b:c"s), "Basic " + base64_encode("a:\n"),
                             "Basic bjE6cw==, Basic bjE6cw=="s,
                             "Basic " + base64_encode("n:" + std::string(3000, 's'))})
        BOOST_TEST(!read_credentials(text), text);
}

BOOST_AUTO_TEST_CASE(a_response_gets_safe_defaults) {
    auto const head = response_head(json_response("{}"), {});
    BOOST_TEST(head.starts_with("HTTP/1.1 200 OK\r\nDate: "));
    for (auto const* line :
         {"\r\nServer: dtrace-node\r\n", "\r\nContent-Type: application/json\r\n",
          "\r\nX-Content-Type-Options: nosniff\r\n", "\r\nCache-Control: no-store\r\n",
          "\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
          "\r\nX-Frame-Options: DENY\r\n", "\r\nReferrer-Policy: no-referrer\r\n",
          "\r\nContent-Length: 2\r\n"})
        BOOST_TEST(head.find(line) != std::string::npos, line);
    BOOST_TEST(head.find("Connection") == std::string::npos);
    BOOST_TEST(head.find("Strict-Transport-Security") == std::string::npos);
    BOOST_TEST(head.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(a_handler_cannot_break_the_message) {
    Response response{.status = 304, .headers = {}, .body = "ignored"};
    response.headers.set("Cache-Control", "max-age=60");
    response.headers.set("Content-Length", "999");
    response.headers.set("Location", "/a\r\nSet-Cookie: x");
    response.headers.set("Bad Name", "x");
    auto const head = response_head(response, {.keep_alive = false});
    BOOST_TEST(head.starts_with("HTTP/1.1 304 Not Modified\r\n"));
    BOOST_TEST(head.find("max-age=60") != std::string::npos);
    BOOST_TEST(head.find("no-store") == std::string::npos);
    BOOST_TEST(head.find("Connection: close\r\n") != std::string::npos);
    for (auto const* text : {"Content-Length", "Set-Cookie", "Bad Name"})
        BOOST_TEST(head.find(text) == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(an_access_line_is_one_line) {
    AccessEntry entry;
    entry.peer = parse<IpAddress>("192.0.2.1").value();
    entry.verb = "GET";
    entry.path = "/a\nb\"";
    entry.status = 200;
    entry.took = microseconds(5);
    entry.user_agent = "curl/8";
    BOOST_TEST(access_line(entry) ==
               "time=1970-01-01T00:00:00.000000Z peer=192.0.2.1 verb=GET path=\"/a\\nb\\\"\" "
               "status=200 request_bytes=0 response_bytes=0 took_us=5 user_agent=\"curl/8\"");
}

BOOST_AUTO_TEST_SUITE_END()
