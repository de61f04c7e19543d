#pragma once

#include <dtrace/core/text.hpp>

#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dtrace {

/// Text form of every enum described by BOOST_DESCRIBE_ENUM: its enumerator's name
/// ("time_exceeded").
template <class E>
requires boost::describe::has_describe_enumerators<E>::value struct TextForm<E> {
    static std::string_view write(E value) {
        return boost::describe::enum_to_string(value, "unknown");
    }

    static Result<E> read(std::string_view text) {
        std::optional<E> found;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
            if (text == enumerator.name) found = enumerator.value;
        });
        if (found) return *found;
        std::string allowed;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
            if (!allowed.empty()) allowed += ", ";
            allowed += enumerator.name;
        });
        return make_error(boost::system::errc::invalid_argument, "must be one of " + allowed);
    }
};

}  // namespace dtrace
