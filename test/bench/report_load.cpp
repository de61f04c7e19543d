// Load for the master and for what it is measured against: reports of single-flow traces of 15
// hops, 2.2 kB of JSON each, every one new. Requests are made beforehand, and of each trace only
// its id and its start are written anew, so that of the cores which both sides share little is
// taken from the other side. One thread; prints one line of JSON.
//
// report_load PORT TRACES CONNECTIONS PROBES SECONDS MEASUREMENT [RATE [in-order]]
//
// Without RATE, or with 0, each connection sends its next report when the last one is answered.
// With RATE so many traces a second are sent whatever comes back, and an answer's time counts from
// when its report was due: one that waits for a free connection waits.
//
// Starts are spread at random over a day, the worst order for a database; `in-order` they are those
// of a network at work: a report's traces started in the milliseconds before it.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;

constexpr std::size_t span_s = 80'000;   // over which the traces are spread
constexpr std::size_t spare_ms = 5'000;  // to make the requests, before the run begins
constexpr std::size_t id_digits = 12;

struct Plan {
    int port = 0;
    std::size_t traces = 1;
    std::size_t connections = 1;
    std::size_t probes = 1;
    double seconds = 1;
    std::string measurement;
    double rate = 0;
    bool in_order = false;
};

template <class... Values>
std::string text_of(char const* format, Values... values) {
    char text[256];
    auto const size = std::snprintf(text, sizeof text, format, values...);
    return {text, static_cast<std::size_t>(size)};
}

std::string base64(std::string_view text) {
    constexpr auto* letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string coded;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        auto const part = text.substr(i, 3);
        unsigned bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < part.size() ? static_cast<unsigned char>(part[k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            coded += k > part.size() ? '=' : letters[bits >> (18 - 6 * k) & 63];
    }
    return coded;
}

/// What is written anew: the id's time and the start, by the second or in order by the millisecond.
struct Stamp {
    char id[14];  // "xxxxxxxx-xxxx"
    char start[24];
};

/// Of the day before, or of the time of the run.
std::vector<Stamp> all_stamps(Plan const& plan) {
    using std::chrono::milliseconds;
    milliseconds const step(plan.in_order ? 1 : 1000);
    auto const run_ms = static_cast<std::size_t>(plan.seconds * 1000) + spare_ms;
    std::vector<Stamp> stamps(plan.in_order ? plan.traces + run_ms : span_s);
    auto at = std::chrono::floor<milliseconds>(std::chrono::system_clock::now()).time_since_epoch();
    at -= step * static_cast<std::int64_t>(plan.in_order ? plan.traces : span_s + 1);
    for (auto& stamp : stamps) {
        auto const second = static_cast<std::time_t>(at.count() / 1000);
        std::tm parts{};
        gmtime_r(&second, &parts);
        auto const told_ms = plan.in_order ? at.count() : at.count() / 1000 * 1000;
        auto const high = text_of("%012llx", static_cast<unsigned long long>(told_ms));
        auto const id = high.substr(0, 8) + '-' + high.substr(8);
        std::memcpy(stamp.id, id.c_str(), sizeof stamp.id);
        char text[20];
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
        auto const start = text_of("%s.%03u", text, unsigned(told_ms % 1000));
        std::memcpy(stamp.start, start.c_str(), sizeof stamp.start);
        at += step;
    }
    return stamps;
}

Clock::duration in_clock(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(duration<double>(seconds));
}

/// A request, and where in it stands what is written anew.
class Request {
  public:
    Request(Plan const& plan, std::size_t probe, std::minstd_rand& random)
        : start_size_(plan.in_order ? 23 : 19) {
        std::string body = "[";
        for (std::size_t i = 0; i < plan.traces; ++i) {
            if (i > 0) body += ',';
            append_trace(body, plan, probe, random);
        }
        body += ']';
        auto const login = base64(text_of("n%zu:secret", probe));
        text_ =
            "POST /api/v1/probe/reports HTTP/1.1\r\nHost: master\r\n"
            "Content-Type: application/json\r\nAuthorization: Basic " +
            login + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
        for (auto& place : places_)
            place += text_.size();
        text_ += body;
    }

    /// `stamp_of`: of a trace, by its place in the report.
    template <class StampOf>
    void renew(StampOf const& stamp_of, std::uint64_t& count) {
        constexpr auto* digits = "0123456789abcdef";
        for (std::size_t i = 0; i < places_.size(); i += 2) {
            Stamp const& stamp = stamp_of(i / 2);
            char* const id = text_.data() + places_[i];
            std::memcpy(id, stamp.id, sizeof stamp.id - 1);
            auto number = ++count;
            for (char* digit = id + 36; digit != id + 36 - id_digits; number >>= 4)
                *--digit = digits[number & 15];
            std::memcpy(text_.data() + places_[i + 1], stamp.start, start_size_);
        }
    }

    [[nodiscard]] std::string const& text() const { return text_; }

  private:
    void append_trace(std::string& body, Plan const& plan, std::size_t probe,
                      std::minstd_rand& random) {
        body += R"({"id":")";
        places_.push_back(body.size());
        body += text_of("00000000-0000-7000-8%03x-000000000000", unsigned(random() % 4096));
        body += text_of(R"(","probe":"n%zu","measurement":{"id":")", probe) + plan.measurement;
        body += R"(","name":"bench"},"target":{"host":"10.0.15.1","address":"10.0.15.1"},)"
                R"("source":"192.0.2.1","method":"udp","started_at":")";
        places_.push_back(body.size());
        body += std::string(start_size_, '0') +
                text_of(R"(Z","took_us":%u,)", unsigned(24'000 + random() % 500));
        body += R"("stop_reason":"completed","packets":{"sent":15,"answered":15},)"
                R"("paths":[{"flow":0,"source_port":24000,"destination_port":33434,)"
                R"("reached":true,"hops":[)";
        for (unsigned ttl = 1; ttl <= 15; ++ttl) {
            if (ttl > 1) body += ',';
            body += text_of(R"({"ttl":%u,"sent":1,"answers":[{"from":"10.0.%u.1",)"
                            R"("name":"r%u.example.net","kind":"%s","rtt_us":%u,"reply_ttl":%u}]})",
                            ttl, ttl, ttl, ttl == 15 ? "port_unreachable" : "time_exceeded",
                            unsigned(10'000 + ttl * 900 + random() % 60), 64 - ttl);
        }
        body += "]}]}";
    }

    std::size_t start_size_;
    std::string text_;
    std::vector<std::size_t> places_;  ///< of an id, of a start, and so on
};

