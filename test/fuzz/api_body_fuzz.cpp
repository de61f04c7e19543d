#include "accounts/account_rules.hpp"
#include "catalog/measurement_rules.hpp"
#include "catalog/probe_rules.hpp"
#include "require.hpp"

#include <dtrace/json/duplicate_keys.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

using namespace dtrace;
using namespace dtrace::master;
using fuzz::require;

namespace {

constexpr Timestamp now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);

template <class T>
json::ReadResult<T> read(std::string_view body) {
    auto input = json::read<T>(body, json::UnknownKeys::refuse);
    require(input.has_value() || !input.error().text().empty());
    // What was understood can be said again, and is understood the same.
    if (input) {
        auto const text = json::write(*input);
        auto const again = json::read<T>(text, json::UnknownKeys::refuse);
        require(again.has_value() && json::write(*again) == text);
    }
    return input;
}

void require_named(std::optional<json::Fault> const& fault) {
    require(!fault || (!fault->path.empty() && !fault->reason.empty()));
}

Measurement const& known_measurement() {
    static Measurement const known{.id = make_uuid_from_name("m"),
                                   .name = "m",
                                   .target = "192.0.2.9",
                                   .interval_s = 60,
                                   .probes = {"n1"},
                                   .tags = {"eu"}};
    return known;
}

/// A definition that was taken is one that nothing has to be said against when it comes back.
void check_measurement(std::string_view body) {
    if (auto const input = read<MeasurementInput>(body)) {
        auto const fault = find_fault(*input);
        require_named(fault);
        if (!fault && !input->once)
            require(!find_fault(to_input(to_measurement(*input, known_measurement().id))));
    }
    for (bool const is_patch : {false, true})
        if (auto const changed = read_change(known_measurement(), is_patch, body))
            require(!find_fault(*changed) && !changed->once);
}

void check_probe(std::string_view body) {
    if (auto const input = read<ProbeInput>(body)) require_named(find_fault(*input));
    ProbeDefinition const known{.name = "n1", .tags = {"eu"}, .description = "the first"};
    for (bool const is_patch : {false, true})
        if (auto const changed = read_change(known, is_patch, body))
            require(!find_fault(*changed) && changed->name == known.name);
}

void check_accounts(std::string_view body) {
    if (auto const input = read<UserInput>(body)) require_named(find_fault(*input));
    if (auto const input = read<UserChangeInput>(body); input && input->password)
        require(find_password_fault(*input->password).value_or("reason") != "");
    (void)read<LoginInput>(body);
    (void)read<PasswordInput>(body);
    auto const token = read<TokenInput>(body);
    if (!token) return;
    auto const fault = find_fault(*token, Role::operator_, now);
    require_named(fault);
    if (fault) return;
    require(token->role.value_or(Role::viewer) <= Role::operator_);
    require(!token->expires_at || *token->expires_at > now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const body(reinterpret_cast<char const*>(data), size);
    check_measurement(body);
    check_probe(body);
    check_accounts(body);
    if (auto const fault = json::find_duplicate_key(body)) require(!fault->reason.empty());
    return 0;
}
