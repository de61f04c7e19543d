#pragma once

#include "api/query_parameters.hpp"
#include "catalog/definitions.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// What lists of probes and of measurements are asked for alike.
struct CatalogQuery {
    std::optional<std::string> tag;
    std::optional<std::string> q;  ///< a part of the name
    std::optional<Origin> origin;
    std::size_t limit;
    std::string cursor;  ///< the last of the page before

    explicit CatalogQuery(QueryParameters& query)
        : tag(query.text("tag")),
          q(query.text("q")),
          limit(query.number("limit", 1, 1000).value_or(1000)),
          cursor(query.text("cursor").value_or("")) {
        auto const text = query.text("origin");
        if (!text) return;
        auto const parsed = parse<Origin>(*text);
        if (parsed)
            origin = *parsed;
        else
            query.refuse("origin", parsed.error().message);
    }

    [[nodiscard]] bool wants(std::string_view name, Origin from,
                             std::vector<std::string> const& tags) const {
        return (!q || name.find(*q) != std::string_view::npos) && (!origin || *origin == from) &&
               (!tag || std::ranges::find(tags, *tag) != tags.end());
    }
};

}  // namespace dtrace::master
