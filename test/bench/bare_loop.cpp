// What the master is measured against: Beast, Boost.JSON and SQLite with nothing around them. Takes
// reports of traces, parses them, and answers when they are on disk; all that waits shares a
// commit.
//
// bare_loop PORT FILE

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <sqlite3.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

struct Row {
    std::string id, started, record;
};
struct Job {
    std::vector<Row> rows;
    asio::steady_timer* done;
};

/// One thread, one transaction for whatever waits.
class Writer {
  public:
    explicit Writer(char const* file) {
        sqlite3_open(file, &database_);
        // As the store does.
        run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = "
            "8000;"
            "CREATE TABLE IF NOT EXISTS trace (started TEXT, id TEXT, record BLOB,"
            " PRIMARY KEY (started, id)) WITHOUT ROWID");
        sqlite3_prepare_v2(database_, "INSERT OR IGNORE INTO trace VALUES (?, ?, ?)", -1, &insert_,
                           nullptr);
        std::thread([this] { work(); }).detach();
    }
    void push(Job job) {
        {
            std::lock_guard const lock(mutex_);
            jobs_.push_back(std::move(job));
        }
        changed_.notify_one();
    }

  private:
    void run(char const* sql) { sqlite3_exec(database_, sql, nullptr, nullptr, nullptr); }
    void bind(int index, std::string const& text) {
        sqlite3_bind_text(insert_, index, text.data(), static_cast<int>(text.size()), nullptr);
    }
    void work() {
        for (;;) {
            std::vector<Job> jobs;
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [this] { return !jobs_.empty(); });
                jobs.swap(jobs_);
            }
            run("BEGIN IMMEDIATE");
            for (auto const& job : jobs)
                for (auto const& row : job.rows) {
                    bind(1, row.started);
                    bind(2, row.id);
                    bind(3, row.record);
                    sqlite3_step(insert_);
                    sqlite3_reset(insert_);
                }
            run("COMMIT");
            for (auto const& job : jobs)
                asio::post(job.done->get_executor(), [timer = job.done] { timer->cancel(); });
        }
    }

    sqlite3* database_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Job> jobs_;
};

/// The few bytes that a trace's row needs at least.
Row row_of(boost::json::object const& trace) {
    Row row{trace.at("id").as_string().c_str(), trace.at("started_at").as_string().c_str(), {}};
    for (auto const& path : trace.at("paths").as_array())
        for (auto const& hop : path.at("hops").as_array())
            for (auto const& answer : hop.at("answers").as_array()) {
                auto const rtt = answer.at("rtt_us").to_number<std::uint32_t>();
                row.record.append(reinterpret_cast<char const*>(&rtt), 3);
            }
    return row;
}

asio::awaitable<void> serve(tcp::socket socket, Writer& writer) {
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer;
    asio::steady_timer done(stream.get_executor());
    for (;;) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(64 << 20);
        auto [failed, bytes] = co_await http::async_read(stream, buffer, parser, token);
        if (failed) co_return;
        auto const traces = boost::json::parse(parser.get().body());
        Job job{{}, &done};
        for (auto const& trace : traces.as_array())
            job.rows.push_back(row_of(trace.as_object()));
        auto const count = job.rows.size();
        done.expires_at(asio::steady_timer::time_point::max());
        writer.push(std::move(job));
        (void)co_await done.async_wait(token);
        http::response<http::string_body> answer(http::status::ok, 11);
        answer.set(http::field::content_type, "application/json");
        answer.body() = boost::json::serialize(boost::json::value{{"accepted", count}});
        answer.prepare_payload();
        auto [lost, written] = co_await http::async_write(stream, answer, token);
        if (lost) co_return;
    }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, Writer& writer) {
    for (;;) {
        auto [failed, socket] = co_await acceptor.async_accept(token);
        if (failed) continue;
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), writer), asio::detached);
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) return 2;
    asio::io_context io(1);
    auto const port = static_cast<unsigned short>(std::atoi(arguments[1]));
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), port});
    Writer writer(arguments[2]);
    asio::co_spawn(io, accept(acceptor, writer), asio::detached);
    io.run();
}
