#pragma once

#include <dtrace/core/log.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::test {

struct LoggedEvent {
    LogLevel level;
    std::string event;
    std::vector<LogField> fields;

    /// The value of a field; empty when there is none of that name.
    [[nodiscard]] std::string field(std::string_view key) const {
        for (auto const& each : fields)
            if (each.key == key) return each.value;
        return {};
    }
};

/// A Logger that keeps every event for assertions.
class LogCapture : public Logger {
  public:
    void write(LogLevel level, std::string_view event, std::span<LogField const> fields) override {
        std::lock_guard const lock(mutex_);
        events_.push_back({level, std::string(event), {fields.begin(), fields.end()}});
    }

    [[nodiscard]] std::vector<LoggedEvent> events() const {
        std::lock_guard const lock(mutex_);
        return events_;
    }

    [[nodiscard]] std::optional<LoggedEvent> find(std::string_view event) const {
        for (auto& each : events())
            if (each.event == event) return each;
        return std::nullopt;
    }

    [[nodiscard]] std::size_t count(std::string_view event) const {
        auto const all = events();
        return static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [&](auto const& each) { return each.event == event; }));
    }

    [[nodiscard]] std::size_t count(LogLevel level) const {
        auto const all = events();
        return static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [&](auto const& each) { return each.level == level; }));
    }

    /// Everything as text, one event per line: for "no secret is logged" and for messages.
    [[nodiscard]] std::string text() const {
        std::string all;
        for (auto const& each : events()) {
            all += each.event;
            for (auto const& field : each.fields)
                all += ' ' + field.key + '=' + field.value;
            all += '\n';
        }
        return all;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<LoggedEvent> events_;
};

}  // namespace dtrace::test
