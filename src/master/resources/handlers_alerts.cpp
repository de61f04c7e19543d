#include "resources/handlers_alerts.hpp"

#include "api/answers.hpp"
#include "api/body_rules.hpp"
#include "api/counted.hpp"
#include "api/query_parameters.hpp"
#include "resources/views_alerts.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <utility>

namespace dtrace::master {

namespace {

constexpr std::size_t most_tests = 4;

boost::asio::awaitable<http::Response> get_alerts(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    AlertReceiverList const list{.receivers = api.alerts.statuses()};
    co_return http::json_response(json::write(list));
}

boost::asio::awaitable<http::Response> post_alert_test(Api& api, http::Request const& request) {
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto const input = json::read<AlertTestInput>(request.body, json::UnknownKeys::refuse);
    if (!input) co_return wrong_body(input.error());
    auto const sender = api.alerts.find(input->receiver);
    if (!sender)
        co_return http::problem(404, "No such receiver", "the alerts file has none of this name",
                                "receiver");
    if (api.alert_tests_under_way >= most_tests)
        co_return try_later(503, "Too much to do", "other tests are under way", seconds(5));
    Counted const counted(api.alert_tests_under_way);
    auto message = test_message(input->receiver, api.alerts.public_url(), wall_clock_now());
    auto const outcome = co_await sender->send(std::move(message));
    if (outcome.reception != Reception::taken)
        co_return http::problem(502, "Not delivered", outcome.reason);
    AlertTestResult const result{.receiver = input->receiver, .status = outcome.status};
    co_return http::json_response(json::write(result));
}

}  // namespace

std::vector<ApiRoute> alert_rows() {
    ApiRoute list{http::Verb::get, "/api/v1/alerts",
                  "who is told of what happens, and whether it works", Access::operator_,
                  get_alerts};
    ApiRoute test{http::Verb::post, "/api/v1/alerts/test", "send a receiver of alerts a test",
                  Access::admin, post_alert_test};
    return {std::move(list).gives<AlertReceiverList>(),
            std::move(test).takes<AlertTestInput>().gives<AlertTestResult>()};
}

}  // namespace dtrace::master
