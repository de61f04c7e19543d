#pragma once

#include <dtrace/http/message.hpp>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::http {

/// One row of the route table. `pattern` has literal segments and `{names}`: "/api/v1/traces/{id}".
struct Route {
    Verb verb;
    std::string pattern;
    std::string summary;  ///< one line for the documentation
    Handler handler;
    /// Of a request's body; none: as much as the server takes.
    std::optional<std::size_t> max_body_bytes = {};
};

/// Pure: which handler answers a path. HEAD is answered by GET's handler.
class Router {
  public:
    explicit Router(std::vector<Route> routes);

    [[nodiscard]] std::vector<Route> const& routes() const { return routes_; }

    /// How large the body of such a request may be; `most`: that of any.
    [[nodiscard]] std::size_t body_limit(Verb verb, std::string_view path, std::size_t most) const;

    /// Calls the matching handler. No path matches: 404; no verb: 405 with Allow.
    [[nodiscard]] boost::asio::awaitable<Response> handle(Request request) const;

    /// The same for a request that outlives the call; costs no memory while the handler waits.
    [[nodiscard]] boost::asio::awaitable<Response> answer(Request& request) const;

  private:
    struct Match {
        Route const* best = nullptr;
        std::set<Verb> allowed;  ///< of all that match the path
    };
    [[nodiscard]] Match match(Verb verb, std::string_view path) const;

    std::vector<Route> routes_;
};

}  // namespace dtrace::http
