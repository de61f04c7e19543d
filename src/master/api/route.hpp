#pragma once

#include "api/api.hpp"

#include <dtrace/http/router.hpp>
#include <dtrace/json/schema.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dtrace::master {

/// What answers a route: a handler that does not care who asks, or one that is told.
class RouteHandler {
  public:
    using Answer = boost::asio::awaitable<http::Response>;

    RouteHandler(Answer (*handler)(Api&, http::Request const&))
        : handler_([handler](Api& api, http::Request const& request, Caller const&) {
              return handler(api, request);
          }) {}
    RouteHandler(Answer (*handler)(Api&, http::Request const&, Caller)) : handler_(handler) {}
    RouteHandler(std::function<Answer(Api&, http::Request const&)> handler)
        : handler_(
              [handler = std::move(handler)](Api& api, http::Request const& request,
                                             Caller const&) { return handler(api, request); }) {}

    Answer operator()(Api& api, http::Request const& request, Caller caller) const {
        return handler_(api, request, std::move(caller));
    }

  private:
    std::function<Answer(Api&, http::Request const&, Caller)> handler_;
};

/// The JSON Schema of a body, kept in the book.
using Schema = std::string (*)(json::SchemaBook&);

template <class T>
std::string schema_of(json::SchemaBook& book) {
    return book.schema_of<T>();
}

template <class T>
std::string schema_of_patch(json::SchemaBook& book) {
    return book.schema_of_patch<T>();
}

enum class ParameterType : std::uint8_t { text, number, time, boolean };

struct QueryParameter {
    std::string_view name;
    std::string_view meaning;
    ParameterType type = ParameterType::text;
};

/// A body as it comes in or goes out.
struct Content {
    std::string_view type;    ///< empty: there is none
    Schema schema = nullptr;  ///< of JSON only
};

template <class T>
inline constexpr Content json_of{"application/json", schema_of<T>};

struct RouteAnswer {
    unsigned status = 200;
    Content content = {};
};

/// Where none is expected, and what people and scripts send.
inline constexpr std::size_t little_body_bytes = 16 * 1024;
inline constexpr std::size_t usual_body_bytes = 1024 * 1024;

/// One row of the route table: what the router, the documentation and the tests of who may do what
/// are made from.
struct ApiRoute {
    http::Verb verb;
    std::string_view pattern;
    std::string_view summary;  ///< one line, which docs/api.md has too
    Access access;
    RouteHandler handler;
    std::vector<QueryParameter> query = {};
    Content body = {};
    bool if_match = false;                  ///< looks at the header If-Match
    bool if_none_match = false;             ///< looks at the header If-None-Match
    std::vector<RouteAnswer> answers = {};  ///< of success; what fails is a problem everywhere
    /// Of a body, 413; none: as much as the server takes (--max-body).
    std::optional<std::size_t> max_body_bytes = little_body_bytes;

    // The rest of a row.

    ApiRoute&& asks(std::vector<QueryParameter> parameters) && {
        query = std::move(parameters);
        return std::move(*this);
    }
    template <class T>
    ApiRoute&& takes() && {
        body = json_of<T>;
        max_body_bytes = usual_body_bytes;
        return std::move(*this);
    }
    template <class T>
    ApiRoute&& takes_patch() && {
        body = {"application/merge-patch+json", schema_of_patch<T>};
        max_body_bytes = usual_body_bytes;
        return std::move(*this);
    }
    ApiRoute&& takes_large_bodies() && {
        max_body_bytes.reset();
        return std::move(*this);
    }
    ApiRoute&& unless_changed() && {
        if_match = true;
        return std::move(*this);
    }
    ApiRoute&& unless_known() && {
        if_none_match = true;
        return std::move(*this).gives_other({}, 304);
    }
    template <class T>
    ApiRoute&& gives(unsigned status = 200) && {
        return std::move(*this).gives_other(json_of<T>, status);
    }
    ApiRoute&& gives_nothing() && { return std::move(*this).gives_other({}, 204); }
    ApiRoute&& gives_other(Content content, unsigned status = 200) && {
        answers.push_back({status, content});
        return std::move(*this);
    }
};

}  // namespace dtrace::master
