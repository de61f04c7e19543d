#include "config/tls_reload.hpp"

#include <utility>

namespace dtrace::master {

std::vector<std::filesystem::path> TlsReload::files() const {
    if (!tls_) return {};
    auto const& files = tls_->files();
    std::vector<std::filesystem::path> result{files.certificate, files.key};
    if (!files.client_ca.empty()) result.push_back(files.client_ca);
    return result;
}

void TlsReload::look(bool report) {
    if (!tls_) return;
    auto const changed = tls_->reload();
    if (changed) {
        bool const mended = std::exchange(fault_, std::nullopt).has_value();
        if (*changed || mended || report)
            log_.info("certificate loaded", {{"file", tls_->files().certificate.string()},
                                             {"valid_until", tls_->valid_until()}});
        return;
    }
    auto const& reason = changed.error().message;
    if (report || fault_ != reason)
        log_.warn("certificate refused, the one before stays in use", {{"reason", reason}});
    fault_ = reason;
}

}  // namespace dtrace::master
