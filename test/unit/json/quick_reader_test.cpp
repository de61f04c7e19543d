// What is read quickly is what the document says.

#include <dtrace/json/quick_reader.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>
#include <boost/test/unit_test.hpp>

#include <sample_trace.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace dtrace;

namespace {

struct Small {
    std::int8_t number = 0;
    std::optional<bool> flag;
    std::string text;
    std::vector<std::uint16_t> list;
    friend bool operator==(Small const&, Small const&) = default;
};
BOOST_DESCRIBE_STRUCT(Small, (), (number, flag, text, list))

template <class T>
std::optional<T> quickly(std::string_view text) {
    json::QuickReader in(text);
    T value{};
    if (!in.read(value) || !in.at_end()) return std::nullopt;
    return value;
}

/// True if it was read quickly; then the document must say the same.
template <class T>
bool agree(std::string_view text) {
    auto const quick = quickly<T>(text);
    if (!quick) return false;
    auto const slow = json::read<T>(text, json::UnknownKeys::refuse);
    BOOST_TEST(slow.has_value(), text);
    if (slow) BOOST_TEST((*slow == *quick), text);
    return true;
}

Trace sample() {
    test::StablePath path(1, 3, 2);
    auto trace = path.next("n1", {make_uuid_from_name("m"), "m"}, wall_clock_now());
    auto& answer = trace.paths[0].hops[0].answers[0];
    answer.labels = {{.label = 7, .traffic_class = 1, .bottom = true, .ttl = 3}};
    answer.from = parse<IpAddress>("2001:db8::1").value();
    return trace;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_quick_reader)

BOOST_AUTO_TEST_CASE(what_write_makes_is_read) {
    auto const trace = sample();
    auto const read = quickly<Trace>(json::write(trace));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == trace));
    for (auto const* text : {R"({"number":-128,"flag":false,"text":"a b","list":[0,65535]})",
                             R"({"number":0,"text":""})",
                             "{\n \"number\" : 7 ,\t\"text\" : \"x\" , \"list\" : [ ] }\r\n",
                             "{\"number\": 7,\"flag\" :true, \"text\":\"x\"\n,\"list\":[1 ,2]\n}"})
        BOOST_TEST(agree<Small>(text), text);
}

BOOST_AUTO_TEST_CASE(at_all_else_it_gives_up) {
    for (auto const* text : {"",
                             "{",
                             "{}",
                             "[]",
                             R"({"number":1,"text":"x"}})",
                             R"({"number":1,"text":"x"} 1)",
                             R"({"number":1,"text":"x",})",
                             R"({,"number":1,"text":"x"})",
                             R"({"number":1 "text":"x"})",
                             R"({"text":"x","number":1})",
                             R"({"number":1,"number":2,"text":"x"})",
                             R"({"number":1,"text":"x","text":"y"})",
                             R"({"number":1,"text":"x","more":1})",
                             R"({"number":1,"flag":null,"text":"x"})",
                             R"({"number":1,"flag":truely,"text":"x"})",
                             R"({"number":1,"flag":t,"text":"x"})",
                             R"({"number":128,"text":"x"})",
                             R"({"number":01,"text":"x"})",
                             R"({"number":-0,"text":"x"})",
                             R"({"number":-,"text":"x"})",
                             R"({"number":1.0,"text":"x"})",
                             R"({"number":1e0,"text":"x"})",
                             R"({"number":+1,"text":"x"})",
                             R"({"number":- 1,"text":"x"})",
                             R"({"number":"1","text":"x"})",
                             R"({"number":10000000000000000001,"text":"x"})",
                             R"({"number":1,"text":"\n"})",
                             R"({"number":1,"text":"é"})",
                             "{\"number\":1,\"text\":\"\x01\"}",
                             R"({"number":1,"text":"x)",
                             R"({"number":1,"text":"x","list":[1,]})",
                             R"({"number":1,"text":"x","list":[1 2]})",
                             R"({"number":1,"text":"x","list":[-1]})",
                             R"({"number":1,"text":"x","list":{}})",
                             R"({"number":1,"text":x})",
                             R"({number:1,"text":"x"})",
                             R"({"number")",
                             R"({"number":)"})
        BOOST_TEST(!quickly<Small>(text).has_value(), text);
    BOOST_TEST(
        !quickly<Small>(std::string_view("{\"number\":1\0,\"text\":\"x\"}", 24)).has_value());
}

BOOST_AUTO_TEST_CASE(a_text_with_one_byte_wrong_is_no_exception) {
    auto const text = json::write(sample());
    std::size_t read = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        for (char const byte : std::string_view("\0\" \\,:{}[]09-.eatZ\x7f\x80", 20)) {
            auto changed = text;
            changed[i] = byte;
            if (agree<Trace>(changed)) ++read;
        }
    BOOST_TEST(read > text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        BOOST_TEST(!agree<Trace>(text.substr(0, i)));
        (void)agree<Trace>(text.substr(0, i) + text.substr(i + 1));
    }
}

BOOST_AUTO_TEST_SUITE_END()
