#pragma once

#include "alerts/alerts_file.hpp"

#include <dtrace/http/tls.hpp>
#include <dtrace/http/url.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dtrace::master {

/// A receiver with all that is needed to tell it something. Secret but for its name and filter.
struct Receiver {
    std::string name;
    http::Url url;
    std::map<std::string, std::string> headers;
    std::string secret;                    ///< empty: nothing is signed
    std::shared_ptr<http::TlsClient> tls;  ///< none: plain HTTP
    AlertFilter filter;
    seconds timeout{};
    microseconds max_age{};
    Uuid stamp;                             ///< of all of it: another one means another content
    std::vector<std::string> open_secrets;  ///< files with secrets that others may read
};

/// What a look at the alerts file, and at the files that it names, found. Nothing new: all empty.
struct ReceiversLook {
    std::optional<json::Fault> fault;
    std::optional<std::vector<Receiver>> receivers;
    Uuid stamp;
};

/// Blocks. `known`: the stamp of what was found before.
[[nodiscard]] ReceiversLook look_at_receivers(std::filesystem::path const& file, Uuid const& known);

}  // namespace dtrace::master
