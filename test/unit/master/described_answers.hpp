#pragma once

#include <dtrace/http/message.hpp>

#include <string>

namespace dtrace::test {

/// Where an answer, of success or not, is another than the OpenAPI document says; empty: it is as
/// described. `request`: as the router leaves it, with its route.
[[nodiscard]] std::string find_undescribed(http::Request const& request,
                                           http::Response const& response);

}  // namespace dtrace::test
