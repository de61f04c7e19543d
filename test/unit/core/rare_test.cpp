#include <dtrace/core/rare.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace dtrace;

namespace {

using Words = Rare<std::vector<std::string>>;

}  // namespace

BOOST_AUTO_TEST_SUITE(rare)

BOOST_AUTO_TEST_CASE(absent_is_a_pointer_without_a_target) {
    Words const none;
    BOOST_TEST(!none.has_value());
    BOOST_TEST(sizeof none == sizeof(void*));
    BOOST_CHECK_THROW(static_cast<void>(none.value()), std::bad_optional_access);
    BOOST_TEST(none.value_or({"other"}).front() == "other");
    BOOST_TEST((none == Words(std::nullopt)));
}

BOOST_AUTO_TEST_CASE(a_copy_has_a_value_of_its_own) {
    Words first = {std::vector<std::string>{"a", "b"}};
    Words second = first;
    BOOST_TEST((second == first));
    second->push_back("c");
    BOOST_TEST(first->size() == 2U);
    BOOST_TEST((second != first));
    first = second;
    BOOST_TEST((second == first));
    second.reset();
    BOOST_TEST(first.value().back() == "c");
    BOOST_TEST((second != first));
}

BOOST_AUTO_TEST_CASE(values_optionals_and_what_is_in_it_already_can_be_assigned) {
    Words words;
    words = {"a", "b"};
    BOOST_TEST(words->size() == 2U);
    words = *words;
    BOOST_TEST(words->back() == "b");
    words = std::optional(std::vector<std::string>{"c"});
    BOOST_TEST(words->front() == "c");
    words = std::optional<std::vector<std::string>>();
    BOOST_TEST(!words);
    words.emplace(3U, "d");
    Words const moved = std::move(words);
    BOOST_TEST(moved->size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
