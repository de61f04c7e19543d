#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/address_info.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dtrace::address_info {

/// What an MMDB file (MaxMind DB) says of addresses. It works on a copy in memory: whatever becomes
/// of the file does not matter to it. May be asked by several threads at once.
///
/// What a file has no entry for, or something that makes no sense, is absent. A damaged entry is no
/// entry.
class AddressDatabase {
  public:
    /// The error names the file: it cannot be read, or is no MMDB file, or a damaged one. Blocks.
    [[nodiscard]] static Result<std::shared_ptr<AddressDatabase const>> open(
        std::filesystem::path const& file);

    /// The same of a file's content.
    [[nodiscard]] static Result<std::shared_ptr<AddressDatabase const>> read(
        std::string_view content);

    AddressDatabase(AddressDatabase const&) = delete;
    AddressDatabase& operator=(AddressDatabase const&) = delete;
    ~AddressDatabase();

    [[nodiscard]] NetworkInfo network_of(IpAddress const& address) const;
    [[nodiscard]] PlaceInfo place_of(IpAddress const& address) const;

    [[nodiscard]] std::string type() const;  ///< as its maker calls it: "GeoLite2-ASN"
    [[nodiscard]] std::optional<Timestamp> built_at() const;

  private:
    struct Impl;
    explicit AddressDatabase(std::unique_ptr<Impl> impl);
    static Result<std::shared_ptr<AddressDatabase const>> open_copy(std::string const& path);

    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::address_info
