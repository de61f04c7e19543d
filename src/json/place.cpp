#include <dtrace/json/place.hpp>
#include <dtrace/json/quote.hpp>

#include <algorithm>

namespace dtrace::json {

namespace {

/// A key may be as long as its document; a message need not.
constexpr std::size_t longest_key = 64;

bool is_plain_name(std::string_view name) {
    auto const plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    return !name.empty() && name.size() <= longest_key && std::ranges::all_of(name, plain);
}

void append_key(std::string& text, std::string_view key) {
    text += '[';
    if (key.size() <= longest_key) {
        append_quoted(text, key);
    } else {
        // No code point is cut in two: back to where one begins.
        std::size_t end = longest_key;
        while (end > 0 && (static_cast<unsigned char>(key[end]) & 0xC0) == 0x80)
            --end;
        append_quoted(text, std::string(key.substr(0, end)) + "…");
    }
    text += ']';
}

}  // namespace

std::string Place::text() const {
    std::string text;
    append_to(text);
    return text;
}

void Place::append_to(std::string& text) const {
    if (parent_) parent_->append_to(text);
    switch (step_) {
        case Step::root:
            text += name_;
            return;
        case Step::element:
            text += '[' + std::to_string(index_) + ']';
            return;
        case Step::key:
            append_key(text, name_);
            return;
        case Step::member:
            if (!is_plain_name(name_)) return append_key(text, name_);
            if (!text.empty()) text += '.';
            text += name_;
            return;
    }
}

}  // namespace dtrace::json
