#pragma once

#include <dtrace/model/answer.hpp>
#include <dtrace/model/extension.hpp>
#include <dtrace/model/flow.hpp>
#include <dtrace/model/reply.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::engine {

/// What few replies have to say; many say the same.
struct ReplyDetails {
    Extensions extensions;
    std::optional<Translation> translation;

    friend bool operator==(ReplyDetails const&, ReplyDetails const&) = default;
};

/// What the quote of our packet shows of address translators. `sent`: the flow as it left us;
/// `sealed_tag`: what the packet carried.
[[nodiscard]] std::optional<Translation> find_translation(Reply const& reply, Flow const& sent,
                                                          std::uint32_t sealed_tag);

}  // namespace dtrace::engine
