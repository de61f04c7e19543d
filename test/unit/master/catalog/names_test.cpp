#include "catalog/names.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace::master;

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(a_name_is_what_people_can_read) {
    for (std::string const good : {"Google", "n1", "Zürich – Büro 2", "a:b", "*", ".", ".."})
        BOOST_TEST(!find_name_fault(good), good);
    BOOST_TEST(!find_name_fault(std::string(100, 'x')));
    for (std::string const& bad :
         {std::string(), std::string(101, 'x'), std::string("a\nb"), std::string(" a"),
          std::string("a "), std::string("a\x7f"), std::string("a\0b", 3)})
        BOOST_TEST(find_name_fault(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(an_address_can_end_in_a_name_of_a_probe_or_user) {
    for (std::string const bad : {".", ".."}) {
        BOOST_TEST(find_address_name_fault(bad).has_value(), bad);
        BOOST_TEST(find_probe_name_fault(bad).has_value(), bad);
    }
    BOOST_TEST(!find_address_name_fault("..."));
    BOOST_TEST(find_address_name_fault("").has_value());
}

BOOST_AUTO_TEST_CASE(a_probe_name_also_fits_into_http_basic) {
    BOOST_TEST(!find_probe_name_fault("slave1"));
    BOOST_TEST(*find_probe_name_fault("a:b") == "must not contain a colon");
    BOOST_TEST(find_probe_name_fault("*").has_value());
    BOOST_TEST(find_probe_name_fault("").has_value());
}

BOOST_AUTO_TEST_CASE(a_host_is_an_address_or_a_dns_name) {
    for (std::string const good :
         {"192.0.2.1", "2001:db8::1", "www.example.net", "www.example.net.", "localhost", "a_b.de",
          "xn--bcher-kva.example", "1and1.com", "3.example"})
        BOOST_TEST(!find_host_fault(good), good);
    BOOST_TEST(!find_host_fault(std::string(63, 'a') + ".net"));
    for (std::string const bad :
         {"", ".", "192.0.2.300", "192.0.2", "a..b", "-a.de", "a-.de", "a b.de", "http://a.de",
          "bücher.example", "a.de/x", "[2001:db8::1]", "a.de:80"})
        BOOST_TEST(find_host_fault(bad).has_value(), bad);
    BOOST_TEST(find_host_fault(std::string(64, 'a') + ".net").has_value());
    std::string long_name;
    while (long_name.size() <= 253)
        long_name += "abcdefghi.";
    BOOST_TEST(find_host_fault(long_name).has_value());
}

BOOST_AUTO_TEST_CASE(a_target_is_a_host_and_one_alone) {
    for (std::string const good : {"192.0.2.1", "2001:db8::1", "www.example.net"})
        BOOST_TEST(!find_target_fault(good), good);
    for (std::string const bad : {"", "a b", "0.0.0.0", "::", "239.1.2.3", "ff05::2",
                                  "255.255.255.255", "::ffff:224.0.0.1"})
        BOOST_TEST(find_target_fault(bad).has_value(), bad);
}

BOOST_AUTO_TEST_SUITE_END()
