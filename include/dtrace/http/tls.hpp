#pragma once

#include <dtrace/core/error.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::http {

class TlsSession;

/// PEM files.
struct TlsServerFiles {
    std::filesystem::path certificate;  ///< and what leads from it to the root, in order
    std::filesystem::path key;          ///< without a passphrase
    /// Not empty: every client must show a certificate that one of these has signed.
    std::filesystem::path client_ca;
};

/// How a server proves who it is, over TLS 1.2 or newer. Used by one thread.
class TlsServer {
  public:
    /// The error names the file and what is wrong with it.
    [[nodiscard]] static Result<std::shared_ptr<TlsServer>> open(TlsServerFiles files);
    ~TlsServer();
    TlsServer(TlsServer const&) = delete;
    TlsServer& operator=(TlsServer const&) = delete;

    /// Reads the files again, for connections from now on; true: something else is in force. What
    /// was in force stays after an error.
    [[nodiscard]] Result<bool> reload();

    [[nodiscard]] TlsServerFiles const& files() const;
    /// "2026-11-22T14:00:00Z": until when the certificate holds.
    [[nodiscard]] std::string valid_until() const;

    [[nodiscard]] std::unique_ptr<TlsSession> make_session(int socket) const;

  private:
    struct Impl;
    explicit TlsServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

struct TlsClientOptions {
    std::filesystem::path ca;  ///< whom to trust; empty: whom the system trusts
    /// "sha256//BASE64" of a server's public key (as curl's --pinnedpubkey). With pins, whoever has
    /// one of these keys is trusted, whatever else the certificate says.
    std::vector<std::string> pins;
    std::filesystem::path certificate;  ///< to show, if the server asks; empty: none
    std::filesystem::path key;
};

/// Why this is no pin; none: it is one.
[[nodiscard]] Result<void> check_pin(std::string_view pin);

/// Whom a client believes, over TLS 1.2 or newer.
class TlsClient {
  public:
    [[nodiscard]] static Result<std::shared_ptr<TlsClient>> open(TlsClientOptions options);
    ~TlsClient();
    TlsClient(TlsClient const&) = delete;
    TlsClient& operator=(TlsClient const&) = delete;

    /// `host` is what the certificate must be made out to: a name or an address.
    [[nodiscard]] std::unique_ptr<TlsSession> make_session(int socket,
                                                           std::string const& host) const;

  private:
    struct Impl;
    explicit TlsClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::http
