#define BOOST_TEST_MODULE dtrace
#include <boost/test/unit_test.hpp>
