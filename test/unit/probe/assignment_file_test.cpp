#include "assignment/assignment_file.hpp"

#include "temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace dtrace;
using namespace dtrace::probe;

namespace {

struct AssignmentFileFixture {
    test::TempDir dir;
    AssignmentFile file{dir / "assignment.json", "http://m.example:8990", "n1"};

    static Assignment assignment() {
        Assignment made{.revision = 7, .probe = "n1", .report_url = "http://r.example/reports"};
        AssignedMeasurement measurement;
        measurement.id = make_uuid_from_name("a");
        measurement.name = "a";
        measurement.target = "host.example";
        measurement.interval_s = 30;
        made.measurements.push_back(measurement);
        return made;
    }

    std::string fault() {
        auto const read = file.read();
        return read ? "" : read.error().message;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(assignment_file, AssignmentFileFixture)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
    BOOST_TEST(!file.read().value());
    BOOST_REQUIRE(file.write(assignment()));
    BOOST_TEST((file.read().value() == assignment()));
    auto changed = assignment();
    changed.measurements.clear();
    BOOST_REQUIRE(file.write(changed));
    BOOST_TEST((file.read().value() == changed));
    BOOST_TEST(!std::filesystem::exists(dir / "assignment.json.new"));
}

BOOST_AUTO_TEST_CASE(one_off_work_is_not_kept) {
    auto given = assignment();
    given.once.push_back({.id = make_uuid_from_name("o"), .measurement = {}, .target = "h"});
    BOOST_REQUIRE(file.write(given));
    BOOST_TEST((file.read().value() == assignment()));
}

BOOST_AUTO_TEST_CASE(another_master_or_another_name_has_said_nothing) {
    BOOST_REQUIRE(file.write(assignment()));
    for (auto const& [master, name] :
         {std::pair{"http://other.example:8990", "n1"}, std::pair{"http://m.example:8990", "n2"}})
        BOOST_TEST(!AssignmentFile(file.path(), master, name).read().value());
}

BOOST_AUTO_TEST_CASE(damage_is_told) {
    BOOST_REQUIRE(file.write(assignment()));
    auto const whole = test::read_file(file.path());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        test::write_file(file.path(), std::string_view(whole).substr(0, size));
        BOOST_TEST(!file.read(), size);
    }
    auto impossible = assignment();
    impossible.measurements[0].interval_s = 0;
    BOOST_REQUIRE(file.write(impossible));
    BOOST_TEST(fault() == "assignment.measurements[0].interval_s: must be 1 to 604800");
}

BOOST_AUTO_TEST_CASE(only_a_regular_file_is_read) {
    BOOST_REQUIRE_EQUAL(::mkfifo(file.path().c_str(), 0600), 0);
    BOOST_TEST(fault() == "is not a regular file");
    std::filesystem::remove(file.path());
    std::filesystem::create_directory(file.path());
    BOOST_TEST(!file.read());
    BOOST_TEST(!file.write(assignment()));
}

BOOST_AUTO_TEST_CASE(nobody_else_may_read_it) {
    BOOST_REQUIRE(file.write(assignment()));
    BOOST_TEST((std::filesystem::status(file.path()).permissions() ==
                (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(a_disk_that_takes_nothing_leaves_what_was_there) {
    BOOST_REQUIRE(file.write(assignment()));
    AssignmentFile const elsewhere(dir / "missing" / "assignment.json", "m", "n");
    BOOST_TEST(elsewhere.write(assignment()).error().message.starts_with("cannot be written"));
    BOOST_TEST((file.read().value() == assignment()));
}

BOOST_AUTO_TEST_SUITE_END()
