#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/json/fault.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace dtrace::master {

/// What a look at a configuration file found. Exactly one of these: nothing new (all empty), no
/// file (`absent`), something to refuse (`fault`), something good (`content`).
template <class T>
struct ConfigLook {
    bool absent = false;
    std::optional<json::Fault> fault;
    std::optional<T> content;
    Uuid stamp;  ///< of what was found, to tell what is new at the next look
};

/// The whole file, at most 64 MiB; errc::no_such_file_or_directory.
[[nodiscard]] Result<std::string> read_file(std::filesystem::path const& file);

/// Reads the file, and parses it if it is not what `known` is the stamp of. Blocks.
template <class T>
[[nodiscard]] ConfigLook<T> look_at(std::filesystem::path const& file, Uuid const& known,
                                    json::ReadResult<T> (*parse)(std::string_view)) {
    ConfigLook<T> look;
    auto text = read_file(file);
    look.stamp = make_uuid_from_name(text ? "content:" + *text : "error:" + text.error().message);
    if (look.stamp == known) return look;
    if (!text) {
        look.absent = text.error().code == boost::system::errc::no_such_file_or_directory;
        if (!look.absent) look.fault = json::Fault{{}, text.error().message};
        return look;
    }
    auto content = parse(*text);
    if (content)
        look.content = std::move(*content);
    else
        look.fault = content.error();
    return look;
}

}  // namespace dtrace::master
