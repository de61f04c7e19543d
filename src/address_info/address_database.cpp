#include "memory_file.hpp"
#include "mmdb.hpp"

#include <dtrace/address_info/address_database.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace dtrace::address_info {

// There is no standard of what the entries are called. The names below are MaxMind's, which DB-IP
// and others share, and after them IPinfo's.

namespace {

constexpr std::uint64_t largest_asn = 0xFFFF'FFFF;
constexpr std::uint64_t half_round_the_world_km = 20'038;
constexpr std::size_t longest_type = 100;
constexpr std::uint64_t end_of_year_9999 = 253'402'300'799;

/// "AS64500"
std::optional<std::uint64_t> read_asn(std::string_view text) {
    if (!text.starts_with("AS")) return std::nullopt;
    std::uint64_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [stopped, failed] = std::from_chars(text.data() + 2, end, number);
    return failed == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
}

/// 0 means that nobody announces the address.
std::optional<std::uint32_t> asn_of(MMDB_entry_s entry) {
    auto number = number_at(entry, {"autonomous_system_number"});
    if (!number) {
        auto const text = text_at(entry, {"asn"});
        number = text ? read_asn(*text) : number_at(entry, {"asn"});
    }
    if (!number || *number == 0 || *number > largest_asn) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

bool is_country_code(std::optional<std::string> const& text) {
    return text && text->size() == 2 &&
           std::ranges::all_of(*text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::optional<std::string> country_of(MMDB_entry_s entry) {
    auto code = text_at(entry, {"country", "iso_code"});
    if (!is_country_code(code)) code = text_at(entry, {"country_code"});
    if (!is_country_code(code)) code = text_at(entry, {"country"});
    return is_country_code(code) ? code : std::nullopt;
}

std::optional<std::string> city_of(MMDB_entry_s entry) {
    auto name = text_at(entry, {"city", "names", "en"});
    return name ? name : text_at(entry, {"city"});
}

std::optional<Coordinates> coordinates_of(MMDB_entry_s entry) {
    auto const latitude = real_at(entry, {"location", "latitude"});
    auto const longitude = real_at(entry, {"location", "longitude"});
    auto const radius = number_at(entry, {"location", "accuracy_radius"});
    if (!latitude || !longitude || !radius) return std::nullopt;
    // Written so that a value that is no number fails.
    bool const on_earth =
        *latitude >= -90 && *latitude <= 90 && *longitude >= -180 && *longitude <= 180;
    if (!on_earth || *radius == 0 || *radius > half_round_the_world_km) return std::nullopt;
    return Coordinates{.latitude = *latitude,
                       .longitude = *longitude,
                       .radius_km = static_cast<std::uint32_t>(*radius)};
}

}  // namespace

struct AddressDatabase::Impl {
    Mmdb mmdb;
};

AddressDatabase::AddressDatabase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AddressDatabase::~AddressDatabase() = default;

Result<std::shared_ptr<AddressDatabase const>> AddressDatabase::open_copy(std::string const& path) {
    auto mmdb = open_mmdb(path);
    if (!mmdb) return mmdb.error();
    auto impl = std::make_unique<Impl>(Impl{*std::move(mmdb)});
    return std::shared_ptr<AddressDatabase const>(new AddressDatabase(std::move(impl)));
}

Result<std::shared_ptr<AddressDatabase const>> AddressDatabase::open(
    std::filesystem::path const& file) {
    auto const copy = MemoryFile::copy_of(file);
    if (!copy) return copy.error();
    auto database = open_copy(copy->path());
    if (!database) return within(file.string(), database.error());
    return database;
}

Result<std::shared_ptr<AddressDatabase const>> AddressDatabase::read(std::string_view content) {
    auto const copy = MemoryFile::with(content);
    if (!copy) return copy.error();
    return open_copy(copy->path());
}

NetworkInfo AddressDatabase::network_of(IpAddress const& address) const {
    auto const entry = find_entry(*impl_->mmdb, address);
    if (!entry) return {};
    NetworkInfo info{.asn = asn_of(*entry),
                     .organisation = text_at(*entry, {"autonomous_system_organization"})};
    if (!info.organisation) info.organisation = text_at(*entry, {"as_name"});
    return info;
}

PlaceInfo AddressDatabase::place_of(IpAddress const& address) const {
    auto const entry = find_entry(*impl_->mmdb, address);
    if (!entry) return {};
    return {.country = country_of(*entry),
            .city = city_of(*entry),
            .coordinates = coordinates_of(*entry)};
}

std::string AddressDatabase::type() const {
    std::string type = impl_->mmdb->metadata.database_type;
    return type.substr(0, longest_type);
}

std::optional<Timestamp> AddressDatabase::built_at() const {
    auto const built = impl_->mmdb->metadata.build_epoch;
    if (built == 0 || built > end_of_year_9999) return std::nullopt;
    return Timestamp(seconds(built));
}

}  // namespace dtrace::address_info
