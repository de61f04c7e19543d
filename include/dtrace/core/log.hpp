#pragma once

#include <boost/describe/enum.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace dtrace {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
BOOST_DESCRIBE_ENUM(LogLevel, debug, info, warn, error)

/// One key=value of a log line. Never a secret.
struct LogField {
    std::string key;
    std::string value;

    LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
    LogField(std::string_view k, char const* v) : key(k), value(v) {}
    LogField(std::string_view k, bool v) : key(k), value(v ? "true" : "false") {}
    LogField(std::string_view k, std::integral auto v) : key(k), value(std::to_string(v)) {}
    LogField(std::string_view k, double v) : key(k), value(std::to_string(v)) {}
};

/// One event per call: `event` says what happened in a few plain words, the fields say to what.
/// Implementations are safe to call from any thread.
class Logger {
  public:
    virtual ~Logger() = default;
    virtual void write(LogLevel level, std::string_view event,
                       std::span<LogField const> fields) = 0;

    using Fields = std::initializer_list<LogField>;
    void debug(std::string_view event, Fields fields = {}) { put(LogLevel::debug, event, fields); }
    void info(std::string_view event, Fields fields = {}) { put(LogLevel::info, event, fields); }
    void warn(std::string_view event, Fields fields = {}) { put(LogLevel::warn, event, fields); }
    void error(std::string_view event, Fields fields = {}) { put(LogLevel::error, event, fields); }

  private:
    void put(LogLevel level, std::string_view event, Fields fields) {
        write(level, event, std::span(fields.begin(), fields.size()));
    }
};

}  // namespace dtrace
