#include <dtrace/json/duplicate_keys.hpp>

#include <boost/json/basic_parser_impl.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace dtrace::json {

namespace {

/// Boost.JSON's events of a parse. Each of them may end it; a key seen before does.
class KeyWatcher {
  public:
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;

    [[nodiscard]] std::optional<Fault> take_fault() { return std::move(fault_); }

    using Code = boost::system::error_code;
    using Text = boost::json::string_view;

    bool on_object_begin(Code&) {
        objects_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, Code&) {
        objects_.pop_back();
        return true;
    }
    bool on_key_part(Text part, std::size_t, Code&) {
        key_ += std::string_view(part);
        return true;
    }
    bool on_key(Text part, std::size_t, Code& code) {
        key_ += std::string_view(part);
        bool const is_new = objects_.back().insert(key_).second;
        if (!is_new) {
            fault_ = Fault{std::move(key_), "stands here twice"};
            code = make_error_code(boost::system::errc::invalid_argument);
        }
        key_.clear();
        return is_new;
    }

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_array_begin(Code&) { return true; }
    bool on_array_end(std::size_t, Code&) { return true; }
    bool on_string_part(Text, std::size_t, Code&) { return true; }
    bool on_string(Text, std::size_t, Code&) { return true; }
    bool on_number_part(Text, Code&) { return true; }
    bool on_int64(std::int64_t, Text, Code&) { return true; }
    bool on_uint64(std::uint64_t, Text, Code&) { return true; }
    bool on_double(double, Text, Code&) { return true; }
    bool on_bool(bool, Code&) { return true; }
    bool on_null(Code&) { return true; }
    bool on_comment_part(Text, Code&) { return true; }
    bool on_comment(Text, Code&) { return true; }

  private:
    std::vector<std::set<std::string>> objects_;
    std::string key_;
    std::optional<Fault> fault_;
};

}  // namespace

std::optional<Fault> find_duplicate_key(std::string_view text) {
    boost::json::basic_parser<KeyWatcher> parser{boost::json::parse_options{}};
    boost::system::error_code code;
    parser.write_some(false, text.data(), text.size(), code);
    return parser.handler().take_fault();
}

}  // namespace dtrace::json
