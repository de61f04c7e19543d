#include "resolver/host_name.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::wire;

namespace {

std::string fault(std::string const& name) {
    auto const checked = check_host_name(name);
    return checked ? "" : checked.error().message;
}

std::string label(std::size_t length) {
    return std::string(length, 'a');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_name)

BOOST_AUTO_TEST_CASE(good_names) {
    std::string const longest = label(63) + '.' + label(63) + '.' + label(63) + '.' + label(61);
    BOOST_TEST(longest.size() == 253u);
    for (std::string const& name :
         {std::string("localhost"), std::string("www.example.net"), std::string("www.example.net."),
          std::string("xn--bcher-kva.example"), std::string("_dmarc.example"),
          std::string("3com.example"), std::string("1.2.3.example"), longest, longest + '.'})
        BOOST_TEST(fault(name) == "");
}

BOOST_AUTO_TEST_CASE(bad_names_and_why) {
    auto const ends_with = [](std::string const& name, std::string const& why) {
        BOOST_TEST(fault(name) == "host name \"" + name + "\" " + why);
    };
    ends_with("", "is empty");
    ends_with(".", "is empty");
    ends_with("a..b", "has an empty part between dots");
    ends_with(".a", "has an empty part between dots");
    ends_with("a..", "has an empty part between dots");
    ends_with("a b", "may hold only ASCII letters, digits, '-', '_' and '.'");
    ends_with("a/b", "may hold only ASCII letters, digits, '-', '_' and '.'");
    ends_with("-a.b", "has a part that starts or ends with '-'");
    ends_with("a-.b", "has a part that starts or ends with '-'");
    ends_with("300.1.1.1", "is neither an IP address nor a name");
    ends_with("1.2.3", "is neither an IP address nor a name");
    ends_with("127", "is neither an IP address nor a name");
}

BOOST_AUTO_TEST_CASE(long_or_unprintable_names_are_told_shortly) {
    BOOST_TEST(fault("a\x1b[31m.b").find('\x1b') == std::string::npos);
    BOOST_TEST(fault("b\xc3\xbc"
                     "cher")
                   .find("b??cher") != std::string::npos);
    BOOST_TEST(fault(label(64)).find("has a part longer than 63 characters") != std::string::npos);
    std::string const longer = label(63) + '.' + label(63) + '.' + label(63) + '.' + label(62);
    BOOST_TEST(fault(longer).find("is longer than 253 characters") != std::string::npos);
    BOOST_TEST(fault(std::string(100'000, 'a')).size() < 150u);
}

BOOST_AUTO_TEST_SUITE_END()
