#pragma once

#include <dtrace/store/open_store.hpp>

#include <boost/test/unit_test.hpp>

#include <io_fixture.hpp>
#include <log_capture.hpp>
#include <temp_dir.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

inline Timestamp const noon = parse<Timestamp>("2026-11-22T12:00:00Z").value();

/// An open store in a folder of its own. What the tests say of it holds for every back end, but for
/// those that are about the file.
struct StoreFixture : IoFixture {
    TempDir folder;
    std::filesystem::path file = folder / "dtrace.db";
    LogCapture log;
    store::StoreLimits limits;
    std::unique_ptr<store::Store> store;


    void open() {
        store.reset();
        auto opened = store::open_store(file, io.get_executor(), log, limits);
        BOOST_REQUIRE_MESSAGE(opened, opened.error().message);
        store = std::move(*opened);
    }

    store::TraceStore& traces() {
        if (!store) open();
        return store->traces();
    }
    store::Catalog& catalog() {
        if (!store) open();
        return store->catalog();
    }

    Result<std::vector<store::Added>> try_add(std::vector<Trace> given) {
        return value_of(traces().add(std::move(given)));
    }
    /// How many of them were new.
    std::size_t add(std::vector<Trace> given) {
        auto const size = given.size();
        auto const added = try_add(std::move(given));
        BOOST_REQUIRE_MESSAGE(added, added.error().message);
        BOOST_REQUIRE_EQUAL(added->size(), size);
        return static_cast<std::size_t>(std::ranges::count(*added, store::Added::stored));
    }
    std::optional<Trace> get(Uuid id) {
        auto found = value_of(traces().get(id));
        BOOST_REQUIRE_MESSAGE(found, found.error().message);
        return *std::move(found);
    }
    store::TracePage find(store::TraceQuery query) {
        auto page = value_of(traces().find(std::move(query)));
        BOOST_REQUIRE_MESSAGE(page, page.error().message);
        return *std::move(page);
    }
    /// All pages.
    std::vector<Trace> find_all(store::TraceQuery query) {
        std::vector<Trace> all;
        do {
            auto page = find(query);
            BOOST_REQUIRE_LE(page.traces.size(), query.limit);
            std::ranges::move(page.traces, std::back_inserter(all));
            query.cursor = page.next;
        } while (!query.cursor.empty());
        return all;
    }
    store::TraceCounts counts() {
        auto counts = value_of(traces().counts());
        BOOST_REQUIRE_MESSAGE(counts, counts.error().message);
        return *counts;
    }
};

}  // namespace dtrace::test
