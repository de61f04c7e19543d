#pragma once

#include "options/option_table.hpp"

#include <dtrace/app/options.hpp>

namespace dtrace::app {

// The options of each command, and what must hold between them once all are read.

[[nodiscard]] OptionTable trace_table(TraceOptions& options);
[[nodiscard]] Result<void> check(TraceOptions const& options);

[[nodiscard]] OptionTable master_table(MasterOptions& options);
[[nodiscard]] Result<void> check(MasterOptions const& options);

[[nodiscard]] OptionTable probe_table(ProbeOptions& options);
[[nodiscard]] Result<void> check(ProbeOptions const& options);

[[nodiscard]] OptionTable demo_table(DemoOptions& options);
[[nodiscard]] Result<void> check(DemoOptions const& options);

/// --listen: empty, or an IP address.
[[nodiscard]] Result<void> check_listen(std::string const& listen);

[[nodiscard]] OptionTable user_table(UserOptions& options);
[[nodiscard]] Result<void> check(UserOptions const& options);

[[nodiscard]] OptionTable measure_table(MeasureOptions& options);
[[nodiscard]] Result<void> check(MeasureOptions const& options);

/// --ca, --pin and what else decides whom to believe; `secret`: what --insecure gives away.
void add_access_options(OptionTable& table, MasterAccess& access, std::string_view secret);
/// With `has_secret`: it shall not pass the network in clear.
[[nodiscard]] Result<void> check(MasterAccess const& access, std::string_view secret,
                                 bool has_secret = true);

inline constexpr char const* flows_allowed =
    "1 to 256, or auto: as many as finding every next hop takes";

/// How a target is probed; `flows` reads the option of that name.
void add_probing_options(OptionTable& table, ProbingParameters& parameters, OptionValue flows);
[[nodiscard]] Result<void> check(ProbingParameters const& parameters);
[[nodiscard]] OptionTable db_table(DbOptions& options);
[[nodiscard]] Result<void> check(DbOptions const& options);

/// --log and --log-level.
void add_log_options(OptionTable& table, LogOptions& options);
/// --rate and what else limits the packets of every command.
void add_send_options(OptionTable& table, SendOptions& options);
/// --max-rate, for a node that measures for others.
void add_ceiling_option(OptionTable& table, SendOptions& options);

}  // namespace dtrace::app
