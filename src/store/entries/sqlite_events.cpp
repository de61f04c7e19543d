#include "entries/sqlite_events.hpp"

#include "sqlite/sqlite_schema.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <charconv>
#include <string_view>
#include <tuple>

namespace dtrace::store {

namespace asio = boost::asio;
namespace errc = boost::system::errc;

namespace {

/// Where a page ended.
struct EventKey {
    std::int64_t at = INT64_MAX;
    std::string id = std::string(17, '\xFF');
};

std::string write_cursor(std::int64_t at, Uuid const& id) {
    return std::to_string(at) + '.' + to_text(id);
}

std::optional<EventKey> read_event_cursor(std::string_view cursor) {
    EventKey key;
    if (cursor.empty()) return key;
    auto const dot = cursor.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    auto const [stop, failed] = std::from_chars(cursor.data(), cursor.data() + dot, key.at);
    auto const id = parse<Uuid>(cursor.substr(dot + 1));
    if (failed != std::errc{} || stop != cursor.data() + dot || !id) return std::nullopt;
    key.id = bytes_of(*id);
    return key;
}

void write_events(Database& database, std::vector<Event> const& events) {
    auto insert = database.prepare(
        "INSERT INTO event (at, id, kind, measurement, probes, content) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING");
    auto number =
        database.prepare("INSERT INTO event_order (at, id) SELECT ?, ? WHERE changes() > 0");
    for (auto const& event : events) {
        std::string probes = "\n";
        for (auto const& name : event.probes)
            probes += name + '\n';
        Blob const measurement{event.measurement ? bytes_of(event.measurement->id)
                                                 : std::string_view()};
        auto const content = json::write(event);
        std::string_view const kind = to_text(event.kind);
        insert
            .bind(to_database(event.at), Blob{bytes_of(event.id)}, kind, measurement, probes,
                  content)
            .run();
        number.bind(to_database(event.at), Blob{bytes_of(event.id)}).run();
    }
}

void write_culprits(Database& database, std::vector<KeptCulprit> const& culprits) {
    auto put = database.prepare(
        "INSERT INTO culprit (id, first_seen, last_seen, open, content) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET first_seen = excluded.first_seen,"
        " last_seen = excluded.last_seen, open = excluded.open, content = excluded.content");
    for (auto const& [id, first_seen, last_seen, open, content] : culprits)
        put.bind(Blob{bytes_of(id)}, to_database(first_seen), to_database(last_seen),
                 std::int64_t{open}, content)
            .run();
}

std::optional<Event> read_event(Database& database, std::string_view content) {
    auto event = json::read<Event>(content, json::UnknownKeys::ignore);
    if (event) return *std::move(event);
    database.fail_as_damaged("event: " + event.error().text());
    return std::nullopt;
}

EventPage read_page(Database& database, EventQuery const& query, EventKey before) {
    auto rows = database.prepare(events_statement(query));
    auto const from = query.from ? to_database(*query.from) : INT64_MIN;
    if (query.to && to_database(*query.to) <= before.at) before = {to_database(*query.to), ""};
    std::string_view const kind = query.kind ? to_text(*query.kind) : std::string_view();
    Blob const measurement{query.measurement ? bytes_of(*query.measurement) : std::string_view()};
    auto const probe = query.probe ? '\n' + *query.probe + '\n' : std::string();
    EventPage page;
    rows.bind(before.at, Blob{before.id}, from, kind, measurement, probe,
              std::int64_t{query.limit} + 1);
    std::string last;  // a damaged row too takes its place in the page
    for (std::uint32_t count = 0; rows.step(); ++count) {
        if (count == query.limit) {
            page.next = std::move(last);
            break;
        }
        last = write_cursor(rows.integer(1), rows.uuid(2));
        if (auto event = read_event(database, rows.text(0)))
            page.events.push_back(*std::move(event));
        else
            database.leave_out_damage(page.unreadable);
    }
    return page;
}

template <class... Bound>
std::vector<KeptCulprit> read_culprits(Database& database, std::string const& which,
                                       Bound const&... bound) {
    std::vector<KeptCulprit> culprits;
    auto rows =
        database.prepare("SELECT id, first_seen, last_seen, open, content FROM culprit " + which);
    for (rows.bind(bound...); rows.step();)
        culprits.push_back({rows.uuid(0), from_database(rows.integer(1)),
                            from_database(rows.integer(2)), rows.integer(3) != 0,
                            std::string(rows.text(4))});
    return culprits;
}

void forget_old(Database& database, Timestamp time, std::int64_t most) {
    auto const old = to_database(time);
    database.prepare("DELETE FROM event WHERE at < ?").bind(old).run();
    database.prepare("DELETE FROM culprit WHERE open = 0 AND last_seen < ?").bind(old).run();
    database
        .prepare(
            "DELETE FROM event WHERE (at, id) IN"
            " (SELECT at, id FROM event ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?)")
        .bind(most)
        .run();
    database.prepare("DELETE FROM event_order WHERE (at, id) NOT IN (SELECT at, id FROM event)")
        .bind()
        .run();
    database
        .prepare(
            "DELETE FROM culprit WHERE open = 0 AND id IN"
            " (SELECT id FROM culprit ORDER BY last_seen DESC LIMIT -1 OFFSET ?)")
        .bind(most)
        .run();
}

EventRun read_run(Database& database, std::uint64_t number, std::uint32_t limit) {
    EventRun run;
    auto rows = database.prepare(
        "SELECT number, content FROM event_order CROSS JOIN event USING (at, id)"
        " WHERE number > ? ORDER BY number LIMIT ?");
    for (rows.bind(static_cast<std::int64_t>(number), std::int64_t{limit}); rows.step();)
        run.events.push_back(
            {static_cast<std::uint64_t>(rows.integer(0)), std::string(rows.text(1))});
    run.newest = static_cast<std::uint64_t>(database.integer_of(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event_order'"));
    return run;
}

std::map<std::string, std::uint64_t> read_positions(Database& database) {
    std::map<std::string, std::uint64_t> positions;
    auto rows = database.prepare("SELECT receiver, number FROM alert_position");
    for (rows.bind(); rows.step();)
        positions.emplace(rows.text(0), static_cast<std::uint64_t>(rows.integer(1)));
    return positions;
}

void write_positions(Database& database, std::vector<AlertPosition> const& positions) {
    auto put = database.prepare(
        "INSERT INTO alert_position (receiver, number) VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET number = excluded.number");
    auto remove = database.prepare("DELETE FROM alert_position WHERE receiver = ?");
    for (auto const& [receiver, number] : positions) {
        if (number)
            put.bind(receiver, static_cast<std::int64_t>(*number)).run();
        else
            remove.bind(receiver).run();
    }
}

}  // namespace

std::string events_statement(EventQuery const& query) {
    std::string sql = "SELECT content, at, id FROM event WHERE (at, id) < (?1, ?2) AND at >= ?3";
    // A condition that depends on a parameter would keep its index from being used.
    if (query.kind) sql += " AND kind = ?4";
    if (query.measurement) sql += " AND measurement = ?5";
    if (query.probe) sql += " AND instr(probes, ?6) > 0";
    return sql + " ORDER BY at DESC, id DESC LIMIT ?7";
}

asio::awaitable<Result<void>> SqliteEvents::keep(std::vector<Event> events,
                                                 std::vector<KeptCulprit> culprits) {
    auto operation = write(1, [&database = *writing_.database, events = std::move(events),
                               culprits = std::move(culprits)] {
        write_events(database, events);
        write_culprits(database, culprits);
        return Done();
    });
    return without_value(std::move(operation));
}

asio::awaitable<Result<EventPage>> SqliteEvents::find(EventQuery query) {
    constexpr std::uint32_t max_limit = 1000;
    if (query.limit < 1 || query.limit > max_limit)
        co_return make_error(errc::invalid_argument, "limit: must be 1 to 1000");
    auto after = read_event_cursor(query.cursor);
    if (!after)
        co_return make_error(errc::invalid_argument, "cursor: must be `next` of the page before");
    auto operation =
        read([&database = *reading_.database, query = std::move(query), after = *std::move(after)] {
            return read_page(database, query, after);
        });
    co_return told(co_await std::move(operation));
}

asio::awaitable<Result<std::optional<Event>>> SqliteEvents::event(Uuid id) {
    return read([&database = *reading_.database, id] {
        auto rows = database.prepare(event_statement);
        bool const there = rows.bind(Blob{bytes_of(id)}).step();
        return there ? read_event(database, rows.text(0)) : std::nullopt;
    });
}

asio::awaitable<Result<std::vector<KeptCulprit>>> SqliteEvents::culprits(
    std::optional<Timestamp> from, std::optional<Timestamp> to, std::uint32_t limit) {
    auto const seen_from = from ? to_database(*from) : INT64_MIN;
    auto const seen_to = to ? to_database(*to) : INT64_MAX;
    return read([&database = *reading_.database, seen_from, seen_to, limit] {
        return read_culprits(database,
                             "WHERE last_seen >= ? AND first_seen < ?"
                             " ORDER BY last_seen DESC, id DESC LIMIT ?",
                             seen_from, seen_to, std::int64_t{limit});
    });
}

asio::awaitable<Result<std::optional<KeptCulprit>>> SqliteEvents::culprit(Uuid id) {
    return read([&database = *reading_.database, id] {
        auto found = read_culprits(database, "WHERE id = ?", Blob{bytes_of(id)});
        return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
    });
}

asio::awaitable<Result<std::vector<KeptCulprit>>> SqliteEvents::open_culprits() {
    return read([&database = *reading_.database] {
        return read_culprits(database, "WHERE open = 1 ORDER BY id");
    });
}

asio::awaitable<Result<EventRun>> SqliteEvents::after(std::uint64_t number, std::uint32_t limit) {
    return read([&database = *reading_.database, number, limit] {
        return read_run(database, number, limit);
    });
}

asio::awaitable<Result<std::map<std::string, std::uint64_t>>> SqliteEvents::alert_positions() {
    return read([&database = *reading_.database] { return read_positions(database); });
}

asio::awaitable<Result<void>> SqliteEvents::move_alerts(std::vector<AlertPosition> positions) {
    return without_value(
        write(1, [&database = *writing_.database, positions = std::move(positions)] {
            write_positions(database, positions);
            return Done();
        }));
}

asio::awaitable<Result<void>> SqliteEvents::forget(Timestamp time, std::uint64_t most) {
    auto operation = write(1, [&database = *writing_.database, time, most] {
        forget_old(database, time, static_cast<std::int64_t>(most));
        return Done();
    });
    return without_value(std::move(operation));
}

}  // namespace dtrace::store
