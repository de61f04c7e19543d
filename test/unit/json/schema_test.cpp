#include <dtrace/core/ip.hpp>
#include <dtrace/json/schema.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace dtrace;

namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Inner {
    std::uint8_t small = 0;
    std::optional<std::string> text;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (small, text))

struct Outer {
    bool flag = false;
    std::int64_t any = 0;
    std::uint64_t large = 0;
    double real = 0;
    Colour colour = Colour::red;
    Uuid id;
    Timestamp at;
    IpAddress address;
    std::vector<Inner> list;
    std::map<std::string, Inner> map;
    std::optional<Inner> maybe;
};
BOOST_DESCRIBE_STRUCT(Outer, (),
                      (flag, any, large, real, colour, id, at, address, list, map, maybe))

struct Knobs {
    std::uint16_t one = 1;
};
BOOST_DESCRIBE_STRUCT(Knobs, (), (one))

struct Node {
    std::vector<Node> children;
};
BOOST_DESCRIBE_STRUCT(Node, (), (children))

namespace other {
struct Inner {
    bool flag = false;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (flag))
}  // namespace other

}  // namespace

template <>
inline constexpr bool dtrace::all_members_defaulted<Knobs> = true;

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(every_kind_of_member) {
    json::SchemaBook book("#/x/");
    BOOST_TEST(book.schema_of<Outer>() == R"({"$ref":"#/x/Outer"})");
    BOOST_TEST(
        book.structs().at("Outer") ==
        R"({"type":"object","properties":{"flag":{"type":"boolean"},"any":{"type":"integer"},)"
        R"("large":{"type":"integer","minimum":0},"real":{"type":"number"},)"
        R"("colour":{"type":"string","enum":["red","green"]},)"
        R"("id":{"type":"string","format":"uuid"},"at":{"type":"string","format":"date-time"},)"
        R"("address":{"type":"string"},"list":{"type":"array","items":{"$ref":"#/x/Inner"}},)"
        R"("map":{"type":"object","additionalProperties":{"$ref":"#/x/Inner"}},)"
        R"("maybe":{"$ref":"#/x/Inner"}},)"
        R"("required":["flag","any","large","real","colour","id","at","address"]})");
    BOOST_TEST(book.structs().at("Inner") ==
               R"({"type":"object","properties":{"small":{"type":"integer","minimum":0,)"
               R"("maximum":255},"text":{"type":"string"}},"required":["small"]})");
    BOOST_TEST(book.structs().size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_has_defaults_is_not_required) {
    json::SchemaBook book("");
    BOOST_TEST(book.schema_of<std::vector<Knobs>>() ==
               R"({"type":"array","items":{"$ref":"Knobs"}})");
    BOOST_TEST(book.structs().at("Knobs") ==
               R"({"type":"object","properties":{"one":{"type":"integer","minimum":0,)"
               R"("maximum":65535}}})");
}

BOOST_AUTO_TEST_CASE(a_struct_may_contain_itself) {
    json::SchemaBook book("");
    (void)book.schema_of<Node>();
    BOOST_TEST(book.structs().at("Node") ==
               R"({"type":"object","properties":{"children":{"type":"array",)"
               R"("items":{"$ref":"Node"}}}})");
}

BOOST_AUTO_TEST_CASE(two_structs_of_one_name_are_a_mistake) {
    json::SchemaBook book("");
    (void)book.schema_of<Inner>();
    BOOST_CHECK_THROW((void)book.schema_of<other::Inner>(), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
