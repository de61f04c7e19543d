#include "alerts/alerts_file.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace dtrace;
using namespace dtrace::master;

namespace {

ReceiverEntry only_receiver(std::string const& members) {
    auto const read = parse_alerts_file(R"({"Receivers":[{)" + members + "}]}");
    BOOST_REQUIRE_MESSAGE(read, (read ? "" : read.error().text()));
    BOOST_REQUIRE(read->size() == 1U);
    return read->front();
}

std::string fault(std::string const& members) {
    auto const read = parse_alerts_file(R"({"Receivers":[{)" + members + "}]}");
    return read ? "none" : read.error().text();
}

std::string const name_and_url = R"("Name":"ops","Url":"https://hooks.example.net/x")";

}  // namespace

BOOST_AUTO_TEST_SUITE(alerts_file)

BOOST_AUTO_TEST_CASE(a_name_and_an_address_are_enough) {
    auto const entry = only_receiver(name_and_url);
    BOOST_TEST(entry.name == "ops");
    BOOST_TEST(entry.url == "https://hooks.example.net/x");
    BOOST_TEST(
        (entry.filter.kinds == std::vector{EventKind::culprit_opened, EventKind::culprit_grew,
                                           EventKind::culprit_closed, EventKind::probe_offline,
                                           EventKind::probe_online}));
    BOOST_TEST(entry.filter.min_loss == 0);
    BOOST_TEST((entry.timeout == seconds(10)));
    BOOST_TEST((entry.max_age == std::chrono::hours(24)));
}

BOOST_AUTO_TEST_CASE(every_member_is_taken) {
    auto const entry = only_receiver(
        R"("Name":"pager","UrlFile":"url","Headers":{"X-Team":"net"},)"
        R"("HeaderFiles":{"Authorization":"token"},"SecretFile":"secret","CaFile":"ca.pem",)"
        R"("Kinds":["path_changed"],"MinLossPercent":2.5,"Measurements":["Shop"],)"
        R"("Probes":["n1"],"Tags":["eu"],"TimeoutSeconds":3,"MaxAgeHours":48)");
    ReceiverEntry const wanted{.name = "pager",
                               .url = "",
                               .url_file = "url",
                               .headers = {{"X-Team", "net"}},
                               .header_files = {{"Authorization", "token"}},
                               .secret_file = "secret",
                               .ca_file = "ca.pem",
                               .filter = {.kinds = {EventKind::path_changed},
                                          .min_loss = 0.025,
                                          .measurements = {"Shop"},
                                          .probes = {"n1"},
                                          .tags = {"eu"}},
                               .timeout = seconds(3),
                               .max_age = std::chrono::hours(48)};
    BOOST_TEST((entry == wanted));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named_with_its_place) {
    auto const in = [](std::string const& member) { return name_and_url + "," + member; };
    std::vector<std::pair<std::string, std::string>> const wrong{
        {R"("Url":"https://x")", "Receivers[0].Name: is required"},
        {R"("Name":"","Url":"https://x")", "Receivers[0].Name: "},
        {R"("Name":"ops")", "Receivers[0].Url: is required (or UrlFile), and not both"},
        {R"("Name":"ops","UrlFile":"")", "Receivers[0].UrlFile: must name a file"},
        {in(R"("SecretFile":"")"), "Receivers[0].SecretFile: must name a file"},
        {in(R"("CaFile":"")"), "Receivers[0].CaFile: must name a file"},
        {in(R"("UrlFile":"f")"), "Receivers[0].Url: is required (or UrlFile), and not both"},
        {R"("Name":"ops","Url":"ftp://x")", "Receivers[0].Url: "},
        {R"("Name":"ops","Url":"https://user:secret@x")", "Receivers[0].Url: "},
        {R"("Name":"ops","Url":"http://192.0.2.1","HeaderFiles":{"A":"f"})",
         "Receivers[0].Url: must be https://"},
        {in(R"("Headers":{"X Y":"1"})"), "Receivers[0].Headers"},
        {in(R"("Headers":{"X-Y":"a\r\nB: c"})"), "Receivers[0].Headers"},
        {in(R"("Headers":{"host":"x"})"), "Receivers[0].Headers"},
        {in(R"("Headers":{"X-DTRACE-Signature":"x"})"), "Receivers[0].Headers"},
        {in(R"("Headers":{"A":"1"},"HeaderFiles":{"A":"f"})"), "Receivers[0].Headers"},
        {in(R"("HeaderFiles":{"A":""})"), "Receivers[0].HeaderFiles"},
        {in(R"("Kinds":[])"), "Receivers[0].Kinds: "},
        {in(R"("Kinds":["culprit"])"), "Receivers[0].Kinds[0]: must be one of culprit_opened"},
        {in(R"("MinLossPercent":101)"), "Receivers[0].MinLossPercent: must be 0 to 100"},
        {in(R"("MinLossPercent":-1)"), "Receivers[0].MinLossPercent: must be 0 to 100"},
        {in(R"("Tags":["a","a"])"), "Receivers[0].Tags"},
        {in(R"("TimeoutSeconds":0)"), "Receivers[0].TimeoutSeconds: must be 1 to 120"},
        {in(R"("MaxAgeHours":0)"), "Receivers[0].MaxAgeHours: must be 1 to 2160"},
        {in(R"("url":"x")"), "Receivers[0].url: "},
        {in(R"("Name":"twice")"), "Name: stands here twice"}};
    for (auto const& [members, reason] : wrong)
        BOOST_TEST(fault(members).starts_with(reason), members << ": " << fault(members));
}

BOOST_AUTO_TEST_CASE(names_are_different_and_receivers_few) {
    auto const twice = parse_alerts_file(
        R"({"Receivers":[{"Name":"a","Url":"https://x"},{"Name":"a","Url":"https://y"}]})");
    BOOST_TEST(twice.error().text() == "Receivers[1].Name: the name a stands here twice");
    std::string many = R"({"Receivers":[)";
    for (int i = 0; i < 51; ++i)
        many += std::string(i ? "," : "") + R"({"Name":"n)" + std::to_string(i) +
                R"(","Url":"https://x"})";
    BOOST_TEST(parse_alerts_file(many + "]}").error().text() == "Receivers: must be 50 at most");
}

BOOST_AUTO_TEST_CASE(nobody_is_told_by_an_empty_list) {
    BOOST_TEST(parse_alerts_file(R"({"Receivers":[]})")->empty());
    BOOST_TEST(!parse_alerts_file("[]"));
    BOOST_TEST(!parse_alerts_file(""));
}

BOOST_AUTO_TEST_SUITE_END()
