#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dtrace::http {

enum class Verb : std::uint8_t { get, head, post, put, patch, delete_, options };

/// "GET"; and back, none for a verb that we do not know. Verbs are case-sensitive.
[[nodiscard]] std::string_view verb_name(Verb verb);
[[nodiscard]] std::optional<Verb> find_verb(std::string_view name);

/// "Not Found"; "Status" for one without a name.
[[nodiscard]] std::string_view reason_phrase(unsigned status);

/// Header fields in order; names compare without case. All in one text, because ten thousand
/// requests that wait keep theirs.
class Headers {
  public:
    using Field = std::pair<std::string_view, std::string_view>;  ///< name and value

    Headers() = default;
    Headers(std::initializer_list<Field> fields) {
        for (auto const& [name, value] : fields)
            set(name, value);
    }

    void set(std::string_view name, std::string_view value);
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    /// Valid until the next set().
    [[nodiscard]] std::vector<Field> fields() const;

  private:
    void append(std::string_view name, std::string_view value);

    std::string text_;  ///< of each field: how long name and value are, name, value
};

/// A whole request, within the server's limits, its body already inflated.
struct Request {
    Verb verb = Verb::get;
    std::string path;                          ///< without the query, decoded as a Target's
    std::map<std::string, std::string> query;  ///< decoded
    Headers headers;
    std::string body;
    IpAddress peer;
    bool secure = false;     ///< came over TLS
    std::string_view route;  ///< the pattern that matched; empty: none
    /// What the route's `{names}` matched.
    std::map<std::string, std::string> path_parameters;
};

struct Response {
    unsigned status = 200;
    Headers headers;  ///< Content-Length, Date, Server and Connection are the server's business
    std::string body;
    /// Where the body has no end yet: called again and again for its next piece, after `body`; an
    /// empty one is the end. It may wait, and is cancelled as a handler is.
    std::function<boost::asio::awaitable<std::string>()> more = {};
};

/// A handler may wait (long poll); it is cancelled when the peer goes away or the server stops.
using Handler = std::function<boost::asio::awaitable<Response>(Request const&)>;

[[nodiscard]] Response json_response(std::string body, unsigned status = 200);

/// RFC 9457 problem+json. `path` names the offending member ("paths[0].hops[2].ttl") or is empty.
[[nodiscard]] Response problem(unsigned status, std::string_view title,
                               std::string_view detail = {}, std::string_view path = {});

/// Name and secret of "Authorization: Basic …" (RFC 7617); none when absent or malformed.
struct BasicCredentials {
    std::string name;
    std::string secret;
};
[[nodiscard]] std::optional<BasicCredentials> basic_credentials(Request const& request);
[[nodiscard]] std::string basic_authorization(BasicCredentials const& credentials);

}  // namespace dtrace::http
