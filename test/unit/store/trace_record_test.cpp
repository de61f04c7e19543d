#include "records/trace_record.hpp"

#include "odd_traces.hpp"
#include "records/split_traces.hpp"

#include <boost/test/unit_test.hpp>

#include <sample_trace.hpp>

#include <algorithm>
#include <map>
#include <random>

using namespace dtrace;
using namespace dtrace::store;

namespace {

struct Numbers : Numbering, Naming {
    std::vector<IpAddress> addresses;
    std::vector<std::string> texts;

    RowId number_of(IpAddress const& address) override {
        addresses.push_back(address);
        return static_cast<RowId>(addresses.size());
    }
    RowId number_of(std::string_view text) override {
        texts.emplace_back(text);
        return static_cast<RowId>(texts.size());
    }
    std::optional<IpAddress> address_of(RowId id) override { return at(addresses, id); }
    std::optional<std::string> text_of(RowId id) override { return at(texts, id); }

    template <class T>
    static std::optional<T> at(std::vector<T> const& list, RowId id) {
        if (id < 1 || id > static_cast<RowId>(list.size())) return std::nullopt;
        return list[static_cast<std::size_t>(id - 1)];
    }
};

constexpr RowId context = 77;
constexpr RowId error = 5;

/// A trace as it is in the database, and what was read back of it.
struct Stored {
    Numbers numbers;
    std::vector<std::string> shapes, firsts;
    std::string record;

    explicit Stored(Trace const& trace) {
        std::vector<RecordedPath> paths;
        std::vector<Trace> const one{trace};
        auto const split = split_all(one);
        for (SplitPath const& parts : split) {
            auto first = first_trace(context, trace.took_us / 2 + 7, parts);
            shapes.push_back(encode_shape(parts, numbers));
            firsts.push_back(encode_first_trace(first));
            paths.push_back({static_cast<RowId>(1000 - paths.size()), first, &parts});
        }
        record = encode_record(trace, context, trace.error ? error : 0, paths);
    }

    std::optional<Trace> read() {
        auto const header = decode_header(record);
        if (!header || header->paths.size() != shapes.size()) return std::nullopt;
        std::vector<StoredPath> paths;
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            auto const first = decode_first_trace(firsts[i]);
            auto shape = decode_shape(shapes[i], first, numbers);
            if (!shape) return std::nullopt;
            paths.push_back({*std::move(shape), first.context, first.took_us});
        }
        std::vector<StoredPath const*> pointers;
        for (auto const& path : paths)
            pointers.push_back(&path);
        Trace trace;
        auto samples = decode_samples(record, pointers);
        if (!samples) return std::nullopt;
        join(*std::move(samples), pointers, trace);
        return trace;
    }
};

/// Only what the record holds.
Trace without_key_and_context(Trace trace) {
    Trace result;
    result.stop_reason = trace.stop_reason;
    result.took_us = trace.took_us;
    result.packets = trace.packets;
    result.multipath = trace.multipath;
    result.heard = trace.heard;
    result.paths = std::move(trace.paths);
    return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trace_record)

