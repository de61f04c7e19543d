#pragma once

#include "accounts/login_book.hpp"
#include "catalog/assignment_board.hpp"

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/store/registry.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dtrace::master {

/// Where a probe or a measurement is defined, and only there can be changed.
enum class Origin : std::uint8_t { file, api, local };
BOOST_DESCRIBE_ENUM(Origin, file, api, local)

/// A probe that was defined over the API.
struct ProbeDefinition {
    std::string name;
    std::string password_hash;
    std::vector<std::string> tags;
    std::optional<IpAddress> mesh_address;
    std::optional<std::string> description;
    Timestamp created_at;
    Timestamp changed_at;
};
BOOST_DESCRIBE_STRUCT(ProbeDefinition, (),
                      (name, password_hash, tags, mesh_address, description, created_at,
                       changed_at))

/// A measurement that was defined over the API.
struct MeasurementDefinition {
    Measurement measurement;
    Timestamp created_at;
    Timestamp changed_at;
};
BOOST_DESCRIBE_STRUCT(MeasurementDefinition, (), (measurement, created_at, changed_at))

/// What is defined, by files and over the API: which probes may log in, and what is measured. Keeps
/// the login book and the assignment board up to date. Pure.
class Definitions {
  public:
    static constexpr std::size_t most_probes = 100'000;       ///< over the API
    static constexpr std::size_t most_measurements = 10'000;  ///< over the API

    Definitions(LoginBook& book, AssignmentBoard& board) : book_(book), board_(board) {}

    void set_file_probes(std::vector<ProbeEntry> entries);
    void set_file_measurements(std::vector<Measurement> measurements,
                               std::optional<std::string> report_url);
    void add_local_probe(std::string_view name, std::string_view secret);

    /// All that the API has defined, at start.
    void replace(std::vector<ProbeDefinition> probes,
                 std::vector<MeasurementDefinition> measurements);
    void put(ProbeDefinition probe);
    void remove_probe(std::string_view name);
    void put(MeasurementDefinition measurement);
    void remove_measurement(Uuid const& id);

    /// None: there is no such probe.
    [[nodiscard]] std::optional<Origin> origin_of(std::string_view probe) const;
    /// Of the API only, also one that a file hides.
    [[nodiscard]] ProbeDefinition const* probe(std::string_view name) const;
    [[nodiscard]] std::size_t probe_count() const { return probes_.size(); }
    /// All that may log in, wherever they are defined.
    [[nodiscard]] std::vector<std::string> probe_names() const { return book_.names(); }

    [[nodiscard]] MeasurementDefinition const* measurement(Uuid const& id) const;
    [[nodiscard]] std::size_t measurement_count() const { return measurements_.size(); }
    [[nodiscard]] Measurement const* file_measurement(Uuid const& id) const;
    /// Those of the files and of the API, in the order of their ids.
    [[nodiscard]] std::vector<Measurement> measurements() const;
    /// One that has this name.
    [[nodiscard]] std::optional<Uuid> find(std::string_view measurement_name) const;

    /// An entry of the registry that cannot be read: all that can be done with it is to remove it.
    void add_damaged(Uuid const& id, store::EntryKind kind) { damaged_.insert({id, kind}); }
    void forget_damaged(Uuid const& id);
    /// The kinds of those with this id.
    [[nodiscard]] std::vector<store::EntryKind> damaged(Uuid const& id) const;

    /// A probe came from there, which is where a mesh measures it; from elsewhere than before only
    /// after `moves_after` of nothing else. True: this changes assignments.
    bool saw(std::string_view probe, IpAddress const& address, TimePoint now = Clock::now());
    static constexpr Duration moves_after = std::chrono::minutes(5);

  private:
    struct Whereabouts {
        IpAddress address;
        std::optional<IpAddress> other = {};  ///< from which it has come since, alone
        TimePoint other_since = {};
    };
    static bool has_moved(Whereabouts& seen, IpAddress const& came_from, TimePoint now);
    void deal_probes();
    void deal_measurements();

    LoginBook& book_;
    AssignmentBoard& board_;
    std::map<std::string, ProbeDefinition, std::less<>> probes_;
    std::map<Uuid, MeasurementDefinition> measurements_;
    std::vector<Measurement> file_measurements_;  ///< by id
    std::set<std::pair<Uuid, store::EntryKind>> damaged_;
    std::optional<std::string> report_url_;
    std::map<std::string, Whereabouts, std::less<>> seen_;
};

}  // namespace dtrace::master
