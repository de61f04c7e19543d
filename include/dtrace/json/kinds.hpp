#pragma once

#include <dtrace/core/rare.hpp>

#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace dtrace::json {

// What the reader and the writer tell types apart by.

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_optional<Rare<T>> = true;

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
inline constexpr bool is_map = false;
template <class K, class V>
inline constexpr bool is_map<std::map<K, V>> = true;
template <class K, class V>
inline constexpr bool is_map<std::unordered_map<K, V>> = true;

template <class T>
inline constexpr bool may_be_absent = is_optional<T> || is_vector<T> || is_map<T>;

template <class T>
concept IsDescribed = boost::describe::has_describe_members<T>::value;

/// Calls `f` with each member's descriptor (`name`, `pointer`), in the order of the description.
template <IsDescribed T, class F>
void for_each_member(F&& f) {
    using namespace boost::describe;
    boost::mp11::mp_for_each<describe_members<T, mod_public | mod_inherited>>(f);
}

}  // namespace dtrace::json
