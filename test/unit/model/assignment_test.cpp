#include <dtrace/model/assignment.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace dtrace;

BOOST_AUTO_TEST_SUITE(assignment)

BOOST_AUTO_TEST_CASE(the_trace_of_an_order_has_one_id_for_each_probe) {
    auto const item = make_uuid_v7(wall_clock_now());
    auto const id = once_trace_id(item, "n1");
    BOOST_TEST((id == once_trace_id(item, "n1")));
    BOOST_TEST((id != once_trace_id(item, "n2")));
    BOOST_TEST((id != once_trace_id(make_uuid_v7(wall_clock_now()), "n1")));
    BOOST_TEST((id != item));
}

BOOST_AUTO_TEST_CASE(it_is_a_version_7_with_the_time_of_the_order) {
    auto const item = make_uuid_v7(Timestamp(microseconds(1'790'000'000'000'000)));
    auto const id = once_trace_id(item, "n1");
    BOOST_TEST(std::equal(id.bytes.begin(), id.bytes.begin() + 6, item.bytes.begin()));
    BOOST_TEST((id.bytes[6] >> 4) == 7);
    BOOST_TEST((id.bytes[8] >> 6) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
