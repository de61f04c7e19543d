#include <dtrace/json/quote.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/describe/class.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace dtrace;

BOOST_AUTO_TEST_SUITE(json_write)

namespace {

struct Inner {
    std::optional<std::uint8_t> small;
    std::optional<std::string> text;
    std::vector<std::optional<int>> list;
    friend bool operator==(Inner const&, Inner const&) = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (small, text, list))

struct Outer {
    bool flag = false;
    std::int64_t low = 0;
    std::uint64_t high = 0;
    double real = 0;
    Inner inner;
    std::map<std::string, Inner> map;
    friend bool operator==(Outer const&, Outer const&) = default;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (flag, low, high, real, inner, map))

struct Derived : Inner {
    int own = 1;
    friend bool operator==(Derived const&, Derived const&) = default;
};
BOOST_DESCRIBE_STRUCT(Derived, (Inner), (own))

}  // namespace

BOOST_AUTO_TEST_CASE(a_struct_in_the_order_of_its_description) {
    Outer const value{.flag = true,
                      .low = std::numeric_limits<std::int64_t>::min(),
                      .high = std::numeric_limits<std::uint64_t>::max(),
                      .real = 0.1,
                      .inner = {7, std::nullopt, {1, std::nullopt}},
                      .map = {{"a\"b", {std::nullopt, "", {}}}}};
    auto const text = json::write(value);
    BOOST_TEST(text == R"({"flag":true,"low":-9223372036854775808,"high":18446744073709551615,)"
                       R"("real":0.1,"inner":{"small":7,"list":[1,null]},)"
                       R"("map":{"a\"b":{"text":"","list":[]}}})");
    BOOST_TEST((json::read<Outer>(text, json::UnknownKeys::refuse).value() == value));
}

BOOST_AUTO_TEST_CASE(members_of_a_base_are_members) {
    Derived value;
    value.text = "t";
    value.own = 5;
    auto const text = json::write(value);
    BOOST_TEST(text == R"({"text":"t","list":[],"own":5})");
    BOOST_TEST((json::read<Derived>(text, json::UnknownKeys::refuse).value() == value));
}

BOOST_AUTO_TEST_CASE(strings_are_escaped) {
    BOOST_TEST(json::write(std::string("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f")) ==
               R"("a\"b\\c/\b\f\n\r\t\u0001\u001f\u007f")");
    BOOST_TEST(json::write(std::string("\0", 1)) == R"("\u0000")");
    BOOST_TEST(json::write(std::string("\u00e9\u20ac\U0001F600")) == "\"\u00e9\u20ac\U0001F600\"");
}

BOOST_AUTO_TEST_CASE(every_byte_string_can_be_read_back) {
    // What is not UTF-8 is replaced, byte for byte; what is UTF-8 stays.
    BOOST_TEST(json::write(std::string("a\xFF\xC3")) == "\"a\uFFFD\uFFFD\"");
    BOOST_TEST(json::write(std::string("\xED\xA0\x80")) == "\"\uFFFD\uFFFD\uFFFD\"");
    BOOST_TEST(json::write(std::string("\xC0\xAF")) == "\"\uFFFD\uFFFD\"");
    BOOST_TEST(json::write(std::string("\xF4\x90\x80\x80")) == "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second)
            for (auto const* tail : {"", "\x80", "\xBF\x80", "x"}) {
                std::string const bytes =
                    std::string(1, static_cast<char>(first)) + static_cast<char>(second) + tail;
                auto const text = json::write(bytes);
                auto const back = json::read<std::string>(text, json::UnknownKeys::refuse);
                BOOST_REQUIRE_MESSAGE(back, text);
                if (text.find("\uFFFD") == std::string::npos) BOOST_REQUIRE(*back == bytes);
            }
}

BOOST_AUTO_TEST_CASE(real_numbers) {
    for (double const number : {0.0, -0.0, 1.0, 1.5, 1e21, 5e-324, 1.7976931348623157e308, 0.1}) {
        auto const back =
            json::read<double>(json::write(number), json::UnknownKeys::refuse).value();
        BOOST_TEST(back == number, boost::test_tools::tolerance(1e-15));
    }
    BOOST_TEST(json::write(std::numeric_limits<double>::infinity()) == "null");
    BOOST_TEST(json::write(std::numeric_limits<double>::quiet_NaN()) == "null");
}

BOOST_AUTO_TEST_CASE(json_strings_are_always_valid) {
    BOOST_TEST(json::quoted("a\"b\\c\n\x01\x7F") == R"("a\"b\\c\n\u0001\u007f")");
    BOOST_TEST(json::quoted("zażółć 🛰") == "\"zażółć 🛰\"");
    std::string const bad = "\xEF\xBF\xBD";
    BOOST_TEST(json::quoted("\xFF") == '"' + bad + '"');
    BOOST_TEST(json::quoted("\xC0\xAF") == '"' + bad + bad + '"');            // overlong
    BOOST_TEST(json::quoted("\xED\xA0\x80") == '"' + bad + bad + bad + '"');  // a surrogate
    BOOST_TEST(json::quoted("\xE2\x82") == '"' + bad + bad + '"');            // cut short
    BOOST_TEST(json::quoted("\xF4\x90\x80\x80") == '"' + bad + bad + bad + bad + '"');
}

BOOST_AUTO_TEST_SUITE_END()
