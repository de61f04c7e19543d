#include <dtrace/json/document.hpp>

#include <boost/json/parser.hpp>

#include <algorithm>
#include <string>

namespace dtrace::json {

namespace {

/// Memory of the values per byte of text, so that a usual document is one allocation.
constexpr std::size_t expansion = 6;

std::size_t initial_memory(std::string_view text) {
    return std::clamp<std::size_t>(text.size() * expansion, 1024, 1 << 20);
}

std::string describe(boost::system::error_code code, std::string_view text, std::size_t offset) {
    std::string_view const before = text.substr(0, offset);
    auto const line = 1 + std::count(before.begin(), before.end(), '\n');
    auto const begin_of_line = before.rfind('\n') + 1;  // npos + 1 is 0
    return "line " + std::to_string(line) + ", column " +
           std::to_string(before.size() - begin_of_line + 1) + ": " + code.message();
}

}  // namespace

Document::Document(std::string_view text)
    : memory_(initial_memory(text)), value_(&memory_), root_(&value_) {
    unsigned char working_space[4096];
    boost::json::parse_options options;
    options.max_depth = max_depth;
    boost::json::parser parser({}, options, working_space);
    parser.reset(&memory_);
    boost::system::error_code code;
    std::size_t const offset = parser.write(text.data(), text.size(), code);
    if (code) {
        root_ = Fault{{}, "not JSON: " + describe(code, text, std::min(offset, text.size()))};
        return;
    }
    value_ = parser.release();
}

}  // namespace dtrace::json