BOOST_AUTO_TEST_CASE(a_hop_of_many_different_answers_costs_no_more_than_its_size) {
    test::OddTraces odd(5);
    Trace trace = odd.next();
    Hop hop{.ttl = 1, .sent = 20'000, .answers = {}};
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        Answer answer;
        answer.from = IpV4(0x0A000001);
        answer.node.emplace().name = "node " + std::to_string(i % 10'000);
        answer.rtt_us = i;
        hop.answers.push_back(answer);
    }
    Path path;
    path.hops = {std::move(hop)};
    trace.paths = {std::move(path)};
    auto const began = Clock::now();
    Stored stored(trace);
    // Comparing all with all takes minutes.
    BOOST_TEST((Clock::now() - began < seconds(10)));
    BOOST_TEST((stored.read() == without_key_and_context(trace)));
    BOOST_TEST(split(trace.paths.front()).kinds.size() == 10'000U);
}

BOOST_AUTO_TEST_CASE(every_trace_comes_back_as_it_was) {
    test::OddTraces traces(3);
    for (int i = 0; i < 1000; ++i) {
        auto const trace = traces.next();
        auto const read = Stored(trace).read();
        BOOST_REQUIRE(read);
        BOOST_REQUIRE((*read == without_key_and_context(trace)));
    }
}

BOOST_AUTO_TEST_CASE(what_was_heard_takes_little_more_than_two_bytes_a_flow) {
    test::OddTraces odd(8);
    auto trace = odd.next();
    trace.heard.reset();
    auto const without = Stored(trace).record.size();
    trace.heard = Heard{.listened_ms = 60'000, .flows = {}};
    for (std::uint16_t i = 0; i < 64; ++i)
        trace.heard->flows.push_back({.source_port = static_cast<Port>(24'640 + i),
                                      .destination_port = 33'434,
                                      .ago_ms = 31'000U - i,
                                      .packets = 3});
    BOOST_TEST(Stored(trace).record.size() <= without + 64 * 5 / 2);
}

BOOST_AUTO_TEST_CASE(the_header_says_what_to_look_up) {
    test::OddTraces traces(4);
    for (int i = 0; i < 100; ++i) {
        auto const trace = traces.next();
        auto const header = decode_header(Stored(trace).record).value();
        BOOST_TEST(header.context == (trace.paths.empty() ? context : 0));
        BOOST_TEST(header.error == (trace.error ? error : 0));
        BOOST_REQUIRE_EQUAL(header.paths.size(), trace.paths.size());
        for (std::size_t n = 0; n < header.paths.size(); ++n)
            BOOST_TEST(header.paths[n] == static_cast<RowId>(1000 - n));
    }
}

BOOST_AUTO_TEST_CASE(damaged_bytes_are_noticed_or_read_but_never_believed_blindly) {
    test::OddTraces traces(5);
    std::mt19937 random(6);
    for (int i = 0; i < 3000; ++i) {
        Stored stored(traces.next());
        std::vector<std::string*> parts{&stored.record};
        for (auto& shape : stored.shapes)
            parts.push_back(&shape);
        for (auto& first : stored.firsts)
            parts.push_back(&first);
        auto& bytes = *parts[random() % parts.size()];
        if (bytes.empty()) continue;
        if (random() % 2)
            bytes.resize(random() % bytes.size());
        else
            bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
        (void)stored.read();  // under the sanitizers this is the test
    }
}

BOOST_AUTO_TEST_CASE(equal_shapes_have_equal_hashes) {
    test::StablePath stable(1, 15, 3);
    auto const now = wall_clock_now();
    auto const first = split(stable.next("p", {}, now).paths[0]);
    auto const second = split(stable.next("p", {}, now).paths[0]);
    BOOST_TEST(first.hash.size() == 16U);
    BOOST_TEST(first.hash == second.hash);
}

BOOST_AUTO_TEST_CASE(who_answers_first_does_not_matter) {
    test::OddTraces traces(7);
    for (int i = 0; i < 300; ++i) {
        auto path = traces.path();
        auto const hash = split(path).hash;
        for (Hop& hop : path.hops)
            std::ranges::reverse(hop.answers);
        BOOST_REQUIRE(split(path).hash == hash);
    }
}

BOOST_AUTO_TEST_CASE(every_difference_of_the_network_is_another_shape) {
    test::StablePath stable(1, 15, 1);
    auto const path = stable.next("p", {}, wall_clock_now()).paths[0];
    std::map<std::string, int> hashes;
    auto const change = [&](auto how) {
        Path changed = path;
        how(changed);
        ++hashes[split(changed).hash];
    };
    change([](Path&) {});
    change([](Path& p) { p.flow = 1; });
    change([](Path& p) { p.source_port = 24'001; });
    change([](Path& p) { p.destination_port.reset(); });
    change([](Path& p) { p.icmp_checksum = 0; });
    change([](Path& p) { p.reached = false; });
    change([](Path& p) { p.partial = true; });
    change([](Path& p) { p.partial = false; });
    change([](Path& p) { p.hops[3].tunnel_hints.emplace(); });
    change([](Path& p) { p.hops[4].tunnel_hints.emplace(1); });
    change([](Path& p) { p.hops.pop_back(); });
    change([](Path& p) { p.hops[3].ttl = 9; });
    change([](Path& p) { p.hops[3].answers.clear(); });
    change([](Path& p) { p.hops[3].answers.push_back(p.hops[4].answers[0]); });
    auto const change_answer = [&](auto how) {
        change([&](Path& p) { how(p.hops[3].answers[0]); });
    };
    change_answer([](Answer& a) { a.from = IpV4(1); });
    change_answer([](Answer& a) { a.name.reset(); });
    change_answer([](Answer& a) { a.name = ""; });
    change_answer([](Answer& a) { a.kind = ReplyKind::rst; });
    change_answer([](Answer& a) { a.reply_ttl = 1; });
    change_answer([](Answer& a) { a.quoted_ttl = 0; });
    change_answer([](Answer& a) { a.icmp_code = 0; });
    change_answer([](Answer& a) { a.mtu = 0; });
    change_answer([](Answer& a) { a.labels.emplace(); });
    change_answer([](Answer& a) { a.labels.emplace(1); });
    change_answer([](Answer& a) { a.quoted_tos = 0; });
    change_answer([](Answer& a) { a.icmp_type = 0; });
    change_answer([](Answer& a) { a.translation.emplace(); });
    change_answer([](Answer& a) { a.translation.emplace().checksum_change = 0; });
    change_answer([](Answer& a) { a.interfaces.emplace(); });
    change_answer([](Answer& a) { a.node.emplace(); });
    change_answer([](Answer& a) { a.objects.emplace(1); });
    BOOST_TEST(hashes.size() == 31U);
}

BOOST_AUTO_TEST_CASE(a_stable_path_takes_little) {
    for (auto const& [attempts, limit] : {std::pair{1U, 32U}, std::pair{3U, 80U}}) {
        test::StablePath stable(1, 15, attempts);
        auto const now = wall_clock_now();
        auto const trace = stable.next("p", {}, now);
        auto const first = first_trace(context, trace.took_us, split(trace.paths[0]));
        std::size_t bytes = 0;
        for (int i = 0; i < 100; ++i) {
            auto const later = stable.next("p", {}, now);
            auto const parts = split(later.paths[0]);
            std::vector<RecordedPath> const paths{{50'000, first, &parts}};
            bytes += encode_record(later, context, 0, paths).size();
        }
        BOOST_TEST(bytes / 100 <= limit, "bytes: " << bytes / 100);
    }
}

BOOST_AUTO_TEST_SUITE_END()
