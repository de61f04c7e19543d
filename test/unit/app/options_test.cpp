#include "temp_dir.hpp"

#include <dtrace/app/options.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>
#include <vector>

using namespace dtrace;
using namespace dtrace::app;

BOOST_AUTO_TEST_SUITE(options)

namespace {

using Words = std::vector<std::string>;

template <class Options>
Options read(Words const& words, Environment const& environment = {}) {
    auto const command = read_options(words, environment);
    BOOST_REQUIRE_MESSAGE(command, command.error().message);
    BOOST_REQUIRE(std::holds_alternative<Options>(*command));
    return std::get<Options>(*command);
}

std::string refusal(Words const& words, Environment const& environment = {}) {
    auto const command = read_options(words, environment);
    BOOST_REQUIRE(!command);
    auto const& message = command.error().message;
    return message.substr(0, message.find('\n'));
}

std::string shown(Words const& words) {
    return read<ShowText>(words).text;
}

ProbingParameters traced(Words words) {
    words.insert(words.begin(), {"trace", "h"});
    return read<TraceOptions>(words).parameters;
}

Words const a_probe{"probe", "--master", "m.example", "--insecure", "--name", "n1"};

Words with(Words words, Words const& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_at_all_is_an_error_that_shows_the_usage) {
    BOOST_TEST(refusal({}) == "usage: dtrace-node COMMAND [options]");
    BOOST_TEST(shown({"--help"}).find("usage: dtrace-node COMMAND") == 0U);
}

BOOST_AUTO_TEST_CASE(version_is_shown_everywhere) {
    for (Words const& words : {Words{"--version"}, {"trace", "--version"}, {"probe", "-V"}})
        BOOST_TEST(shown(words).find("dtrace-node ") == 0U);
}

BOOST_AUTO_TEST_CASE(help_goes_before_what_is_missing) {
    BOOST_TEST(shown({"trace", "--help"}).find("-m, --max-hops TTL") != std::string::npos);
    BOOST_TEST(shown({"probe", "-h"}).find("--passwd-file FILE") != std::string::npos);
    BOOST_TEST(shown({"master", "--port", "1", "--help"}).find("default 8990") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(help_fits_a_terminal) {
    for (char const* command : {"trace", "master", "probe", "demo", "measure", "user", "db"}) {
        std::istringstream lines(shown({command, "--help"}));
        for (std::string line; std::getline(lines, line);)
            BOOST_TEST(line.size() <= 80U, line);
    }
}

BOOST_AUTO_TEST_CASE(trace_has_its_defaults) {
    auto const options = read<TraceOptions>({"trace", "www.example.net"});
    BOOST_TEST(options.hosts == std::vector<std::string>{"www.example.net"});
    BOOST_TEST((options.parameters == ProbingParameters{}));
    BOOST_TEST(options.names);
    BOOST_TEST(!options.json);
}

BOOST_AUTO_TEST_CASE(trace_takes_the_letters_of_traceroute) {
    auto const p = traced({"-4", "-q1", "-m", "12", "-f3", "-w", "2", "-p", "53", "-t0x10", "-T"});
    BOOST_TEST((p.family == Family::ipv4));
    BOOST_TEST(p.attempts == 1);
    BOOST_TEST(p.max_hops == 12);
    BOOST_TEST(p.first_hop == 3);
    BOOST_TEST(p.timeout_ms == 2000U);
    BOOST_TEST(p.port.value() == 53);
    BOOST_TEST(p.tos == 16);
    BOOST_TEST((p.method == Method::tcp));
    auto const options = read<TraceOptions>({"trace", "-nj6", "-s", "2001:db8::1", "-I", "h"});
    BOOST_TEST(!options.names);
    BOOST_TEST(options.json);
    BOOST_TEST((options.parameters.method == Method::icmp));
    BOOST_TEST((options.parameters.family == Family::ipv6));
    BOOST_TEST(options.source.value().to_string() == "2001:db8::1");
}

BOOST_AUTO_TEST_CASE(trace_takes_long_options) {
    auto const p = traced(
        {"--method", "icmp", "--flows=16", "--attempts=5", "--gap-limit", "0", "--timeout=750ms"});
    BOOST_TEST((p.method == Method::icmp));
    BOOST_TEST(p.flows.fixed == 16);
    BOOST_TEST(p.attempts == 5);
    BOOST_TEST(p.gap_limit == 0);
    BOOST_TEST(p.timeout_ms == 750U);
    BOOST_TEST(read<TraceOptions>({"trace", "h", "--rate", "50"}).send.rate == 50U);
}

BOOST_AUTO_TEST_CASE(trace_takes_several_hosts) {
    auto const options = read<TraceOptions>({"trace", "a", "-n", "b", "c"});
    BOOST_TEST((options.hosts == std::vector<std::string>{"a", "b", "c"}));
}

BOOST_AUTO_TEST_CASE(blocks_of_targets_add_up) {
    auto const command =
        read_options({"trace", "h", "--deny", "10.0.0.0/8,2001:db8::/32", "--deny=192.0.2.1"},
                     {{"DTRACE_DENY", "127.0.0.0/8"}, {"DTRACE_ALLOW", "0.0.0.0/0"}});
    auto const& targets = std::get<TraceOptions>(command.value()).send.targets;
    std::vector<std::string> denied;
    for (auto const& block : targets.deny)
        denied.push_back(to_text(block));
    BOOST_TEST((denied == std::vector<std::string>{"127.0.0.0/8", "10.0.0.0/8", "2001:db8::/32",
                                                   "192.0.2.1/32"}));
    BOOST_TEST(targets.allow.size() == 1u);
    BOOST_TEST(refusal({"trace", "h", "--allow", "10.0.0.1/8"}) ==
               "dtrace-node trace: --allow '10.0.0.1/8': must have no bits set behind its prefix "
               "length");
}

BOOST_AUTO_TEST_CASE(who_measures_for_others_has_a_ceiling) {
    BOOST_TEST(!read<TraceOptions>({"trace", "h"}).send.max_rate.has_value());
    BOOST_TEST(read<app::ProbeOptions>(a_probe).send.max_rate.value() == 10'000u);
    BOOST_TEST(read<MasterOptions>({"master", "--max-rate", "70"}).send.max_rate.value() == 70u);
    BOOST_TEST(read<TraceOptions>({"trace", "h", "--target-rate", "9"}).send.target_rate.value() ==
               9u);
}

BOOST_AUTO_TEST_CASE(a_wrong_value_is_refused_with_all_that_helps) {
    BOOST_TEST(refusal({"trace", "h", "--max-hops", "0"}) ==
               "dtrace-node trace: --max-hops '0': must be 1 to 100");
    BOOST_TEST(refusal({"trace", "h", "-m", "2x"}) ==
               "dtrace-node trace: --max-hops '2x': must be 1 to 100");
    BOOST_TEST(refusal({"trace", "h", "--method", "sctp"}) ==
               "dtrace-node trace: --method 'sctp': must be one of udp, tcp, icmp");
    BOOST_TEST(refusal({"trace", "h", "-w", "1h"}) ==
               "dtrace-node trace: --timeout '1h': must be 1ms to 10s, like 500ms or 2s; a bare "
               "number is seconds");
    BOOST_TEST(refusal({"trace", "h", "-s", "here"}) ==
               "dtrace-node trace: --source 'here': must be an IP address");
    BOOST_TEST(refusal({"master", "--port", "65536"}) ==
               "dtrace-node master: --port '65536': must be 0 to 65535");
    BOOST_TEST(refusal({"master", "--log-level", "loud"}) ==
               "dtrace-node master: --log-level 'loud': must be one of debug, info, warn, error");
}

BOOST_AUTO_TEST_CASE(the_wire_is_chosen_by_name) {
    using wire::WireKind;
    auto const kind = [](std::vector<std::string> words) {
        words.insert(words.begin(), {"trace", "h"});
        return read<TraceOptions>(words).send.wire;
    };
    BOOST_TEST((kind({}) == WireKind::automatic));
    for (auto const& [name, meant] :
         {std::pair{"auto", WireKind::automatic}, std::pair{"raw", WireKind::raw},
          std::pair{"packet", WireKind::packet}, std::pair{"unprivileged", WireKind::unprivileged}})
        BOOST_TEST((kind({"--wire", name}) == meant), name);
    BOOST_TEST(refusal({"trace", "h", "--wire", "copper"})
                   .starts_with("dtrace-node trace: --wire 'copper': must be one of auto, raw"));
}

BOOST_AUTO_TEST_CASE(limits_of_a_master) {
    auto const given =
        read<MasterOptions>({"master", "--max-report-traces", "7", "--max-reports", "8",
                             "--max-waiting-reports", "3", "--max-waiting-logins", "9",
                             "--first-login-delay", "250ms", "--longest-login-delay", "2m"});
    BOOST_TEST(given.max_report_traces == 7U);
    BOOST_TEST(given.max_reports == 8U);
    BOOST_TEST(given.max_waiting_reports_mib == 3U);
    BOOST_TEST(given.max_waiting_logins == 9U);
    BOOST_TEST(given.first_login_delay_ms == 250U);
    BOOST_TEST(given.longest_login_delay_ms == 120'000U);
    BOOST_TEST(!given.keep_traces);
    BOOST_TEST((read<MasterOptions>({"master", "--keep-traces", "2d"}).keep_traces ==
                std::chrono::days(2)));
    BOOST_TEST(refusal({"master", "--keep-hours", "23h"}) ==
               "dtrace-node master: --keep-hours '23h': must be 1d or more");
}

BOOST_AUTO_TEST_CASE(ranges_are_those_of_the_model) {
    struct Range {
        char const* option;
        int low;
        int high;
        void (*set)(ProbingParameters&, int);
    };
    using P = ProbingParameters;
    for (auto const& [option, low, high, set] : {
             Range{"--flows", 1, 256, [](P&p, int n) { p.flows = std::uint16_t(n); }},
             Range{"--attempts", 1, 100, [](P&p, int n) { p.attempts = std::uint16_t(n); }},
             Range{"--max-hops", 1, 100, [](P&p, int n) { p.max_hops = Ttl(n); }},
         })
        for (int value : {low - 1, low, high, high + 1}) {
            P parameters;
            set(parameters, value);
            auto const command = read_options({"trace", "h", option, std::to_string(value)}, {});
            BOOST_TEST(command.has_value() == !find_fault(parameters).has_value(),
                       option << ' ' << value);
        }
}

BOOST_AUTO_TEST_CASE(values_must_fit_together) {
    BOOST_TEST(refusal({"trace", "h", "-f", "9", "-m", "5"}) ==
               "dtrace-node trace: --first-hop '9': must be 1 to 5, the value of --max-hops");
    BOOST_TEST(refusal({"trace", "h", "-I", "-p", "80"}) ==
               "dtrace-node trace: --port '80': ICMP has no ports");
    BOOST_TEST(refusal({"trace", "h", "-6", "-s", "192.0.2.1"}) ==
               "dtrace-node trace: --source '192.0.2.1': must be an IPv6 address, because of "
               "--ipv6");
    BOOST_TEST(refusal({"master", "--print-traces"}) ==
               "dtrace-node master: --print-traces: needs --local-probe");
    BOOST_TEST(
        refusal({"master", "--local-name", ""})
            .starts_with("dtrace-node master: --local-name '': must be at least one character"));
    BOOST_TEST(refusal({"master", "--local-name", "a:b"}) ==
               "dtrace-node master: --local-name 'a:b': must not contain a colon");
    BOOST_TEST(refusal({"master", "--local-name", "*"})
                   .starts_with("dtrace-node master: --local-name '*': must not be *"));
    BOOST_TEST(refusal({"probe", "--master", "m", "--name", "a:b"}) ==
               "dtrace-node probe: --name 'a:b': must not contain a colon");
    BOOST_TEST(refusal({"master", "--first-login-delay", "40s"}) ==
               "dtrace-node master: --first-login-delay: must not be longer than "
               "--longest-login-delay");
    BOOST_TEST(refusal({"master", "--listen", "here"}) ==
               "dtrace-node master: --listen 'here': must be an IP address");
}

BOOST_AUTO_TEST_CASE(unknown_options_are_named_with_the_nearest) {
    BOOST_TEST(refusal({"trace", "h", "--max-hop", "3"}) ==
               "dtrace-node trace: --max-hop: there is no such option; did you mean --max-hops?");
    BOOST_TEST(refusal({"trace", "h", "--mehtod=udp"}) ==
               "dtrace-node trace: --mehtod: there is no such option; did you mean --method?");
    BOOST_TEST(refusal({"trace", "h", "--quantum"}) ==
               "dtrace-node trace: --quantum: there is no such option");
    BOOST_TEST(refusal({"trace", "h", "-Z"}) == "dtrace-node trace: -Z: there is no such option");
    BOOST_TEST(refusal({"tarce", "h"}) ==
               "dtrace-node: 'tarce': there is no such command; did you mean trace?");
}

BOOST_AUTO_TEST_CASE(missing_and_superfluous_words_are_named) {
    BOOST_TEST(refusal({"trace"}).find("HOST is missing") != std::string::npos);
    BOOST_TEST(refusal({"master", "x"}) == "dtrace-node master: 'x': is one argument too many");
    BOOST_TEST(refusal({"trace", "h", "--max-hops"}) ==
               "dtrace-node trace: --max-hops: needs a value");
    BOOST_TEST(refusal({"trace", "h", "--json=yes"}) ==
               "dtrace-node trace: --json: takes no value");
    BOOST_TEST(refusal({"trace", "h", "-j=yes"}) == "dtrace-node trace: -j: takes no value");
    BOOST_TEST(refusal({"measure", "--count", "1", "h", "i"}) ==
               "dtrace-node measure: 'i': is one argument too many");
    BOOST_TEST(refusal({"user"}) ==
               "dtrace-node user: ACTION is missing: add, passwd, remove or list");
    BOOST_TEST(refusal({"user", "add"}) == "dtrace-node user: NAME is missing: the user");
    BOOST_TEST(refusal({"user", "list", "n"}) == "dtrace-node user: 'n': list needs no name");
    BOOST_TEST(refusal({"user", "add", "n", "o"}) ==
               "dtrace-node user: 'o': is one argument too many");
    BOOST_TEST(refusal({"db", "mend"}) ==
               "dtrace-node db: ACTION 'mend': must be one of info, check, backup, import");
    BOOST_TEST(refusal({"probe", "--name", "n"}).find("--master is missing") != std::string::npos);
    BOOST_TEST(refusal({"probe", "--master", "m"}).find("--name is missing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(command_line_before_environment_before_file_before_default) {
    test::TempDir folder;
    auto const file = (folder.path() / "node.conf").string();
    test::write_file(file,
                     "# a comment\nport = 1111\ndb = from-file.db\nlocal-probe = yes\n"
                     "targets = from-file.json\n");
    Environment const environment{{"DTRACE_PORT", "2222"},
                                  {"DTRACE_TARGETS", "from-environment.json"},
                                  {"DTRACE_SOMETHING_ELSE", "x"},
                                  {"DTRACE_VERSION", "9"}};
    auto const options =
        read<MasterOptions>({"master", "--config", file, "--port=3333"}, environment);
    BOOST_TEST(options.port == 3333);
    BOOST_TEST(options.targets.value() == "from-environment.json");
    BOOST_TEST(options.database == "from-file.db");
    BOOST_TEST(options.local_probe);
    BOOST_TEST(!options.probes);
    auto const by_environment = read<MasterOptions>({"master"}, {{"DTRACE_CONFIG", file}});
    BOOST_TEST(by_environment.port == 1111);
}

BOOST_AUTO_TEST_CASE(method_shortcuts_follow_the_same_order) {
    Environment const environment{{"DTRACE_METHOD", "tcp"}};
    BOOST_TEST((read<TraceOptions>({"trace", "h"}, environment).parameters.method == Method::tcp));
    BOOST_TEST(
        (read<TraceOptions>({"trace", "-I", "h"}, environment).parameters.method == Method::icmp));
}

BOOST_AUTO_TEST_CASE(wrong_lines_and_variables_are_named) {
    test::TempDir folder;
    auto const file = (folder.path() / "node.conf").string();
    auto const refused = [&](char const* content) {
        test::write_file(file, content);
        auto const message = refusal({"master", "--config", file});
        return message.substr(std::string("dtrace-node master: ").size());
    };
    BOOST_TEST(refused("prot = 1\n") ==
               file + ": prot: there is no such option; did you mean " + file + ": port?");
    BOOST_TEST(refused("port = many\n") == file + ": port 'many': must be 0 to 65535");
    BOOST_TEST(refused("local-probe = maybe\n") ==
               file + ": local-probe 'maybe': must be true or false");
    BOOST_TEST(refused("port\n") == file + ": 'port': must be lines of name = value");
    BOOST_TEST(refused("config = x\n").find("config: there is no such option") !=
               std::string::npos);
    BOOST_TEST(refusal({"master"}, {{"DTRACE_PORT", "x"}}) ==
               "dtrace-node master: DTRACE_PORT 'x': must be 0 to 65535");
    BOOST_TEST(refusal({"master", "--config", "nowhere.conf"}) ==
               "dtrace-node master: --config 'nowhere.conf': No such file or directory");
    BOOST_TEST(refusal({"master", "--config", "/"}) ==
               "dtrace-node master: --config '/': Is a directory");
}

BOOST_AUTO_TEST_CASE(of_two_ways_to_give_a_password_the_nearer_one_counts) {
    Environment const environment{{"DTRACE_PASSWD_FILE", "secret"}};
    auto const by_file = read<app::ProbeOptions>(a_probe, environment);
    BOOST_TEST(by_file.password_file == "secret");
    auto const by_word = read<app::ProbeOptions>(with(a_probe, {"--passwd", "pw"}), environment);
    BOOST_TEST(by_word.password == "pw");
    BOOST_TEST(by_word.password_file.empty());
}

BOOST_AUTO_TEST_CASE(a_password_is_never_repeated) {
    auto const command = read_options(with(a_probe, {"--passwd", "s3cret", "--port", "1"}), {});
    BOOST_REQUIRE(!command);
    BOOST_TEST(command.error().message.find("s3cret") == std::string::npos);
    BOOST_TEST(refusal(a_probe, {{"DTRACE_PASSWD", ""}}) ==
               "dtrace-node probe: DTRACE_PASSWD: must be at least one character long");
}

BOOST_AUTO_TEST_CASE(a_master_can_be_written_in_several_ways) {
    for (char const* master : {"m", "m:80", "192.0.2.1", "[2001:db8::1]:80", "http://m:80/x"})
        BOOST_TEST(
            read<app::ProbeOptions>({"probe", "--insecure", "--name", "n", "--master", master})
                .master == master);
    BOOST_TEST(
        refusal({"probe", "--name", "n", "--master", "http://"}).find("--master 'http://'") !=
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_secret_goes_in_clear_only_where_that_was_said) {
    for (char const* master : {"https://m.example", "127.0.0.1", "localhost:99", "[::1]:8990"})
        BOOST_TEST(read<app::ProbeOptions>({"probe", "--name", "n", "--master", master}).master ==
                   master);
    for (char const* master : {"m.example", "http://192.0.2.1", "[2001:db8::1]"})
        for (auto const& command :
             {std::vector<std::string>{"probe", "--name", "n"},
              std::vector<std::string>{"measure", "--from", "n", "--token", "t", "192.0.2.9"}})
            BOOST_TEST(refusal(with(command, {"--master", master})).find("in clear") !=
                       std::string::npos);
}

BOOST_AUTO_TEST_CASE(tls_files_come_in_pairs) {
    BOOST_TEST(refusal(with(a_probe, {"--client-key", "k"})).find("need each other") !=
               std::string::npos);
    BOOST_TEST(refusal({"master", "--tls-cert", "c"}).find("need each other") != std::string::npos);
    BOOST_TEST(refusal({"master", "--client-ca", "c"}).find("--client-ca: needs") !=
               std::string::npos);
    BOOST_TEST(refusal(with(a_probe, {"--pin", "x"})).find("--pin 'x': must be sha256//") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
