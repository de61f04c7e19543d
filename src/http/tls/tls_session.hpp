#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dtrace::http {

struct FreeSsl {
    void operator()(SSL* ssl) const;
};

/// TLS on a connected socket that does not block. Each step does what can be done now and says what
/// it waits for; then it is to be repeated with the same arguments.
class TlsSession {
  public:
    enum class Wait : std::uint8_t { no, readable, writable };
    struct Step {
        Wait wait = Wait::no;
        boost::system::error_code error;  ///< asio::error::eof at the end
        std::size_t bytes = 0;
    };

    /// `pins` not empty: SHA-256 of the public keys one of which the peer must have.
    TlsSession(std::unique_ptr<SSL, FreeSsl> ssl, int socket, std::vector<std::string> pins);
    ~TlsSession();
    TlsSession(TlsSession const&) = delete;
    TlsSession& operator=(TlsSession const&) = delete;

    [[nodiscard]] Step handshake();
    /// Why handshake() failed, or what the peer complained of later; else empty.
    [[nodiscard]] std::string const& failure() const { return failure_; }

    [[nodiscard]] Step read(boost::asio::mutable_buffer buffer);
    [[nodiscard]] Step write(boost::asio::const_buffer buffer);
    /// Whether read() would find something without the socket.
    [[nodiscard]] bool has_pending() const;
    /// Tells the peer, if that needs no waiting, that nothing more will come.
    void say_goodbye();

  private:
    [[nodiscard]] Step judge(int result);
    [[nodiscard]] bool has_pinned_key() const;
    [[nodiscard]] std::string why() const;

    std::unique_ptr<SSL, FreeSsl> ssl_;
    std::vector<std::string> pins_;
    std::string failure_;
    bool broken_ = false;
    bool ready_ = false;
};

}  // namespace dtrace::http
