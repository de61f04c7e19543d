#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/http/message.hpp>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dtrace::master {

/// Entries on a page, at most.
inline constexpr std::uint64_t largest_page = 1000;

/// The query of a request, each parameter checked as it is asked for. The first fault is kept as
/// the answer (400, `path` names the parameter); a parameter at fault reads as absent. One that is
/// there and empty counts as absent, as HTML forms mean it.
class QueryParameters {
  public:
    /// Any parameter that is not `known` is a fault.
    QueryParameters(std::map<std::string, std::string> const& query,
                    std::initializer_list<std::string_view> known);

    [[nodiscard]] std::optional<std::string> text(std::string const& name) const;
    [[nodiscard]] std::optional<std::uint64_t> number(std::string const& name, std::uint64_t low,
                                                      std::uint64_t high);
    [[nodiscard]] std::optional<Timestamp> time(std::string const& name);
    [[nodiscard]] std::optional<bool> boolean(std::string const& name);

    void refuse(std::string_view name, std::string_view reason);

    [[nodiscard]] std::optional<http::Response> const& fault() const { return fault_; }

  private:
    std::map<std::string, std::string> const& query_;
    std::optional<http::Response> fault_;
};

}  // namespace dtrace::master
