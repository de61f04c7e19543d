#include "go_object.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace dtrace::dist_traceroute {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

/// A whole number without point or exponent, which is all that Go takes for an integer.
std::optional<std::int64_t> whole_number(boost::json::value const& value) {
    if (auto const* number = value.if_int64()) return *number;
    return std::nullopt;
}

}  // namespace

GoObject::GoObject(boost::json::value const* value, std::string path,
                   std::optional<json::Fault>& fault)
    : path_(std::move(path)), fault_(fault) {
    if (!value || value->is_null() || fault_) return;
    object_ = value->if_object();
    if (!object_) fault_ = json::Fault{path_, "must be an object"};
}

std::string GoObject::path_of(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + '.' + std::string(name);
}

void GoObject::refuse(std::string_view name, std::string_view reason) {
    if (!fault_) fault_ = json::Fault{path_of(name), std::string(reason)};
}

boost::json::value const* GoObject::member(std::string_view name) const {
    if (!object_ || fault_) return nullptr;
    boost::json::value const* found = object_->if_contains(name);
    if (!found)
        for (auto const& [key, value] : *object_)
            if (same_name({key.data(), key.size()}, name)) found = &value;
    return found && found->is_null() ? nullptr : found;
}

std::string GoObject::text(std::string_view name) {
    auto const* const value = member(name);
    if (!value) return {};
    if (auto const* text = value->if_string()) return {text->data(), text->size()};
    refuse(name, "must be a string");
    return {};
}

std::optional<std::int64_t> GoObject::number(std::string_view name) {
    auto const* const value = member(name);
    if (!value) return std::nullopt;
    auto const number = whole_number(*value);
    if (!number) refuse(name, "must be a whole number");
    return number;
}

void GoObject::check_bool(std::string_view name) {
    auto const* const value = member(name);
    if (value && !value->is_bool()) refuse(name, "must be true or false");
}

std::optional<Uuid> GoObject::uuid(std::string_view name) {
    if (!member(name)) return std::nullopt;
    auto text = this->text(name);
    if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
    auto const uuid = parse<Uuid>(text);
    if (!uuid) {
        refuse(name, uuid.error().message);
        return std::nullopt;
    }
    if (*uuid == Uuid{}) return std::nullopt;
    return *uuid;
}

std::optional<Timestamp> GoObject::time(std::string_view name) {
    if (!member(name)) return std::nullopt;
    auto const text = this->text(name);
    // What Go writes for a time that was never set.
    if (text.starts_with("0001-01-01T00:00:00")) return std::nullopt;
    auto const time = parse<Timestamp>(text);
    if (!time) {
        refuse(name, time.error().message);
        return std::nullopt;
    }
    if (time->time_since_epoch().count() < 0) return std::nullopt;
    return *time;
}

IpV4 GoObject::address(std::string_view name) {
    IpV4::bytes_type bytes{};
    auto const* const value = member(name);
    if (!value) return {};
    auto const* const numbers = value->if_array();
    if (!numbers) {
        refuse(name, "must be an array of numbers");
        return {};
    }
    for (std::size_t i = 0; i < numbers->size(); ++i) {
        auto const number = whole_number((*numbers)[i]);
        if (!number || *number < 0 || *number > 255) {
            refuse(name, "must have numbers from 0 to 255");
            return {};
        }
        if (i < bytes.size()) bytes[i] = static_cast<unsigned char>(*number);
    }
    return IpV4(bytes);
}

GoObject GoObject::object(std::string_view name) {
    return {member(name), path_of(name), fault_};
}

boost::json::array const* GoObject::array(std::string_view name) {
    auto const* const value = member(name);
    if (!value) return nullptr;
    auto const* const array = value->if_array();
    if (!array) refuse(name, "must be an array");
    return array;
}

}  // namespace dtrace::dist_traceroute
