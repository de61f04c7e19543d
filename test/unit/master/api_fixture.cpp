#include "api_fixture.hpp"

#include "described_answers.hpp"

#include <boost/test/unit_test.hpp>

namespace dtrace::test {

ApiFixture::ApiFixture() = default;
ApiFixture::~ApiFixture() = default;

std::string ApiFixture::token_of(Role role) {
    auto const name = "the " + std::string(to_text(role));
    auto const token = name + "'s token";
    accounts.put(User{.name = name, .role = role, .password_hash = {}, .created_at = {}});
    accounts.put(Token{.id = make_uuid_from_name(name),
                       .name = "test",
                       .user = name,
                       .role = role,
                       .hash = master::hash_of_secret(token),
                       .created_at = {},
                       .expires_at = {}});
    return token;
}

http::Request ApiFixture::with_token(std::string const& token, http::Request request) {
    request.headers.set("Authorization", "Bearer " + token);
    return request;
}

void ApiFixture::set_up() {
    definitions.set_file_probes(
        {{.name = "n1", .password = "one", .password_hash = {}, .tags = {"eu"}},
         {.name = "n2", .password = "two", .password_hash = {}, .tags = {}}});
    definitions.set_file_measurements(
        {measurement(first, "First"), measurement(make_uuid_from_name("2"), "Second", {"n1"})},
        std::nullopt);
}

Measurement ApiFixture::measurement(Uuid id, std::string name,
                                    std::vector<std::string> for_probes) {
    return {.id = id,
            .name = std::move(name),
            .target = "192.0.2.9",
            .parameters = {},
            .interval_s = 60,
            .probes = std::move(for_probes),
            .tags = {}};
}

http::Request ApiFixture::request(std::string path, std::map<std::string, std::string> query) {
    http::Request request;
    request.path = std::move(path);
    request.query = std::move(query);
    request.peer = boost::asio::ip::make_address("192.0.2.77");
    return request;
}

http::Request ApiFixture::as(std::string name, std::string secret, http::Request request) {
    request.headers.set("Authorization",
                        http::basic_authorization({std::move(name), std::move(secret)}));
    request.headers.set("User-Agent", "dtrace-node/9.8.7");
    return request;
}

http::Request ApiFixture::report(std::string body) {
    auto request = ApiFixture::request("/api/v1/probe/reports");
    request.verb = http::Verb::post;
    request.body = std::move(body);
    return request;
}

http::Response ApiFixture::answer(http::Request request) {
    if (!request.headers.find("Authorization"))
        request = with_token(token_of(Role::admin), std::move(request));
    return answer_as_it_is(std::move(request));
}

http::Response ApiFixture::answer_as_it_is(http::Request request) {
    auto response = value_of(router.answer(request));
    BOOST_TEST(find_undescribed(request, response) == "");
    return response;
}

http::Response ApiFixture::get(std::string path, std::map<std::string, std::string> query) {
    return answer(request(std::move(path), std::move(query)));
}

}  // namespace dtrace::test
