#include "api_fixture.hpp"
#include "catalog/load_registry.hpp"
#include "catalog/merge_patch.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;
using http::Verb;

namespace {

struct HandlersCatalogFixture : ApiFixture {
    HandlersCatalogFixture() { set_up(); }

    http::Response send(Verb verb, std::string path, std::string body = {},
                        std::string if_match = {}) {
        auto made = request(std::move(path));
        made.verb = verb;
        made.headers.set("Content-Type", "application/json");
        if (!if_match.empty()) made.headers.set("If-Match", std::move(if_match));
        made.body = std::move(body);
        return answer(std::move(made));
    }
    boost::json::value json_of(std::string path, std::map<std::string, std::string> query = {}) {
        auto const response = get(std::move(path), std::move(query));
        BOOST_TEST(response.status == 200U, response.body);
        return boost::json::parse(response.body);
    }
    std::string names_in(std::string const& list, std::map<std::string, std::string> query) {
        std::string names;
        auto const page = json_of("/api/v1/" + list, std::move(query));
        for (auto const& each : page.at(list).as_array())
            names += std::string(each.at("name").as_string()) + ' ';
        return names;
    }
    unsigned logs_in(std::string name, std::string secret) {
        return answer(as(std::move(name), std::move(secret), request("/api/v1/probe/assignment")))
            .status;
    }
    Assignment work_of(std::string const& probe) { return board.assignment(probe).value(); }

    static void check_path(http::Response const& response, std::string const& path) {
        BOOST_TEST(response.status == 400U, response.body);
        BOOST_TEST(contains(response.body, "\"path\":\"" + path + '"'), response.body);
    }
};

constexpr auto probes = "/api/v1/probes";
constexpr auto measurements = "/api/v1/measurements";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_catalog, HandlersCatalogFixture)

BOOST_AUTO_TEST_CASE(a_probe_is_added_logs_in_and_goes) {
    auto const made = send(Verb::post, probes, R"({"name":"n3","tags":["eu"]})");
    BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
    BOOST_TEST(*made.headers.find("Location") == "/api/v1/probes/n3");
    auto const secret = std::string(boost::json::parse(made.body).at("secret").as_string());
    BOOST_TEST(logs_in("n3", secret) == 200U);
    BOOST_TEST(logs_in("n3", "guess") == 401U);
    BOOST_TEST(!contains(get("/api/v1/probes/n3").body, secret));
    BOOST_TEST(!contains(store.kept_entries.begin()->second, secret));
    BOOST_TEST(work_of("n3").measurements.size() == 1U);

    master::LoginBook book_after;
    master::AssignmentBoard board_after;
    master::Definitions after(book_after, board_after);
    BOOST_TEST(value_of(master::load_definitions(store, after, board_after))->empty());
    BOOST_TEST(book_after.contains("n3"));

    BOOST_TEST(send(Verb::delete_, "/api/v1/probes/n3").status == 204U);
    BOOST_TEST(get("/api/v1/probes/n3").status == 404U);
    BOOST_TEST(logs_in("n3", secret) == 401U);
    BOOST_TEST(store.kept_audit.back().action == "delete probe");
}

BOOST_AUTO_TEST_CASE(a_given_secret_is_not_shown_and_can_be_changed) {
    auto const made = send(Verb::post, probes, R"({"name":"n3","secret":"three"})");
    BOOST_TEST(!contains(made.body, "secret"));
    BOOST_TEST(logs_in("n3", "three") == 200U);
    BOOST_TEST(send(Verb::patch, "/api/v1/probes/n3", R"({"secret":"drei"})").status == 200U);
    BOOST_TEST(logs_in("n3", "three") == 401U);
    BOOST_TEST(logs_in("n3", "drei") == 200U);
}

BOOST_AUTO_TEST_CASE(put_replaces_and_patch_merges) {
    send(Verb::post, probes, R"({"name":"n3","tags":["eu"],"description":"a","secret":"s"})");
    auto one =
        boost::json::parse(send(Verb::patch, "/api/v1/probes/n3", R"({"tags":["us"]})").body);
    BOOST_TEST(one.at("tags").at(0).as_string() == "us");
    BOOST_TEST(one.at("description").as_string() == "a");
    one =
        boost::json::parse(send(Verb::patch, "/api/v1/probes/n3", R"({"description":null})").body);
    BOOST_TEST(!one.as_object().contains("description"));
    one = boost::json::parse(
        send(Verb::put, "/api/v1/probes/n3", R"({"mesh_address":"192.0.2.3"})").body);
    BOOST_TEST(one.at("tags").as_array().empty());
    BOOST_TEST(one.at("mesh_address").as_string() == "192.0.2.3");
    BOOST_TEST(logs_in("n3", "s") == 200U);
    check_path(send(Verb::put, "/api/v1/probes/n3", R"({"name":"n4"})"), "name");
}

