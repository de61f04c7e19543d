#include "replies.hpp"

#include <dtrace/packet/icmp_extension.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdlib>
#include <new>

namespace {

std::size_t allocations = 0;

}  // namespace

// Counts what this whole program allocates.
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

BOOST_AUTO_TEST_SUITE(no_allocation)

BOOST_AUTO_TEST_CASE(the_path_of_a_packet_allocates_nothing) {
    for (auto const& flow : all_kinds_of_flow()) {
        FlowEncoder const encoder(flow, known_secret());
        std::array<std::byte, max_packet_size> out{};
        auto const size = encoder.encode({.ttl = 7, .ticks = 99}, out);
        auto const packet = std::span(out).first(size);
        std::vector<Answer> answers{time_exceeded(family_of(flow.source), packet)};
        if (flow.method == Method::tcp)
            answers.push_back(tcp_answer(packet, flow, tcp_rst | tcp_ack));
        if (flow.method == Method::icmp) answers.push_back(echo_reply(packet, flow));

        std::size_t const before = allocations;
        encoder.encode(usable_tag({.ttl = 8, .ticks = 100}, encoder.mask()), out);
        bool const all_decoded =
            std::ranges::all_of(answers, [](Answer const& a) { return a.decode().has_value(); });
        std::size_t const after = allocations;
        BOOST_TEST(all_decoded);
        BOOST_TEST(after == before);
    }
}

// So that the count above is known to count.
BOOST_AUTO_TEST_CASE(extension_objects_do_allocate) {
    auto const flow = make_flow(Method::udp, Family::ipv4);
    auto const label = mpls_extension(std::vector<MplsLabel>{{24001, 0, true, 1}});
    auto const answer = time_exceeded_with(
        Family::ipv4, encode(flow, {.ttl = 7, .ticks = 99}, known_secret()), label, true);
    std::size_t const before = allocations;
    bool const labelled = answer.decode()->extensions.labels.size() == 1;
    BOOST_TEST(allocations > before);
    BOOST_TEST(labelled);
}

BOOST_AUTO_TEST_SUITE_END()
