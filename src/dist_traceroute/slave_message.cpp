#include "go_object.hpp"

#include <dtrace/dist_traceroute/slave_message.hpp>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/stream_parser.hpp>

#include <utility>

namespace dtrace::dist_traceroute {

namespace {

constexpr std::size_t max_depth = 32;

/// The first JSON value of a text, and the memory that it lives in.
class FirstValue {
  public:
    explicit FirstValue(std::string_view text) {
        boost::json::parse_options options;
        options.max_depth = max_depth;
        boost::json::stream_parser parser({}, options);
        parser.reset(&memory_);
        boost::json::error_code error;
        parser.write_some({text.data(), text.size()}, error);
        if (!error && !parser.done()) parser.finish(error);
        if (error)
            fault_ = json::Fault{{}, text.empty() ? "the body is empty" : error.message()};
        else
            value_ = parser.release();
    }

    [[nodiscard]] boost::json::value const& value() const { return value_; }
    [[nodiscard]] std::optional<json::Fault>& fault() { return fault_; }

  private:
    boost::json::monotonic_resource memory_;
    boost::json::value value_ = boost::json::value(boost::json::storage_ptr(&memory_));
    std::optional<json::Fault> fault_;
};

SlaveLogin read_login(GoObject& object, Generation generation) {
    return {.name = object.text("Name"),
            .secret = object.text(generation == Generation::first ? "Password" : "Secret")};
}

SlaveHop read_hop(GoObject hop) {
    SlaveHop result;
    hop.check_bool("Success");
    result.address = hop.address("Address");
    result.host = hop.text("Host");
    result.elapsed_ns = hop.number("ElapsedTime").value_or(0);
    result.ttl = hop.number("TTL").value_or(0);
    (void)hop.number("N");
    return result;
}

void read_target(GoObject target, Generation generation, SlaveResult& result) {
    result.target_name = target.text("Name");
    result.target_address = target.text("Address");
    if (generation == Generation::first) return;
    result.target_id = target.uuid("ID");
    result.retries = target.number("Retries");
    result.max_hops = target.number("MaxHops");
    (void)target.number("TimeoutMs");
}

}  // namespace

json::ReadResult<SlaveLogin> parse_config_request(std::string_view body, Generation generation) {
    FirstValue document(body);
    GoObject root(&document.value(), {}, document.fault());
    (void)root.uuid("ID");
    auto login = read_login(root, generation);
    if (document.fault()) return *std::move(document.fault());
    return login;
}

json::ReadResult<SlaveResult> parse_result(std::string_view body, Generation generation) {
    FirstValue document(body);
    GoObject root(&document.value(), {}, document.fault());
    SlaveResult result;
    auto login = root.object(generation == Generation::first ? "Creds" : "Slave");
    (void)login.uuid("ID");
    result.login = read_login(login, generation);
    result.id = root.uuid("ID");
    result.started_at = root.time("DateTime");
    read_target(root.object("Target"), generation, result);
    root.check_bool("Success");
    result.hop_count = root.number("HopCount").value_or(0);
    auto const* const hops = root.array("Hops");
    if (hops && hops->size() > most_slave_hops)
        root.refuse("Hops", "must be at most " + std::to_string(most_slave_hops));
    if (hops && !document.fault()) {
        result.hops.reserve(hops->size());
        for (std::size_t i = 0; i < hops->size() && !document.fault(); ++i)
            result.hops.push_back(read_hop(
                GoObject(&(*hops)[i], "Hops[" + std::to_string(i) + ']', document.fault())));
    }
    if (document.fault()) return *std::move(document.fault());
    return result;
}

}  // namespace dtrace::dist_traceroute
