#include "catalog/merge_patch.hpp"

#include <dtrace/json/document.hpp>
#include <dtrace/json/duplicate_keys.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace dtrace::master {

namespace {

namespace bj = boost::json;

/// As deep as json::Document lets a patch be.
void apply(bj::value& target, bj::value const& patch) {
    auto const* const members = patch.if_object();
    if (!members) {
        target = patch;
        return;
    }
    if (!target.is_object()) target.emplace_object();
    for (auto const& [name, content] : *members) {
        if (content.is_null())
            target.get_object().erase(name);
        else
            apply(target.get_object()[name], content);
    }
}

}  // namespace

json::ReadResult<std::string> merge_patch(std::string_view target, std::string_view patch) {
    json::Document const document(patch);
    auto const root = document.root();
    if (!root) return root.error();
    if (!(*root)->is_object()) return json::Fault{{}, "must be an object"};
    if (auto fault = json::find_duplicate_key(patch)) return *std::move(fault);
    auto merged = bj::parse(target);
    apply(merged, **root);
    return {boost::system::in_place_value, bj::serialize(merged)};
}

}  // namespace dtrace::master
