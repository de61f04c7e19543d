#pragma once

#include <dtrace/app/options.hpp>
#include <dtrace/http/tls.hpp>

#include <memory>

namespace dtrace::app {

/// Whom the options tell to believe. The error names the file that is no good.
[[nodiscard]] Result<std::shared_ptr<http::TlsClient>> open_tls(MasterAccess const& access);

}  // namespace dtrace::app
