#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <string>
#include <string_view>

namespace dtrace::test {

/// Why a value does not fit a JSON Schema, with the place; empty: it fits. Knows the words that our
/// schemas use, and takes any other one for a fault. Stricter than JSON Schema: a member that is
/// not described is a fault, so that nothing goes undocumented.
class SchemaCheck {
  public:
    /// `document` is what references ("#/components/schemas/Trace") point into.
    explicit SchemaCheck(boost::json::value const& document) : document_(document) {}

    std::string fault(boost::json::value const& value, boost::json::value const& schema,
                      std::string const& at = "") const {
        auto const& words = schema.as_object();
        if (words.empty()) return {};
        if (auto const* reference = words.if_contains("$ref"))
            return fault(value, target_of(reference->as_string()), at);
        for (auto const& [word, meaning] : words) {
            auto reason = fault_of_word(value, word, meaning, at);
            if (!reason.empty()) return reason;
        }
        return {};
    }

    /// Throws if there is no such place.
    boost::json::value const& target_of(std::string_view reference) const {
        auto const* place = &document_;
        reference.remove_prefix(2);  // "#/"
        while (!reference.empty()) {
            auto const end = std::min(reference.find('/'), reference.size());
            place = &place->at(reference.substr(0, end));
            reference.remove_prefix(std::min(end + 1, reference.size()));
        }
        return *place;
    }

  private:
    std::string fault_of_word(boost::json::value const& value, std::string_view word,
                              boost::json::value const& meaning, std::string const& at) const {
        if (word == "type")
            return has_one_type(value, meaning) ? "" : at + ": is no " + name_of(meaning);
        if (word == "properties") return members(value, meaning.as_object(), at);
        if (word == "required") return required(value, meaning.as_array(), at);
        if (word == "items") return elements(value, meaning, at);
        if (word == "additionalProperties") return entries(value, meaning, at);
        if (word == "anyOf") return one_of(value, meaning.as_array(), at);
        if (word == "enum") {
            for (auto const& allowed : meaning.as_array())
                if (allowed == value) return {};
            return at + ": is none of the allowed";
        }
        if (word == "minimum")
            return value.to_number<double>() < meaning.to_number<double>() ? at + ": too small"
                                                                           : "";
        if (word == "maximum")
            return value.to_number<double>() > meaning.to_number<double>() ? at + ": too large"
                                                                           : "";
        if (word == "format") return format(std::string(value.as_string()), text(meaning), at);
        return at + ": the check does not know " + std::string(word);
    }

    static std::string text(boost::json::value const& value) {
        return std::string(value.as_string());
    }

    static std::string name_of(boost::json::value const& type) {
        return type.is_string() ? text(type) : boost::json::serialize(type);
    }

    static bool has_one_type(boost::json::value const& value, boost::json::value const& types) {
        if (types.is_string()) return has_type(value, types.as_string());
        for (auto const& type : types.as_array())
            if (has_type(value, type.as_string())) return true;
        return false;
    }

    static bool has_type(boost::json::value const& value, std::string_view type) {
        if (type == "object") return value.is_object();
        if (type == "array") return value.is_array();
        if (type == "string") return value.is_string();
        if (type == "boolean") return value.is_bool();
        if (type == "integer") return value.is_int64() || value.is_uint64();
        return type == "number" && value.is_number();
    }

    std::string members(boost::json::value const& value, boost::json::object const& described,
                        std::string const& at) const {
        for (auto const& [name, content] : value.as_object()) {
            auto const place = at + '.' + std::string(name);
            auto const* schema = described.if_contains(name);
            if (!schema) return place + ": is not described";
            auto reason = fault(content, *schema, place);
            if (!reason.empty()) return reason;
        }
        return {};
    }

    static std::string required(boost::json::value const& value, boost::json::array const& names,
                                std::string const& at) {
        for (auto const& name : names)
            if (!value.as_object().contains(name.as_string()))
                return at + '.' + text(name) + ": is missing";
        return {};
    }

    std::string elements(boost::json::value const& value, boost::json::value const& schema,
                         std::string const& at) const {
        std::size_t index = 0;
        for (auto const& element : value.as_array()) {
            auto reason = fault(element, schema, at + '[' + std::to_string(index++) + ']');
            if (!reason.empty()) return reason;
        }
        return {};
    }

    std::string entries(boost::json::value const& value, boost::json::value const& schema,
                        std::string const& at) const {
        for (auto const& [name, content] : value.as_object()) {
            auto reason = fault(content, schema, at + '.' + std::string(name));
            if (!reason.empty()) return reason;
        }
        return {};
    }

    std::string one_of(boost::json::value const& value, boost::json::array const& schemas,
                       std::string const& at) const {
        std::string reasons;
        for (auto const& schema : schemas) {
            auto reason = fault(value, schema, at);
            if (reason.empty()) return {};
            reasons += (reasons.empty() ? "" : "; or ") + std::move(reason);
        }
        return reasons;
    }

    static std::string format(std::string const& value, std::string const& name,
                              std::string const& at) {
        bool const good = name == "uuid"        ? parse<Uuid>(value).has_value()
                          : name == "date-time" ? parse<Timestamp>(value).has_value()
                                                : false;
        return good ? "" : at + ": is no " + name;
    }

    boost::json::value const& document_;
};

}  // namespace dtrace::test
