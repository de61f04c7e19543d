#pragma once

#include "accounts/accounts.hpp"
#include "api/access.hpp"

#include <dtrace/http/message.hpp>

#include <string>
#include <string_view>

namespace dtrace::master {

// A browser is known by a cookie that its scripts cannot read and that is sent to this origin only
// (HttpOnly, SameSite=Strict). What changes something must also prove that it comes from a page of
// ours, which can read the answer to its login: by the header X-CSRF-Token.

/// The name of the cookie; over TLS one that no other origin can set.
[[nodiscard]] std::string_view cookie_name(bool secure);

/// What a session's page has to send as X-CSRF-Token.
[[nodiscard]] std::string csrf_token_of(std::string_view cookie);

/// The session cookie of a request; empty: none.
[[nodiscard]] std::string_view find_cookie(http::Request const& request);

/// Whether a browser says that the request comes from a page of another origin.
[[nodiscard]] bool is_from_elsewhere(http::Request const& request);

/// Decides who may pass: a token (Authorization: Bearer), or else a session's cookie. Pure.
class Gate {
  public:
    /// What whoever does not log in may do.
    struct Open {
        bool reading = false;  ///< what a viewer may
        bool metrics = false;
    };

    Gate(Accounts const& accounts, Open open) : accounts_(accounts), open_(open) {}

    [[nodiscard]] Admission admit(http::Request const& request, Access access, Timestamp now) const;

  private:
    [[nodiscard]] Admission identify(http::Request const& request, Access access,
                                     Timestamp now) const;

    Accounts const& accounts_;
    Open open_;
};

}  // namespace dtrace::master
