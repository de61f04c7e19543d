#pragma once

#include <dtrace/json/fault.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string_view>

namespace dtrace::json {

/// Nesting allowed in what we read.
inline constexpr std::size_t max_depth = 32;

/// A parsed text and the memory of its values, freed in one go. Strict JSON in UTF-8, nested at
/// most `max_depth` deep; of members with the same name the last one counts. The size of the text
/// is the caller's to limit.
class Document {
  public:
    explicit Document(std::string_view text);
    Document(Document const&) = delete;
    Document& operator=(Document const&) = delete;

    /// The outermost value, or what is wrong with the text ("line 3, column 14: syntax error").
    [[nodiscard]] ReadResult<boost::json::value const*> root() const { return root_; }

  private:
    boost::json::monotonic_resource memory_;
    boost::json::value value_;
    ReadResult<boost::json::value const*> root_;
};

}  // namespace dtrace::json
