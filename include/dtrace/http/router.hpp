#pragma once

#include <dtrace/http/message.hpp>

#include <string>
#include <vector>

namespace dtrace::http {

/// One row of the route table. `pattern` has literal segments and `{names}`: "/api/v1/traces/{id}".
struct Route {
    Verb verb;
    std::string pattern;
    std::string summary;  ///< one line for the documentation
    Handler handler;
};

/// Pure: which handler answers a path. HEAD is answered by GET's handler.
class Router {
  public:
    explicit Router(std::vector<Route> routes);

    [[nodiscard]] std::vector<Route> const& routes() const { return routes_; }

    /// Calls the matching handler. No path matches: 404; no verb: 405 with Allow.
    [[nodiscard]] boost::asio::awaitable<Response> handle(Request request) const;

    /// The same for a request that outlives the call; costs no memory while the handler waits.
    [[nodiscard]] boost::asio::awaitable<Response> answer(Request& request) const;

  private:
    std::vector<Route> routes_;
};

}  // namespace dtrace::http