BOOST_AUTO_TEST_CASE(what_comes_from_a_file_is_changed_there) {
    BOOST_TEST(json_of("/api/v1/probes/n1").at("origin").as_string() == "file");
    auto const measurement = "/api/v1/measurements/" + std::string(first_id);
    BOOST_TEST(json_of(measurement).at("origin").as_string() == "file");
    for (auto const& path : {std::string("/api/v1/probes/n1"), measurement})
        for (auto const verb : {Verb::put, Verb::patch, Verb::delete_}) {
            auto const response = send(verb, path, R"({"tags":[]})");
            BOOST_TEST(response.status == 409U);
            BOOST_TEST(contains(response.body, ".json"), response.body);
        }
    BOOST_TEST(send(Verb::post, probes, R"({"name":"n1"})").status == 409U);
    definitions.add_local_probe("local", "s");
    BOOST_TEST(send(Verb::delete_, "/api/v1/probes/local").status == 409U);
}

BOOST_AUTO_TEST_CASE(faults_name_the_member) {
    check_path(send(Verb::post, probes, "{}"), "name");
    check_path(send(Verb::post, probes, R"({"name":"a:b"})"), "name");
    check_path(send(Verb::post, probes, R"({"name":"a","tags":["x",""]})"), "tags[1]");
    check_path(send(Verb::post, probes, R"({"name":"a","tags":["x","x"]})"), "tags[1]");
    check_path(send(Verb::post, probes, R"({"name":"a","mesh_address":"x"})"), "mesh_address");
    check_path(send(Verb::post, probes, R"({"name":"a","mesh_address":"::"})"), "mesh_address");
    check_path(send(Verb::post, probes, R"({"name":"a","colour":1})"), "colour");
    for (auto const& [body, path] : std::map<std::string, std::string>{
             {R"({"target":"192.0.2.1"})", "name"},
             {R"({"name":"m"})", "target"},
             {R"({"name":"m","target":"192.0.2.300"})", "target"},
             {R"({"name":"m","target":"224.0.0.1"})", "target"},
             {R"({"once":true,"target":"ff02::1"})", "target"},
             {R"({"name":"m","target":"a","interval_s":0})", "interval_s"},
             {R"({"once":true,"target":"a","interval_s":60})", "interval_s"},
             {R"({"once":true,"target":"a","tags":["x"]})", "tags"},
             {R"({"once":true,"mesh":"x"})", "mesh"},
             {R"({"name":"m","target":"a","parameters":{"flows":0}})", "parameters.flows"},
             {R"({"name":"m","target":"a","parameters":{"method":"x"}})", "parameters.method"},
             {R"({"name":"m","target":"a","parameters":{"method":"icmp","port":1}})",
              "parameters.port"},
             {R"({"name":"m","target":"a","parameters":{"flows":256,"attempts":33}})",
              "parameters.flows"},
             {R"({"name":"m","target":"a","parameters":{"flows":256},"interval_s":2})",
              "interval_s"},
             {R"({"name":"m","target":"a","probes":["n1","n1"]})", "probes[1]"},
             {R"({"name":"m","target":"a","mesh":"eu"})", "target"},
             {R"({"name":"m","mesh":"eu","probes":["n1"]})", "probes"},
             {R"({"name":"m","target":"a","probes":["n1","n9"]})", "probes[1]"},
             {R"({"name":"m","target":"a","name":"m2"})", "name"},
             {R"({"name":"m","target":"a","parameters":{"flows":1,"flows":2}})", "flows"},
             {R"({"name":"m","target":"a","unknown":1})", "unknown"}})
        check_path(send(Verb::post, measurements, body), path);
    BOOST_TEST(store.kept_entries.empty());
}

BOOST_AUTO_TEST_CASE(nothing_becomes_a_target_that_every_probe_refuses) {
    auto const made = send(Verb::post, measurements, R"({"name":"Third","target":"a"})");
    auto const path = std::string(*made.headers.find("Location"));
    check_path(send(Verb::patch, path, R"({"target":"255.255.255.255"})"), "target");
    check_path(send(Verb::put, path, R"({"name":"Third","target":"::ffff:224.0.0.1"})"), "target");
    BOOST_TEST(json_of(path).at("target").as_string() == "a");
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_twice_in_a_patch_is_named) {
    send(Verb::post, probes, R"({"name":"n3"})");
    check_path(send(Verb::patch, "/api/v1/probes/n3", R"({"tags":["a"],"tags":["b"]})"), "tags");
    BOOST_TEST(json_of("/api/v1/probes/n3").at("tags").as_array().empty());
}

