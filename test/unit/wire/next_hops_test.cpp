#include "packet/next_hops.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace dtrace;
using namespace dtrace::wire;

namespace {

/// What the tables hold, and how often they were asked.
struct Kernel {
    std::map<IpAddress, RouteAnswer> routes;
    std::map<IpAddress, HardwareAddress> neighbours;
    std::optional<HardwareAddress> own_address = HardwareAddress{2, 0, 0, 0, 0, 99};
    TableChanges changed;
    int route_questions = 0;
    int neighbour_questions = 0;
    int own_questions = 0;
};

struct Tables {
    Kernel* kernel;

    std::optional<RouteAnswer> route(IpAddress const& destination) {
        ++kernel->route_questions;
        auto const found = kernel->routes.find(destination);
        if (found == kernel->routes.end()) return std::nullopt;
        return found->second;
    }
    std::optional<NeighbourAnswer> neighbour(std::uint32_t, IpAddress const& address) {
        ++kernel->neighbour_questions;
        auto const found = kernel->neighbours.find(address);
        if (found == kernel->neighbours.end()) return std::nullopt;
        return NeighbourAnswer{found->second};
    }
    std::optional<HardwareAddress> own_address(std::uint32_t) {
        ++kernel->own_questions;
        return kernel->own_address;
    }
    TableChanges changes() { return std::exchange(kernel->changed, {}); }
};

struct NextHopsFixture {
    Kernel kernel;
    NextHops<Tables> hops{Tables{&kernel}};
    TimePoint now{seconds(100)};
    IpAddress const gateway = IpV4(0x0A000001);
    IpAddress const near = IpV4(0x0A000002);
    IpAddress const far = IpV4(0xC6336409);
    IpAddress const farther = IpV4(0xC633640A);

    NextHopsFixture() {
        kernel.routes[near] = {.plain = true, .interface = 5};
        kernel.routes[far] =
            kernel.routes[farther] = {.plain = true, .interface = 5, .gateway = gateway};
        kernel.neighbours[gateway] = {2, 0, 0, 0, 0, 1};
    }

    /// The last byte of the hardware address; 0: the kernel shall send.
    int find(IpAddress const& destination) {
        hops.refresh(now);
        auto const* const hop = hops.find(destination, now);
        if (!hop) return 0;
        BOOST_TEST(hop->interface == 5U);
        BOOST_TEST(int{hop->header.h_source[5]} == 99);
        return hop->header.h_dest[5];
    }
    void pass(Duration time) { now += time; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(next_hops, NextHopsFixture)

BOOST_AUTO_TEST_CASE(the_first_packet_is_the_kernels_and_the_next_ones_ours) {
    BOOST_TEST(find(far) == 0);
    BOOST_TEST(find(far) == 1);
    BOOST_TEST(find(far) == 1);
    BOOST_TEST(find(farther) == 1);  // the same neighbour
    BOOST_TEST(kernel.route_questions == 2);
    BOOST_TEST(kernel.neighbour_questions == 1);
}

BOOST_AUTO_TEST_CASE(now_and_then_the_kernel_confirms_the_neighbour) {
    find(far);
    pass(milliseconds(999));
    BOOST_TEST(find(far) == 1);
    pass(milliseconds(1));
    BOOST_TEST(find(far) == 0);
    BOOST_TEST(find(far) == 1);
    BOOST_TEST(kernel.neighbour_questions == 2);
}

BOOST_AUTO_TEST_CASE(an_unknown_neighbour_is_looked_for_while_the_kernel_sends) {
    BOOST_TEST(find(near) == 0);
    BOOST_TEST(find(near) == 0);
    BOOST_TEST(kernel.neighbour_questions == 1);
    BOOST_TEST(kernel.own_questions == 0);
    kernel.neighbours[near] = {2, 0, 0, 0, 0, 9};
    pass(milliseconds(1));
    BOOST_TEST(find(near) == 0);
    BOOST_TEST(find(near) == 9);
}

BOOST_AUTO_TEST_CASE(what_is_no_ethernet_stays_with_the_kernel) {
    kernel.own_address.reset();
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(find(far) == 0);
        pass(milliseconds(1));
    }
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_changes_or_goes_is_noticed) {
    find(far);
    kernel.neighbours[gateway] = {2, 0, 0, 0, 0, 7};
    kernel.changed.neighbours = true;
    BOOST_TEST(find(far) == 1);  // nobody has looked yet
    pass(milliseconds(10));
    BOOST_TEST(find(far) == 0);
    BOOST_TEST(find(far) == 7);
    kernel.neighbours.clear();
    kernel.changed.neighbours = true;
    pass(milliseconds(10));
    BOOST_TEST(find(far) == 0);
    BOOST_TEST(find(far) == 0);
    BOOST_TEST(kernel.route_questions == 1);
}

BOOST_AUTO_TEST_CASE(a_route_that_changes_is_asked_for_again) {
    find(far);
    kernel.routes[far].gateway = near;
    kernel.neighbours[near] = {2, 0, 0, 0, 0, 9};
    kernel.changed.routes = true;
    pass(milliseconds(10));
    find(far);
    BOOST_TEST(find(far) == 9);
}

BOOST_AUTO_TEST_CASE(a_route_does_not_live_for_ever) {
    find(far);
    kernel.routes.erase(far);
    pass(seconds(10));
    BOOST_TEST(find(far) == 0);
    BOOST_TEST(find(far) == 0);
    BOOST_TEST(kernel.route_questions == 2);
}

BOOST_AUTO_TEST_CASE(what_is_not_plain_stays_with_the_kernel) {
    kernel.routes[far].plain = false;
    for (IpAddress const& destination :
         {far, IpAddress(IpV4(0xC0000201)), *parse<IpAddress>("fe80::1")}) {
        BOOST_TEST(find(destination) == 0);
        BOOST_TEST(find(destination) == 0);
    }
    BOOST_TEST(kernel.neighbour_questions == 0);
    BOOST_TEST(kernel.route_questions == 2);  // none for the link-local one
}

BOOST_AUTO_TEST_CASE(a_gateway_of_the_other_family_gets_frames_of_the_packets_family) {
    IpAddress const gateway_v6 = IpV6({0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    IpAddress const far_v6 = IpV6({0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9});
    kernel.routes[far] =
        kernel.routes[far_v6] = {.plain = true, .interface = 5, .gateway = gateway_v6};
    kernel.neighbours[gateway_v6] = {2, 0, 0, 0, 0, 6};
    for (IpAddress const& destination : {far, far_v6}) {
        BOOST_TEST(find(destination) == 0);
        BOOST_TEST(find(destination) == 6);
        auto const* const hop = hops.find(destination, now);
        BOOST_REQUIRE(hop);
        BOOST_TEST(hop->header.h_proto == htons(destination.is_v4() ? ETH_P_IP : ETH_P_IPV6));
    }
}

BOOST_AUTO_TEST_CASE(what_is_remembered_is_bounded) {
    for (std::uint32_t i = 0; i < 2 * hops.most_routes; ++i) {
        IpAddress const destination = IpV4(0x0B000000 + i);
        kernel.routes.clear();
        kernel.routes[destination] = {.plain = true, .interface = 5, .gateway = gateway};
        hops.refresh(now);
        static_cast<void>(hops.find(destination, now));
    }
    BOOST_TEST(hops.size() <= hops.most_routes);
}

BOOST_AUTO_TEST_SUITE_END()
