#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/json/read.hpp>

#include <boost/describe/class.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace dtrace;
using json::UnknownKeys;

namespace {

struct Target {
    std::string Name;
    std::string Address;
    std::optional<Port> Port_;
    friend bool operator==(Target const&, Target const&) = default;
};
BOOST_DESCRIBE_STRUCT(Target, (), (Name, Address, Port_))

struct Defaults {
    std::uint8_t Retries = 2;
    std::optional<bool> Fast;
    double Share = 0.5;
    Family Kind = Family::ipv6;
};
BOOST_DESCRIBE_STRUCT(Defaults, (), (Retries, Fast, Share, Kind))

}  // namespace

template <>
inline constexpr bool dtrace::all_members_defaulted<Defaults> = true;

namespace {

struct File {
    std::vector<Target> List;
    std::map<std::string, Target> Targets;
    std::map<Uuid, std::int32_t> ById;
    std::optional<Defaults> More;
};
BOOST_DESCRIBE_STRUCT(File, (), (List, Targets, ById, More))

struct Numbers {
    std::optional<std::uint8_t> u8;
    std::optional<std::int8_t> i8;
    std::optional<std::uint64_t> u64;
    std::optional<std::int64_t> i64;
    std::optional<double> real;
};
BOOST_DESCRIBE_STRUCT(Numbers, (), (u8, i8, u64, i64, real))

template <class T>
std::string fault_of(std::string_view text, UnknownKeys unknown = UnknownKeys::refuse) {
    auto const result = json::read<T>(text, unknown);
    return result ? "no fault" : result.error().text();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_read)

BOOST_AUTO_TEST_CASE(a_document_of_every_kind) {
    auto const file = json::read<File>(R"({
        "List": [{"Name":"a","Address":"b","Port_":443}, {"Name":"","Address":"d"}],
        "Targets": {"x y": {"Name":"n","Address":"m","Port_":null}},
        "ById": {"018F2D9E-7c3b-7e1a-9b3c-000000000001": -5},
        "More": {"Retries": 7, "Fast": true, "Share": 3, "Kind": "ipv4"}})",
                                       UnknownKeys::refuse);
    BOOST_REQUIRE(file);
    BOOST_TEST((file->List == std::vector<Target>{{"a", "b", 443}, {"", "d", {}}}));
    BOOST_TEST((file->Targets.at("x y") == Target{"n", "m", {}}));
    BOOST_REQUIRE_EQUAL(file->ById.size(), 1);
    BOOST_TEST(to_text(file->ById.begin()->first) == "018f2d9e-7c3b-7e1a-9b3c-000000000001");
    BOOST_TEST(file->ById.begin()->second == -5);
    BOOST_TEST(int{file->More->Retries} == 7);
    BOOST_TEST(file->More->Fast.value());
    BOOST_TEST(file->More->Share == 3.0);
    BOOST_TEST((file->More->Kind == Family::ipv4));
}

BOOST_AUTO_TEST_CASE(what_may_be_absent_is_or_is_null) {
    for (auto const* text : {"{}", R"({"List":null,"Targets":null,"ById":null,"More":null})"}) {
        auto const file = json::read<File>(text, UnknownKeys::refuse);
        BOOST_REQUIRE(file);
        BOOST_TEST(file->List.empty());
        BOOST_TEST(file->Targets.empty());
        BOOST_TEST(!file->More);
    }
    for (auto const* text : {"{}", R"({"Retries":null,"Fast":null,"Kind":null})"}) {
        auto const defaults = json::read<Defaults>(text, UnknownKeys::refuse);
        BOOST_REQUIRE(defaults);
        BOOST_TEST(int{defaults->Retries} == 2);
        BOOST_TEST(!defaults->Fast);
        BOOST_TEST(defaults->Share == 0.5);
        BOOST_TEST((defaults->Kind == Family::ipv6));
    }
    BOOST_TEST(fault_of<Target>(R"({"Name":"n"})") == "Address: is required");
    BOOST_TEST(fault_of<Target>(R"({"Name":"n","Address":null})") == "Address: is required");
}