BOOST_AUTO_TEST_CASE(probes_that_are_not_there_are_told) {
    send(Verb::post, probes, R"({"name":"n3"})");
    auto const made =
        send(Verb::post, measurements, R"({"name":"Third","target":"a","probes":["n1","n3"]})");
    BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
    auto const path = std::string(*made.headers.find("Location"));
    BOOST_TEST(json_of(path).at("unknown_probes").as_array().empty());
    BOOST_TEST(send(Verb::delete_, "/api/v1/probes/n3").status == 204U);
    BOOST_TEST(json_of(path).at("unknown_probes").at(0).as_string() == "n3");
    // Who changes something else need not care; who names another one must.
    BOOST_TEST(send(Verb::patch, path, R"({"interval_s":30})").status == 200U);
    check_path(send(Verb::patch, path, R"({"probes":["n3","n4"]})"), "probes[1]");
    BOOST_TEST(send(Verb::patch, path, R"({"probes":["n1"]})").status == 200U);
    check_path(send(Verb::patch, path, R"({"probes":["n3"]})"), "probes[0]");

    definitions.set_file_measurements({measurement(first, "First", {"n9", "n1"})}, std::nullopt);
    auto const of_file = json_of("/api/v1/measurements/" + std::string(first_id));
    BOOST_TEST(of_file.at("unknown_probes").at(0).as_string() == "n9");
    BOOST_TEST(of_file.at("unknown_probes").as_array().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_measurement_is_added_carried_out_and_goes_but_not_its_history) {
    auto const made =
        send(Verb::post, measurements, R"({"name":"Third","target":"a.test","probes":["n2"]})");
    BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
    auto const id = std::string(boost::json::parse(made.body).at("id").as_string());
    auto const path = "/api/v1/measurements/" + id;
    BOOST_TEST(*made.headers.find("Location") == path);
    BOOST_TEST(work_of("n1").measurements.size() == 2U);
    BOOST_TEST(work_of("n2").measurements.size() == 2U);
    BOOST_TEST(send(Verb::patch, path, R"({"probes":["*"],"parameters":{"flows":4}})").status ==
               200U);
    BOOST_TEST(work_of("n1").measurements.size() == 3U);
    BOOST_TEST(json_of(path).at("parameters").at("flows").as_int64() == 4);
    BOOST_TEST(json_of(path).at("target").as_string() == "a.test");
    BOOST_TEST(send(Verb::post, measurements, R"({"name":"Third","target":"b"})").status == 409U);
    BOOST_TEST(send(Verb::post, measurements, R"({"name":"First","target":"b"})").status == 409U);
    BOOST_TEST(send(Verb::delete_, path).status == 204U);
    BOOST_TEST(work_of("n2").measurements.size() == 1U);
    BOOST_TEST(board.knows(*parse<Uuid>(id)));

    master::LoginBook book_after;
    master::AssignmentBoard board_after;
    master::Definitions after(book_after, board_after);
    BOOST_TEST(value_of(master::load_definitions(store, after, board_after)).has_value());
    BOOST_TEST(board_after.knows(*parse<Uuid>(id)));
    BOOST_TEST((board_after.find_measurement("Third") == *parse<Uuid>(id)));
    BOOST_TEST(board_after.measurements().empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_measurement_or_order_can_be_removed) {
    using store::EntryKind;
    for (auto const kind : {EntryKind::measurement, EntryKind::once_run}) {
        auto const id = make_uuid_from_name(std::string(to_text(kind)));
        auto const path = "/api/v1/measurements/" + to_text(id);
        store.kept_entries[{kind, to_text(id)}] = "{";
        BOOST_TEST(send(Verb::delete_, path).status == 404U);  // nobody has met it
        master::note_damaged({{kind, to_text(id)}}, definitions, log);
        BOOST_TEST(send(Verb::put, path, R"({"name":"x","target":"b"})").status == 404U);
        BOOST_REQUIRE(send(Verb::delete_, path).status == 204U);
        BOOST_TEST(!store.kept_entries.contains({kind, to_text(id)}));
        BOOST_TEST(store.kept_entries.contains({EntryKind::former_measurement, to_text(id)}));
        BOOST_TEST(store.kept_audit.back().action == "delete damaged measurement");
        BOOST_TEST(send(Verb::delete_, path).status == 404U);
    }
}

BOOST_AUTO_TEST_CASE(no_probe_gets_more_to_do_than_its_rate_allows) {
    std::string const heavy =
        R"("target":"a","interval_s":30,"parameters":{"flows":200,"attempts":10},"probes":["n2"]})";
    for (int i = 0; i < 4; ++i)
        BOOST_TEST(
            send(Verb::post, measurements, R"({"name":"h)" + std::to_string(i) + "\"," + heavy)
                .status == 201U);
    auto const refused = send(Verb::post, measurements, R"({"name":"h5",)" + heavy);
    check_path(refused, "interval_s");
    BOOST_TEST(contains(refused.body, "probe n2 would have to send more than 10000"));
    auto const id = std::string(
        json_of(measurements, {{"q", "h0"}}).at("measurements").at(0).at("id").as_string());
    auto const path = std::string(measurements) + '/' + id;
    check_path(send(Verb::patch, path, R"({"interval_s":15})"), "interval_s");
    BOOST_TEST(send(Verb::patch, path, R"({"interval_s":60})").status == 200U);
}

BOOST_AUTO_TEST_CASE(probes_are_chosen_by_tag) {
    send(Verb::post, probes, R"({"name":"n3","tags":["us","old"]})");
    send(Verb::post, measurements, R"({"name":"m","target":"a","probe_tags":["eu","us"]})");
    BOOST_TEST(work_of("n1").measurements.size() == 3U);
    BOOST_TEST(work_of("n2").measurements.size() == 1U);
    BOOST_TEST(work_of("n3").measurements.size() == 2U);
    send(Verb::patch, "/api/v1/probes/n3", R"({"tags":[]})");
    BOOST_TEST(work_of("n3").measurements.size() == 1U);
    BOOST_TEST(names_in("measurements", {{"probe", "n2"}}) == "First ");
}

BOOST_AUTO_TEST_CASE(the_probes_of_a_mesh_measure_each_other) {
    for (auto const* name : {"a", "b", "c"})
        send(Verb::post, probes,
             std::string(R"({"name":")") + name + R"(","secret":"s","tags":["core"]})");
    auto const made = send(Verb::post, measurements, R"({"name":"mesh","mesh":"core"})");
    BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
    BOOST_TEST(work_of("a").measurements.size() == 1U);  // no address is known yet
    auto from_b = as("b", "s", request("/api/v1/probe/assignment"));
    from_b.peer = boost::asio::ip::make_address("::ffff:192.0.2.2");
    answer(from_b);
    send(Verb::patch, "/api/v1/probes/c", R"({"mesh_address":"2001:db8::c"})");
    auto const targets = [&](std::string const& probe) {
        std::string text;
        for (auto const& work : work_of(probe).measurements)
            if (work.name != "First") text += work.name + '=' + work.target + ' ';
        return text;
    };
    BOOST_TEST((targets("a") == "mesh/b=192.0.2.2 mesh/c=2001:db8::c " ||
                targets("a") == "mesh/c=2001:db8::c mesh/b=192.0.2.2 "));
    BOOST_TEST(targets("b") == "mesh/c=2001:db8::c ");
    BOOST_TEST(targets("c") == "mesh/b=192.0.2.2 ");
    BOOST_TEST(targets("n1").empty() == false);  // Second
    auto const id = std::string(boost::json::parse(made.body).at("id").as_string());
    auto const parts = json_of("/api/v1/measurements/" + id).at("parts").as_array();
    BOOST_TEST(parts.size() == 2U);
    BOOST_TEST(board.knows(*parse<Uuid>(std::string(parts[0].at("id").as_string()))));
}

BOOST_AUTO_TEST_CASE(traces_of_parts_of_a_mesh_are_welcome_whatever_became_of_it) {
    for (auto const* name : {"a", "b", "c"})
        send(Verb::post, probes,
             std::string(R"({"name":")") + name + R"(","secret":"s","tags":["core"]})");
    auto const mesh_of = [&](std::string const& name) {
        auto const made =
            send(Verb::post, measurements, R"({"name":")" + name + R"(","mesh":"core"})");
        BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
        return *parse<Uuid>(std::string(boost::json::parse(made.body).at("id").as_string()));
    };
    auto const kept = mesh_of("kept");
    auto const changed = mesh_of("changed");
    auto const gone = mesh_of("gone");
    send(Verb::patch, "/api/v1/probes/b", R"({"tags":[]})");
    send(Verb::delete_, "/api/v1/probes/c");
    send(Verb::patch, "/api/v1/measurements/" + to_text(changed), R"({"mesh":"edge"})");
    send(Verb::delete_, "/api/v1/measurements/" + to_text(gone));

    master::LoginBook book_after;
    master::AssignmentBoard board_after;
    master::Definitions after(book_after, board_after);
    BOOST_REQUIRE(value_of(master::load_definitions(store, after, board_after)));
    for (auto const& mesh : {kept, changed, gone})
        for (auto const* const probe : {"a", "b", "c"})
            BOOST_TEST(board_after.knows(master::mesh_part({mesh, ""}, probe).id),
                       to_text(mesh) << ' ' << probe);
}

BOOST_AUTO_TEST_CASE(lists_are_filtered_and_paged) {
    for (auto const* name : {"x1", "x2", "x3"})
        send(Verb::post, probes, std::string(R"({"name":")") + name + R"(","tags":["us"]})");
    BOOST_TEST(names_in("probes", {}) == "n1 n2 x1 x2 x3 ");
    BOOST_TEST(names_in("probes", {{"tag", "us"}}) == "x1 x2 x3 ");
    BOOST_TEST(names_in("probes", {{"origin", "file"}}) == "n1 n2 ");
    BOOST_TEST(names_in("probes", {{"q", "2"}}) == "n2 x2 ");
    BOOST_TEST(names_in("probes", {{"online", "true"}}).empty());
    auto const page = json_of(probes, {{"limit", "2"}, {"tag", "us"}});
    BOOST_TEST(page.at("next").as_string() == "x2");
    BOOST_TEST(names_in("probes", {{"limit", "2"}, {"tag", "us"}, {"cursor", "x2"}}) == "x3 ");
    BOOST_TEST(!json_of(probes, {{"cursor", "x2"}}).as_object().contains("next"));
    send(Verb::post, measurements, R"({"name":"Third","target":"a","tags":["web"]})");
    BOOST_TEST(names_in("measurements", {{"tag", "web"}}) == "Third ");
    BOOST_TEST(names_in("measurements", {{"origin", "api"}}) == "Third ");
    std::string all;
    std::string cursor;
    do {
        auto const one = json_of(measurements, {{"limit", "1"}, {"cursor", cursor}});
        all += std::string(one.at("measurements").at(0).at("name").as_string()) + ' ';
        auto const* next = one.as_object().if_contains("next");
        cursor = next ? std::string(next->as_string()) : "";
    } while (!cursor.empty());
    BOOST_TEST(all.size() == std::string("First Second Third ").size());
    BOOST_TEST(get(probes, {{"origin", "x"}}).status == 400U);
    BOOST_TEST(get(probes, {{"online", "x"}}).status == 400U);
}

BOOST_AUTO_TEST_CASE(a_file_hides_a_probe_of_the_same_name) {
    send(Verb::post, probes, R"({"name":"n3","secret":"api"})");
    definitions.set_file_probes(
        {{.name = "n3", .password = "file", .password_hash = {}, .tags = {}}});
    BOOST_TEST(json_of("/api/v1/probes/n3").at("origin").as_string() == "file");
    BOOST_TEST(logs_in("n3", "file") == 200U);
    BOOST_TEST(logs_in("n3", "api") == 401U);
    definitions.set_file_probes({});
    BOOST_TEST(logs_in("n3", "api") == 200U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_changes_nothing) {
    store.failure = make_error(boost::system::errc::no_space_on_device, "disk full");
    BOOST_TEST(send(Verb::post, probes, R"({"name":"n3"})").status == 507U);
    BOOST_TEST(send(Verb::post, measurements, R"({"name":"m","target":"a"})").status == 507U);
    BOOST_TEST(!book.contains("n3"));
    BOOST_TEST(!definitions.find("m"));
}

BOOST_AUTO_TEST_CASE(merge_patches_are_those_of_the_rfc) {
    auto const merged = [](char const* target, char const* patch) {
        return master::merge_patch(target, patch).value();
    };
    BOOST_TEST(merged(R"({"a":"b"})", R"({"a":"c"})") == R"({"a":"c"})");
    BOOST_TEST(merged(R"({"a":"b"})", R"({"b":"c"})") == R"({"a":"b","b":"c"})");
    BOOST_TEST(merged(R"({"a":"b"})", R"({"a":null})") == "{}");
    BOOST_TEST(merged(R"({"a":["b"]})", R"({"a":"c"})") == R"({"a":"c"})");
    BOOST_TEST(merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})") == R"({"a":{"b":"d"}})");
    BOOST_TEST(merged("{}", R"({"a":{"bb":{"ccc":null}}})") == R"({"a":{"bb":{}}})");
    BOOST_TEST(!master::merge_patch("{}", "[]"));
    BOOST_TEST(!master::merge_patch("{}", "{"));
}

BOOST_AUTO_TEST_SUITE_END()
