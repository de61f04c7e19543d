// What reading and writing one trace costs: 15 hops, three answers each, about 6 kB of text.

#include <dtrace/json/quick_reader.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <sample_trace.hpp>

#include <cstdio>
#include <string>

using namespace dtrace;

namespace {

template <class F>
void measure(char const* what, F&& f) {
    constexpr int rounds = 20'000;
    for (int i = 0; i < rounds / 10; ++i)
        f();
    auto const start = Clock::now();
    for (int i = 0; i < rounds; ++i)
        f();
    auto const taken = std::chrono::duration<double, std::micro>(Clock::now() - start);
    std::printf("%s: %.1f us\n", what, taken.count() / rounds);
}

}  // namespace

int main() {
    test::StablePath path(1, 15, 3);
    auto const trace = path.next("n1", {make_uuid_from_name("m"), "m"}, wall_clock_now());
    auto const text = json::write(trace);
    std::printf("%zu bytes\n", text.size());
    std::size_t sum = 0;
    measure("parse", [&] { sum += json::Document(text).root().has_value(); });
    measure("parse and read",
            [&] { sum += json::read<Trace>(text, json::UnknownKeys::ignore)->paths.size(); });
    measure("read quickly", [&] {
        Trace read;
        sum += json::QuickReader(text).read(read) && read.paths.size() == trace.paths.size();
    });
    measure("write", [&] { sum += json::write(trace).size(); });
    return sum == 0;
}
