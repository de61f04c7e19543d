#include <dtrace/core/log.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace dtrace;

namespace {

struct Lines final : Logger {
    struct Line {
        LogLevel level;
        std::string event;
        std::vector<LogField> fields;
    };
    std::vector<Line> all;

    void write(LogLevel level, std::string_view event, std::span<LogField const> fields) override {
        all.push_back({level, std::string(event), {fields.begin(), fields.end()}});
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(logging)

BOOST_AUTO_TEST_CASE(fields_turn_every_value_into_text) {
    BOOST_TEST(LogField("k", "text").value == "text");
    BOOST_TEST(LogField("k", std::string("text")).value == "text");
    BOOST_TEST(LogField("k", true).value == "true");
    BOOST_TEST(LogField("k", false).value == "false");
    BOOST_TEST(LogField("k", -7).value == "-7");
    BOOST_TEST(LogField("k", std::uint8_t{200}).value == "200");
    BOOST_TEST(LogField("k", ~std::uint64_t{0}).value == "18446744073709551615");
    BOOST_TEST(LogField("k", 0.5).value == "0.500000");
}

BOOST_AUTO_TEST_CASE(each_call_is_one_event_at_its_level) {
    Lines lines;
    lines.debug("round begins");
    lines.info("trace stored", {{"probe", "n1"}, {"paths", 3}});
    lines.warn("outbox is full");
    lines.error("database is gone");
    BOOST_REQUIRE_EQUAL(lines.all.size(), 4U);
    BOOST_TEST((lines.all[0].level == LogLevel::debug));
    BOOST_TEST((lines.all[1].level == LogLevel::info));
    BOOST_TEST((lines.all[2].level == LogLevel::warn));
    BOOST_TEST((lines.all[3].level == LogLevel::error));
    BOOST_TEST(lines.all[1].event == "trace stored");
    BOOST_REQUIRE_EQUAL(lines.all[1].fields.size(), 2U);
    BOOST_TEST(lines.all[1].fields[1].key == "paths");
    BOOST_TEST(lines.all[1].fields[1].value == "3");
    BOOST_TEST(lines.all[0].fields.empty());
}

BOOST_AUTO_TEST_SUITE_END()
