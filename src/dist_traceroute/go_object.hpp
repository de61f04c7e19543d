#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/json/fault.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace boost::json {
class array;
class object;
class value;
}  // namespace boost::json

namespace dtrace::dist_traceroute {

/// Reads members of an object as Go's encoding/json does. The first fault is kept and ends the
/// reading: everything after it reads as absent.
class GoObject {
  public:
    /// `value` null: an empty object. `path` is for faults.
    GoObject(boost::json::value const* value, std::string path, std::optional<json::Fault>& fault);

    [[nodiscard]] std::string text(std::string_view name);
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name);
    void check_bool(std::string_view name);
    /// In braces or not; the zero uuid is none.
    [[nodiscard]] std::optional<Uuid> uuid(std::string_view name);
    /// RFC 3339; before 1970 is none.
    [[nodiscard]] std::optional<Timestamp> time(std::string_view name);
    /// An array of numbers from 0 to 255: too few are followed by zeros, too many are cut off.
    [[nodiscard]] IpV4 address(std::string_view name);
    [[nodiscard]] GoObject object(std::string_view name);
    /// The elements of an array of objects; none: absent.
    [[nodiscard]] boost::json::array const* array(std::string_view name);

    [[nodiscard]] std::string path_of(std::string_view name) const;
    /// Records the first fault only.
    void refuse(std::string_view name, std::string_view reason);

  private:
    [[nodiscard]] boost::json::value const* member(std::string_view name) const;

    boost::json::object const* object_ = nullptr;
    std::string path_;
    std::optional<json::Fault>& fault_;
};

}  // namespace dtrace::dist_traceroute
