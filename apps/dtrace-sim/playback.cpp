#include "playback.hpp"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include <algorithm>

namespace dtrace::simulator {
namespace {

constexpr std::size_t most_on_the_way = 1'000'000;
constexpr auto spin_time = microseconds(100);

volatile sig_atomic_t stop_asked = 0;

void ask_to_stop(int) {
    stop_asked = 1;
}

}  // namespace

void Playback::block_stop_signals() {
    sigset_t stops;
    sigemptyset(&stops);
    struct sigaction action {};
    action.sa_handler = ask_to_stop;
    for (int signal : {SIGINT, SIGTERM}) {
        sigaddset(&stops, signal);
        sigaction(signal, &action, nullptr);
    }
    sigprocmask(SIG_BLOCK, &stops, nullptr);
}

Result<void> Playback::go_first() {
    sched_param const lowest{.sched_priority = 1};
    if (sched_setscheduler(0, SCHED_RR, &lowest) != 0)
        return errno_error("real-time scheduling (needs CAP_SYS_NICE)");
    return {};
}

bool Playback::is_later(Reply const& a, Reply const& b) {
    return a.due != b.due ? a.due > b.due : a.number > b.number;
}

Result<void> Playback::run(TimePoint end) {
    // Else the kernel may add 50 µs to every sleep.
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    while (!stop_asked && Clock::now() < end) {
        auto const taken = take_packet();
        if (!taken) return taken.error();
        write_due();
        if (!*taken) wait(end);
    }
    return {};
}

/// False when there was none.
Result<bool> Playback::take_packet() {
    auto const size = device_.read(buffer_);
    if (!size) return size.error();
    if (*size == 0) return false;
    auto const packet = std::span(buffer_).first(*size);
    auto const now = Clock::now();
    auto const known = arrivals_ ? arrivals_->of(packet) : now;
    // The network's time does not go back, though two processors may send at once. A packet of
    // which its time is not known is late itself, but makes none of those behind it late.
    if (known) last_arrival_ = std::max(last_arrival_, *known);
    TimePoint const arrival = known ? last_arrival_ : now;
    counts_.arrivals_unknown += known ? 0 : 1;
    ++counts_.packets_read;
    for (sim::Delivery& reply : network_.process(packet, last_arrival_)) {
        if (on_the_way_.size() >= most_on_the_way) {
            ++counts_.replies_overflowed;
            continue;
        }
        on_the_way_.push_back({arrival + reply.delay, numbered_++, std::move(reply.bytes)});
        std::ranges::push_heap(on_the_way_, is_later);
    }
    return true;
}

void Playback::write_due() {
    while (!on_the_way_.empty()) {
        auto const late = Clock::now() - on_the_way_.front().due;
        if (late < Duration::zero()) return;
        std::ranges::pop_heap(on_the_way_, is_later);
        bool const written = device_.write(on_the_way_.back().bytes);
        ++(written ? counts_.replies_written : counts_.replies_refused);
        on_the_way_.pop_back();
        auto const us = static_cast<std::uint64_t>(late / microseconds(1));
        ++lateness_[std::min<std::uint64_t>(us, lateness_.size() - 1)];
        counts_.lateness_max_us = std::max(counts_.lateness_max_us, us);
    }
}

/// For a packet, a reply's time, the end or a signal.
void Playback::wait(TimePoint end) {
    TimePoint until = end;
    if (!on_the_way_.empty())
        until = std::min(until, on_the_way_.front().due - (spin_ ? spin_time : Duration::zero()));
    auto const time = std::clamp<Duration>(until - Clock::now(), Duration::zero(), seconds(60));
    auto const whole = std::chrono::floor<seconds>(time);
    timespec const limit{.tv_sec = whole.count(), .tv_nsec = (time - whole).count()};
    pollfd packets{.fd = device_.descriptor(), .events = POLLIN, .revents = 0};
    sigset_t none;
    sigemptyset(&none);
    ppoll(&packets, 1, &limit, &none);
}

PlaybackReport Playback::report() const {
    PlaybackReport report = counts_;
    report.truth = network_.truth();
    std::uint64_t const all = counts_.replies_written + counts_.replies_refused;
    auto const percentile = [&](std::uint64_t hundredths) {
        std::uint64_t passed = 0;
        for (std::size_t us = 0; us < lateness_.size(); ++us)
            if (passed += lateness_[us]; passed * 100 > all * hundredths) return us;
        return std::size_t{0};
    };
    report.lateness_median_us = percentile(50);
    report.lateness_p99_us = percentile(99);
    return report;
}

}  // namespace dtrace::simulator