struct Connection {
    int socket = -1;
    std::unique_ptr<Request> request;  ///< none: free
    std::size_t sent = 0;
    std::string answer;
    Clock::time_point since;
};

class Load {
  public:
    explicit Load(Plan plan) : plan_(std::move(plan)), connections_(plan_.connections) {
        auto const spare = std::max<std::size_t>(plan_.probes, plan_.connections + 48);
        for (std::size_t i = 0; i < spare; ++i)
            requests_.push_back(std::make_unique<Request>(plan_, i % plan_.probes + 1, random_));
        for (auto& each : connections_) {
            each.socket = open();
            epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = &each}};
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, each.socket, &event);
            free_.push_back(&each);
        }
    }

    void run() {
        auto const begin = Clock::now();
        auto const end = begin + in_clock(plan_.seconds);
        bool const at_rate = plan_.rate > 0;
        auto const interval =
            in_clock(at_rate ? static_cast<double>(plan_.traces) / plan_.rate : 0);
        auto due = begin;
        for (auto now = begin; now < end; now = Clock::now()) {
            while (!free_.empty() && (!at_rate || due <= now)) {
                send_new(*free_.front(), at_rate ? due : now);
                free_.pop_front();
                due += interval;
            }
            look((at_rate && !free_.empty() ? std::min(due, end) : end) - Clock::now());
        }
        auto const answered = took_ms_.size();
        if (at_rate) add_unanswered(due, interval);
        print(answered, duration<double>(Clock::now() - begin).count());
    }

  private:
    [[nodiscard]] int open() const {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(plan_.port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int const made = ::socket(AF_INET, SOCK_STREAM, 0);
        if (::connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            give_up("cannot connect");
        int const on = 1;
        ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return made;
    }

    [[noreturn]] static void give_up(char const* reason) {
        std::perror(reason);
        std::exit(1);
    }

    void send_new(Connection& connection, Clock::time_point since) {
        connection.request = std::move(requests_.front());
        requests_.pop_front();
        auto const ran =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - made_);
        auto const first =
            std::min(static_cast<std::size_t>(ran.count()), stamps_.size() - plan_.traces);
        auto const stamp_of = [&](std::size_t i) -> Stamp const& {
            return stamps_[plan_.in_order ? first + i : random_() % stamps_.size()];
        };
        connection.request->renew(stamp_of, count_);
        connection.sent = 0;
        connection.since = since;
        send(connection);
    }

    static void send(Connection& connection) {
        auto const& text = connection.request->text();
        auto const sent = ::send(connection.socket, text.data() + connection.sent,
                                 text.size() - connection.sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) connection.sent += static_cast<std::size_t>(sent);
        if (sent < 0 && errno != EAGAIN) give_up("cannot send");
    }

    /// At what has come and what can be sent, for at most so long.
    void look(Clock::duration wait) {
        auto const ns = std::chrono::nanoseconds(std::max(wait, Clock::duration{})).count();
        timespec const limit{ns / 1'000'000'000, ns % 1'000'000'000};
        std::array<epoll_event, 64> events{};
        int const count = ::epoll_pwait2(epoll_, events.data(), events.size(), &limit, nullptr);
        if (count < 0) give_up("epoll");
        for (int i = 0; i < count; ++i) {
            auto& connection = *static_cast<Connection*>(events[std::size_t(i)].data.ptr);
            if (connection.request && connection.sent < connection.request->text().size())
                send(connection);
            receive(connection);
        }
    }

    void receive(Connection& connection) {
        char bytes[4096];
        ssize_t got = 0;
        while ((got = ::recv(connection.socket, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
            connection.answer.append(bytes, static_cast<std::size_t>(got));
        if (got == 0) give_up("the other side has closed");
        auto& answer = connection.answer;
        auto const head = answer.find("\r\n\r\n");
        if (head == std::string::npos) return;
        auto const length = answer.find("Content-Length: ");
        auto const body =
            length < head ? std::strtoul(answer.c_str() + length + 16, nullptr, 10) : 0;
        if (answer.size() < head + 4 + body) return;
        if (answer.compare(0, 12, "HTTP/1.1 200") == 0)
            took_ms_.push_back(
                duration<double, std::milli>(Clock::now() - connection.since).count());
        else
            ++refused_;
        answer.clear();
        requests_.push_back(std::move(connection.request));
        free_.push_back(&connection);
    }

    /// They have taken at least so long: those under way, and those that found no connection.
    void add_unanswered(Clock::time_point due, Clock::duration interval) {
        auto const now = Clock::now();
        auto const add = [&](Clock::time_point since) {
            took_ms_.push_back(duration<double, std::milli>(now - since).count());
        };
        for (auto const& each : connections_)
            if (each.request) add(each.since);
        for (; due <= now; due += interval)
            add(due);
    }

    void print(std::size_t answered, double seconds) {
        std::ranges::sort(took_ms_);
        auto const part = [&](double share) {
            auto const last = took_ms_.size() - 1;
            return took_ms_.empty() ? std::nan("") : took_ms_[std::size_t(share * double(last))];
        };
        std::printf(
            "{\"traces\":%zu,\"seconds\":%.3f,\"refused\":%zu,"
            "\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n",
            answered * plan_.traces, seconds, refused_, part(0.5), part(0.99), part(1));
    }

    Plan plan_;
    std::minstd_rand random_{std::random_device{}()};
    Clock::time_point made_ = Clock::now();
    std::vector<Stamp> stamps_ = all_stamps(plan_);
    std::uint64_t count_ = std::uint64_t{std::random_device{}()} << 12;
    std::deque<std::unique_ptr<Request>> requests_;
    std::vector<Connection> connections_;
    int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::deque<Connection*> free_;
    std::vector<double> took_ms_;
    std::size_t refused_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
    if (count < 7 || count > 9) return 2;
    auto const number = [&](int which) { return std::strtod(arguments[which], nullptr); };
    Load load({.port = static_cast<int>(number(1)),
               .traces = static_cast<std::size_t>(number(2)),
               .connections = static_cast<std::size_t>(number(3)),
               .probes = static_cast<std::size_t>(number(4)),
               .seconds = number(5),
               .measurement = arguments[6],
               .rate = count > 7 ? number(7) : 0,
               .in_order = count > 8 && arguments[8] == std::string_view("in-order")});
    load.run();
}
