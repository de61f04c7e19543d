#include <dtrace/json/read.hpp>

#include <boost/describe/class.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace dtrace;

BOOST_AUTO_TEST_SUITE(json_document)

namespace {

std::string fault_of(std::string_view text) {
    json::Document const document(text);
    return document.root() ? "no fault" : document.root().error().text();
}

std::string nested(int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_syntax_error_says_where) {
    BOOST_TEST(fault_of("") == "not JSON: line 1, column 1: incomplete JSON");
    BOOST_TEST(fault_of("{\n  \"a\": 1,\n  \"b\": oops\n}") ==
               "not JSON: line 3, column 8: syntax error");
    BOOST_TEST(fault_of("{\n\"a\": 1}\n}") == "not JSON: line 3, column 1: extra data");
    BOOST_TEST(fault_of("[1,") == "not JSON: line 1, column 4: incomplete JSON");
}

BOOST_AUTO_TEST_CASE(only_json_is_json) {
    for (auto const* text : {"[1,]",
                             "{\"a\":1,}",
                             "{a:1}",
                             "'a'",
                             "// x\n1",
                             "01",
                             "+1",
                             ".5",
                             "1.",
                             "NaN",
                             "Infinity",
                             "tru",
                             "\"\n\"",
                             "\"\t\"",
                             "\"\\x41\"",
                             "\"\\u12\"",
                             "[1 2]",
                             "{\"a\" 1}",
                             "\xEF\xBB\xBF{}",
                             "\"",
                             "{",
                             "]"})
        BOOST_TEST(fault_of(text).starts_with("not JSON: line "), text);
    for (auto const* text : {" [1, 2 ]\r\n\t", "null", "true", "-0", "1E+2", "\"\"", "{}"})
        BOOST_TEST(fault_of(text) == "no fault", text);
}

BOOST_AUTO_TEST_CASE(text_must_be_utf8) {
    for (std::string_view const text :
         {"\"\x80\"", "\"\xC3\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"",
          "\"\xF8\x88\x80\x80\x80\"", "\"\xFF\"", "{\"\xC3\":1}", "\"\\ud800\"", "\"\\udc00\"",
          "\"\\ud83dx\""})
        BOOST_TEST(fault_of(text).starts_with("not JSON: line 1, column "), text);
    BOOST_TEST(fault_of("\"\xC3\xA9\xED\x9F\xBF\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF\"") == "no fault");
}

BOOST_AUTO_TEST_CASE(nesting_is_limited) {
    BOOST_TEST(fault_of(nested(32)) == "no fault");
    BOOST_TEST(fault_of(nested(33)) == "not JSON: line 1, column 33: too deep");
    BOOST_TEST(fault_of(std::string(10'000'000, '[')) == "not JSON: line 1, column 33: too deep");
    std::string objects;
    for (int i = 0; i < 1'000'000; ++i)
        objects += "{\"a\":";
    BOOST_TEST(fault_of(objects).ends_with("too deep"));
}

BOOST_AUTO_TEST_CASE(of_a_repeated_name_the_last_counts) {
    json::Document const document(R"({"a":1,"b":2,"a":3})");
    auto const& object = (*document.root())->as_object();
    BOOST_TEST(object.size() == 2);
    BOOST_TEST(object.at("a").as_int64() == 3);
}

BOOST_AUTO_TEST_CASE(a_large_document) {
    std::string text = "[0";
    for (int i = 1; i < 1'000'000; ++i)
        text += "," + std::to_string(i);
    text += "]";
    auto const list = json::read<std::vector<int>>(text, json::UnknownKeys::refuse);
    BOOST_REQUIRE(list);
    BOOST_TEST(list->size() == 1'000'000);
    BOOST_TEST(list->back() == 999'999);
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_document_is_refused) {
    std::string_view const text = R"({"a":[1,-2.5e3,"\u00e9\"x",{"b":null,"c":true}],"d":"e"})";
    for (std::size_t length = 0; length < text.size(); ++length)
        BOOST_TEST(fault_of(text.substr(0, length)) != "no fault", text.substr(0, length));
    BOOST_TEST(fault_of(text) == "no fault");
}

BOOST_AUTO_TEST_SUITE_END()
