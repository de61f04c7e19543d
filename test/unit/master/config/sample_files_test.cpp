#include "alerts/alerts_file.hpp"
#include "config/probes_file.hpp"
#include "config/targets_file.hpp"
#include "temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace dtrace::master;

namespace {

std::filesystem::path const samples = std::filesystem::path(DTRACE_SOURCE_DIR) / "conf";

}  // namespace

BOOST_AUTO_TEST_SUITE(sample_files)

BOOST_AUTO_TEST_CASE(the_sample_of_probes_is_good_and_lets_nobody_in) {
    auto const probes = parse_probes_file(dtrace::test::read_file(samples / "dt-slaves.json"));
    BOOST_REQUIRE_MESSAGE(probes.has_value(), (probes ? "" : probes.error().text()));
    BOOST_TEST(!probes->empty());
    // A password in a sample is a password that everybody knows.
    for (auto const& probe : *probes)
        BOOST_TEST(probe.password.empty(), probe.name);
}

BOOST_AUTO_TEST_CASE(the_sample_of_targets_is_good) {
    auto const targets = parse_targets_file(dtrace::test::read_file(samples / "dt-targets.json"));
    BOOST_REQUIRE_MESSAGE(targets.has_value(), (targets ? "" : targets.error().text()));
    BOOST_TEST(!targets->measurements.empty());
}

BOOST_AUTO_TEST_CASE(the_sample_of_alerts_is_good) {
    auto const alerts = parse_alerts_file(dtrace::test::read_file(samples / "dt-alerts.json"));
    BOOST_REQUIRE_MESSAGE(alerts.has_value(), (alerts ? "" : alerts.error().text()));
    BOOST_TEST(!alerts->empty());
}

BOOST_AUTO_TEST_SUITE_END()