BOOST_AUTO_TEST_CASE(a_fault_names_its_place) {
    BOOST_TEST(fault_of<File>("[]") == "must be an object");
    BOOST_TEST(fault_of<File>(R"({"List":{}})") == "List: must be a list");
    BOOST_TEST(fault_of<File>(R"({"List":[3]})") == "List[0]: must be an object");
    BOOST_TEST(fault_of<File>(R"({"List":[{"Name":"a","Address":"b"},{"Name":"c"}]})") ==
               "List[1].Address: is required");
    BOOST_TEST(fault_of<File>(R"({"List":[{"Name":"a","Address":"b","Port_":65536}]})") ==
               "List[0].Port_: must be 0 to 65535");
    BOOST_TEST(fault_of<File>(R"({"Targets":[]})") == "Targets: must be an object");
    BOOST_TEST(fault_of<File>(R"({"Targets":{"a-b":{"Name":1}}})") ==
               R"(Targets["a-b"].Name: must be a string)");
    BOOST_TEST(fault_of<File>(R"({"ById":{"\n":1}})") ==
               R"(ById["\n"]: must be a UUID like 018f2d9e-7c3b-7e1a-9b3c-0123456789ab)");
    BOOST_TEST(fault_of<File>(R"({"More":{"Kind":"ipx"}})") ==
               "More.Kind: must be one of ipv4, ipv6");
    BOOST_TEST(fault_of<File>(R"({"More":{"Fast":"yes"}})") == "More.Fast: must be true or false");
    BOOST_TEST(fault_of<File>(R"({"More":{"Share":"1"}})") == "More.Share: must be a number");
    BOOST_TEST(fault_of<std::vector<IpAddress>>(R"(["::1","1.2.3"])") ==
               "[1]: must be an IP address");
    BOOST_TEST(fault_of<Timestamp>(R"("yesterday")") ==
               "must be a time as in RFC 3339, like 2026-11-22T14:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_twice_is_refused_or_the_last_one_counts) {
    using Map = std::map<std::string, int>;
    std::string_view const text = R"({"a":1,"b":2,"a":3})";
    auto const refused = json::read<Map>(text, UnknownKeys::refuse);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().text() == "a: stands here twice");
    BOOST_TEST(json::read<Map>(text, UnknownKeys::ignore).value().at("a") == 3);
    auto const inside =
        json::read<std::vector<Map>>(R"([{"a":1},{"\u0061":1,"a":2}])", UnknownKeys::refuse);
    BOOST_TEST(inside.error().text() == "a: stands here twice");
    BOOST_TEST(
        json::read<std::vector<Map>>(R"([{"a":1},{"a":2}])", UnknownKeys::refuse).has_value());
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_or_ignored) {
    auto const* text = R"({"Name":"a","Address":"b","Prot":443})";
    BOOST_TEST(fault_of<Target>(text) == "Prot: is not known here; known are Name, Address, Port_");
    BOOST_TEST(fault_of<Target>(text, UnknownKeys::ignore) == "no fault");
    BOOST_TEST(fault_of<File>(R"({"List":[{"Name":"a","Address":"b","a b":1}]})") ==
               R"(List[0]["a b"]: is not known here; known are Name, Address, Port_)");
    // Names are told apart by case, and an unknown one deep inside is found too.
    BOOST_TEST(fault_of<File>(R"({"more":{}})") ==
               "more: is not known here; known are List, Targets, ById, More");
    BOOST_TEST(fault_of<File>(R"({"More":{"x":{}}})") ==
               "More.x: is not known here; known are Retries, Fast, Share, Kind");
}

BOOST_AUTO_TEST_CASE(a_long_key_is_shortened_between_code_points) {
    std::string const key = std::string(63, 'x') + "\u00e9" + std::string(5000, 'y');
    BOOST_TEST(fault_of<File>("{\"Targets\":{\"" + key + "\":1}}") ==
               "Targets[\"" + std::string(63, 'x') + "…\"]: must be an object");
}

