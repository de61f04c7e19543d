#include "child.hpp"

#include <dtrace/wire/privileges.hpp>

#include <boost/test/unit_test.hpp>

#include <grp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <fstream>
#include <sstream>

using namespace dtrace;
using namespace dtrace::wire;

// These tests need root, to have something to give up; without it they fail.

namespace {

/// The capability sets of this process as the kernel shows them: "prm eff inh amb bnd".
std::string capability_sets() {
    std::ifstream status("/proc/self/status");
    std::string line, sets;
    while (std::getline(status, line))
        for (char const* name : {"CapPrm:", "CapEff:", "CapInh:", "CapAmb:", "CapBnd:"})
            if (line.starts_with(name)) sets += line.substr(0, 7) + line.substr(8) + ' ';
    return sets;
}

std::string state() {
    std::ostringstream text;
    text << "uid=" << getuid() << '/' << geteuid() << " gid=" << getgid() << '/' << getegid()
         << " groups=" << getgroups(0, nullptr)
         << " no_new_privs=" << prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) << ' ' << capability_sets();
    int const raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    text << (raw >= 0 ? "raw-yes" : "raw-no") << (has_net_raw() ? " has" : " has-not");
    return text.str();
}

std::string state_after(KeepNetRaw keep, std::string user) {
    return test::in_child([=]() -> std::string {
        auto const dropped = drop_privileges(keep, user);
        return dropped ? state() : dropped.error().message;
    });
}

constexpr char const* only_net_raw =
    "CapInh:0000000000000000 CapPrm:0000000000002000 CapEff:0000000000002000 "
    "CapBnd:0000000000002000 CapAmb:0000000000000000 raw-yes has";
constexpr char const* nothing =
    "CapInh:0000000000000000 CapPrm:0000000000000000 CapEff:0000000000000000 "
    "CapBnd:0000000000000000 CapAmb:0000000000000000 raw-no has-not";

bool contains(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(privileges)

BOOST_AUTO_TEST_CASE(the_tests_run_as_root) {
    BOOST_REQUIRE_MESSAGE(geteuid() == 0, "run the tests as root");
    BOOST_TEST(has_net_raw());
}

BOOST_AUTO_TEST_CASE(root_keeps_its_id_and_net_raw) {
    std::string const state = state_after(KeepNetRaw::yes, "");
    BOOST_TEST(state.starts_with("uid=0/0 gid=0/0 "), state);
    BOOST_TEST(contains(state, " no_new_privs=1 "), state);
    BOOST_TEST(state.ends_with(only_net_raw), state);
}

BOOST_AUTO_TEST_CASE(root_keeps_nothing) {
    std::string const state = state_after(KeepNetRaw::no, "");
    BOOST_TEST(state.ends_with(nothing), state);
}

BOOST_AUTO_TEST_CASE(root_becomes_a_user_with_net_raw) {
    std::string const state = state_after(KeepNetRaw::yes, "nobody");
    BOOST_TEST(state.starts_with("uid=65534/65534 gid=65534/65534 groups=1 no_new_privs=1 "),
               state);
    BOOST_TEST(state.ends_with(only_net_raw), state);
}

BOOST_AUTO_TEST_CASE(root_becomes_a_user_with_nothing) {
    std::string const state = state_after(KeepNetRaw::no, "nobody");
    BOOST_TEST(state.starts_with("uid=65534/65534 "), state);
    BOOST_TEST(state.ends_with(nothing), state);
}

BOOST_AUTO_TEST_CASE(there_is_no_way_back) {
    BOOST_TEST(test::in_child([]() -> std::string {
                   auto const dropped = drop_privileges(KeepNetRaw::yes, "nobody");
                   if (!dropped) return dropped.error().message;
                   return setuid(0) == 0 ? "root again" : "never root again";
               }) == "never root again");
}

BOOST_AUTO_TEST_CASE(a_user_may_drop_again_but_not_change) {
    std::string const said = test::in_child([]() -> std::string {
        if (auto first = drop_privileges(KeepNetRaw::yes, "nobody"); !first)
            return first.error().message;
        if (auto same = drop_privileges(KeepNetRaw::yes, "nobody"); !same)
            return same.error().message;
        if (!has_net_raw()) return "lost the capability";
        auto const other = drop_privileges(KeepNetRaw::yes, "root");
        return other ? "became root" : other.error().message;
    });
    BOOST_TEST(said == "cannot become user root: only root can, start it with sudo");
}

BOOST_AUTO_TEST_CASE(an_unknown_user_is_an_error) {
    BOOST_TEST(state_after(KeepNetRaw::yes, "no-such-user-here") ==
               "there is no user no-such-user-here");
}

BOOST_AUTO_TEST_CASE(the_advice_names_this_program) {
    BOOST_TEST(contains(net_raw_advice(), "sudo setcap cap_net_raw+ep /"));
    BOOST_TEST(net_raw_advice().ends_with("wire_test"));
}

BOOST_AUTO_TEST_SUITE_END()
