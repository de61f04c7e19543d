#include <dtrace/model/trace.hpp>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

using namespace dtrace;
using namespace std::string_view_literals;

namespace {

/// Every enumerator's text, each of which must read back to it.
template <class E>
std::vector<std::string_view> texts() {
    std::vector<std::string_view> all;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
        E const value = enumerator.value;
        BOOST_TEST((parse<E>(to_text(value)).value() == value));
        all.push_back(to_text(value));
    });
    return all;
}

using Texts = std::vector<std::string_view>;

}  // namespace

// These words are the API's, the database's and the command line's: a change breaks users.
BOOST_AUTO_TEST_SUITE(enum_text)

BOOST_AUTO_TEST_CASE(methods_and_families) {
    BOOST_TEST((texts<Method>() == Texts{"udp", "tcp", "icmp"}));
    BOOST_TEST((texts<Family>() == Texts{"ipv4", "ipv6"}));
}

BOOST_AUTO_TEST_CASE(reply_kinds) {
    BOOST_TEST(
        (texts<ReplyKind>() == Texts{"time_exceeded", "echo_reply", "syn_ack", "rst",
                                     "port_unreachable", "host_unreachable", "net_unreachable",
                                     "prohibited", "other_unreachable", "other"}));
    BOOST_TEST((texts<TunnelSign>() ==
                Texts{"quoted_ttl", "label_ttl", "return_path", "echo_path", "same_address"}));
    BOOST_TEST((texts<Balancing>() == Texts{"none", "per_flow", "per_packet", "unknown"}));
}

BOOST_AUTO_TEST_CASE(stop_reasons) {
    BOOST_TEST((texts<StopReason>() == Texts{"completed", "unreachable", "gap_limit", "hop_limit",
                                             "loop", "cancelled", "error"}));
}

BOOST_AUTO_TEST_CASE(interface_roles) {
    BOOST_TEST(
        (texts<InterfaceRole>() == Texts{"incoming", "incoming_part", "outgoing", "next_hop"}));
}

BOOST_AUTO_TEST_CASE(other_words_are_refused_with_the_allowed_ones) {
    for (std::string_view const text :
         {""sv, "UDP"sv, "ud"sv, "udpp"sv, " udp"sv, "udp\0"sv, "udp\0junk"sv, "0"sv}) {
        auto const method = parse<Method>(text);
        BOOST_TEST(!method.has_value(), "accepted '" << text << "'");
        if (!method.has_value())
            BOOST_TEST(method.error().message == "must be one of udp, tcp, icmp");
    }
}

BOOST_AUTO_TEST_CASE(a_value_without_a_name_is_unknown) {
    BOOST_TEST(to_text(static_cast<Method>(77)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