BOOST_AUTO_TEST_CASE(numbers_keep_to_their_type) {
    auto const good = json::read<Numbers>(
        R"({"u8":255,"i8":-128,"u64":18446744073709551615,"i64":-9223372036854775808,"real":-1.5e3})",
        UnknownKeys::refuse);
    BOOST_REQUIRE(good);
    BOOST_TEST(int{*good->u8} == 255);
    BOOST_TEST(int{*good->i8} == -128);
    BOOST_TEST(*good->u64 == 18446744073709551615u);
    BOOST_TEST(*good->i64 == std::numeric_limits<std::int64_t>::min());
    BOOST_TEST(*good->real == -1500.0);

    BOOST_TEST(fault_of<Numbers>(R"({"u8":256})") == "u8: must be 0 to 255");
    BOOST_TEST(fault_of<Numbers>(R"({"u8":-1})") == "u8: must be 0 to 255");
    BOOST_TEST(fault_of<Numbers>(R"({"u8":1e300})") == "u8: must be 0 to 255");
    BOOST_TEST(fault_of<Numbers>(R"({"u8":1.5})") == "u8: must be a whole number");
    BOOST_TEST(fault_of<Numbers>(R"({"u8":"1"})") == "u8: must be a whole number");
    BOOST_TEST(fault_of<Numbers>(R"({"u8":true})") == "u8: must be a whole number");
    BOOST_TEST(fault_of<Numbers>(R"({"i8":-129})") == "i8: must be -128 to 127");
    BOOST_TEST(fault_of<Numbers>(R"({"u64":18446744073709551616})") ==
               "u64: must be 0 to 18446744073709551615");
    BOOST_TEST(fault_of<Numbers>(R"({"u64":-1})") == "u64: must be 0 to 18446744073709551615");
    BOOST_TEST(fault_of<Numbers>(R"({"i64":9223372036854775808})") ==
               "i64: must be -9223372036854775808 to 9223372036854775807");
}

BOOST_AUTO_TEST_CASE(a_whole_number_may_be_written_as_a_real_one) {
    BOOST_TEST(json::read<std::uint16_t>("60.0", UnknownKeys::refuse).value() == 60);
    BOOST_TEST(json::read<std::uint16_t>("1e3", UnknownKeys::refuse).value() == 1000);
    BOOST_TEST(json::read<std::int64_t>("-0.0", UnknownKeys::refuse).value() == 0);
    BOOST_TEST(fault_of<std::int64_t>("1e19") ==
               "must be -9223372036854775808 to 9223372036854775807");
}

BOOST_AUTO_TEST_CASE(a_number_beyond_a_double_is_refused) {
    for (auto const* text : {"1e400", "-1e400", "1e99999999999999999999"})
        BOOST_TEST(fault_of<double>(text) != "no fault");
    BOOST_TEST(json::read<double>("1e-400", UnknownKeys::refuse).value() == 0);
    // A thousand digits: as near as a double comes.
    auto const huge = "1" + std::string(200, '0');
    BOOST_TEST(json::read<double>(huge, UnknownKeys::refuse).value() == 1e200,
               boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(strings_are_unescaped) {
    auto const text = json::read<std::string>(
        R"("\" \\ \/ \b\f\n\r\t \u00e9 \ud83d\ude00 \u0000.")", UnknownKeys::refuse);
    BOOST_REQUIRE(text);
    BOOST_TEST(*text == std::string("\" \\ / \b\f\n\r\t \u00e9 \U0001F600 \0.", 22));
}

BOOST_AUTO_TEST_CASE(part_of_a_document) {
    json::Document const document(R"([{"Name":"a","Address":"b"},{"Name":"c"}])");
    auto const& list = (*document.root())->as_array();
    BOOST_TEST(json::read_value<Target>(list[0], "[0]", UnknownKeys::refuse).value().Name == "a");
    BOOST_TEST(json::read_value<Target>(list[1], "[1]", UnknownKeys::refuse).error().text() ==
               "[1].Address: is required");
}

BOOST_AUTO_TEST_SUITE_END()
