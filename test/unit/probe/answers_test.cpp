#include "assignment/assignment_answer.hpp"
#include "reporting/report_answer.hpp"

#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::probe;

namespace {

Assignment assignment() {
    AssignedMeasurement measurement;
    measurement.id = make_uuid_from_name("a");
    measurement.name = "a";
    measurement.target = "www.example.net";
    return {.revision = 3, .probe = "n1", .report_url = {}, .measurements = {measurement}};
}

AssignmentAnswer read_assignment(unsigned status, std::string body, std::uint64_t held = 0) {
    return read_assignment_answer(http::ClientResponse{status, {}, std::move(body)}, held, {});
}

ReportAnswer read_report(unsigned status, std::string body, std::size_t traces) {
    return read_report_answer(http::ClientResponse{status, {}, std::move(body)}, traces, {});
}

std::string fault(Assignment const& broken) {
    return find_fault(broken).value_or("none");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(assignment_answer)

BOOST_AUTO_TEST_CASE(a_new_assignment_is_taken) {
    auto const answer = read_assignment(200, json::write(assignment()), 2);
    BOOST_REQUIRE(std::holds_alternative<Assignment>(answer));
    BOOST_TEST((std::get<Assignment>(answer) == assignment()));
}

BOOST_AUTO_TEST_CASE(the_same_revision_is_no_change) {
    BOOST_TEST(
        std::holds_alternative<Unchanged>(read_assignment(200, json::write(assignment()), 3)));
    BOOST_TEST(std::holds_alternative<Unchanged>(read_assignment(204, "", 3)));
    BOOST_TEST(std::holds_alternative<Unchanged>(read_assignment(304, "", 3)));
}

BOOST_AUTO_TEST_CASE(nonsense_is_a_failure) {
    for (auto const* body :
         {"", "{", "[]", "null", "<html>", R"({"revision":-1,"probe":"n1","measurements":[]})",
          R"({"revision":1,"probe":"n1","measurements":[{"id":"x"}]})"}) {
        auto const answer = read_assignment(200, body);
        BOOST_REQUIRE_MESSAGE(std::holds_alternative<Failure>(answer), body);
        BOOST_TEST(std::get<Failure>(answer).reason.starts_with("assignment refused: "));
    }
    BOOST_TEST(std::holds_alternative<Failure>(read_assignment(500, "")));
    BOOST_TEST(std::holds_alternative<Failure>(read_assignment(302, "")));
}

BOOST_AUTO_TEST_CASE(no_answer_is_a_failure) {
    Result<http::ClientResponse> const none =
        make_error(boost::system::errc::connection_refused, "http://m:1: connection refused");
    auto const answer = read_assignment_answer(none, 0, {});
    BOOST_TEST(std::get<Failure>(answer).reason == "http://m:1: connection refused");
}

BOOST_AUTO_TEST_CASE(faults_are_named_by_their_path) {
    BOOST_TEST(fault(assignment()) == "none");
    auto broken = assignment();
    broken.revision = 0;
    BOOST_TEST(fault(broken) == "revision: must not be 0");
    broken = assignment();
    broken.measurements[0].parameters.flows = 0;
    BOOST_TEST(fault(broken) == "measurements[0].parameters.flows: must be 1 to 256, or auto");
    broken = assignment();
    broken.measurements[0].interval_s = 0;
    BOOST_TEST(fault(broken) == "measurements[0].interval_s: must be 1 to 604800");
    broken = assignment();
    broken.measurements[0].target.clear();
    BOOST_TEST(fault(broken) == "measurements[0].target: must have 1 to 253 characters");
    broken = assignment();
    broken.measurements.push_back(broken.measurements[0]);
    BOOST_TEST(fault(broken) == "measurements[1].id: is there twice");
    broken = assignment();
    broken.once.push_back({});
    BOOST_TEST(fault(broken) == "once[0].target: must have 1 to 253 characters");
    broken.once[0].target = "192.0.2.9";
    BOOST_TEST(fault(broken) == "none");
    broken.once.push_back(broken.once[0]);
    BOOST_TEST(fault(broken) == "once[1].id: is there twice");
    broken = assignment();
    broken.report_url = "ftp://example.net/";
    BOOST_TEST(fault(broken).starts_with("report_url: "));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(report_answer)

BOOST_AUTO_TEST_CASE(a_receipt_that_accounts_for_all_is_taken) {
    auto const answer = read_report(
        200, R"({"accepted":2,"known":1,"refused":[{"index":3,"reason":"too old"}]})", 4);
    BOOST_REQUIRE(std::holds_alternative<ReportReceipt>(answer));
    BOOST_TEST(std::get<ReportReceipt>(answer).refused[0].reason == "too old");
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_a_receipt_lets_nothing_go) {
    for (
        auto const* body :
        {"", "OK", "{}", R"({"accepted":1,"known":0,"refused":[]})",
         R"({"accepted":3,"known":0,"refused":[]})",
         R"({"accepted":4294967295,"known":3,"refused":[]})",
         R"({"accepted":1,"known":0,"refused":[{"index":2,"reason":"r"}]})",
         R"({"accepted":0,"known":0,"refused":[{"index":1,"reason":"r"},{"index":1,"reason":"r"}]})"})
        BOOST_TEST(std::holds_alternative<Failure>(read_report(200, body, 2)), body);
}

BOOST_AUTO_TEST_CASE(bad_reports_are_told_from_other_failures) {
    for (unsigned status : {400U, 413U, 422U})
        BOOST_TEST(std::holds_alternative<BadReport>(read_report(status, "", 2)));
    for (unsigned status : {302U, 401U, 403U, 404U, 405U, 408U, 429U, 500U, 502U, 503U, 504U})
        BOOST_TEST(std::holds_alternative<Failure>(read_report(status, "", 2)));
}

BOOST_AUTO_TEST_CASE(size_is_halved_to_one_and_grows_back) {
    ReportSize size(100);
    std::vector<std::size_t> sizes;
    for (std::size_t sent = 100; sent > 1; sent = size.traces()) {
        size.bad(sent);
        sizes.push_back(size.traces());
    }
    BOOST_TEST(sizes == (std::vector<std::size_t>{50, 25, 12, 6, 3, 1}),
               boost::test_tools::per_element());
    size.bad(1);
    BOOST_TEST(size.traces() == 1U);
    for (int i = 0; i < 10; ++i)
        size.good();
    BOOST_TEST(size.traces() == 100U);
}

BOOST_AUTO_TEST_SUITE_END()
