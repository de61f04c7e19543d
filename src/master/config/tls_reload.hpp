#pragma once

#include <dtrace/core/log.hpp>
#include <dtrace/http/tls.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// Keeps the certificate in force that the files hold, and says in the log what came of a look.
class TlsReload {
  public:
    /// `tls` none: there is nothing to do.
    TlsReload(std::shared_ptr<http::TlsServer> tls, Logger& log)
        : tls_(std::move(tls)), log_(log) {}

    [[nodiscard]] std::vector<std::filesystem::path> files() const;

    /// `report`: say what was found even if it is the same as before.
    void look(bool report);

  private:
    std::shared_ptr<http::TlsServer> tls_;
    Logger& log_;
    std::optional<std::string> fault_;  ///< of the last look
};

}  // namespace dtrace::master
