#include "log_check.hpp"

#include <bit>
#include <fstream>
#include <string>
#include <string_view>

namespace dtrace::store {

namespace {

// https://sqlite.org/fileformat2.html#walformat

constexpr std::size_t header_size = 32;
constexpr std::size_t frame_header_size = 24;
constexpr std::size_t usual_page_size = 4096;

using Byte = unsigned char;

bool is_page_size(std::size_t size) {
    return size >= 512 && size <= 65'536 && std::has_single_bit(size);
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (char const byte : bytes.substr(at, 4))
        number = number << 8 | static_cast<Byte>(byte);
    return number;
}

struct FrameSums {
    std::uint32_t first = 0;
    std::uint32_t second = 0;

    /// `bytes`: whole pairs of words.
    void add(std::string_view bytes, bool big_endian) {
        auto const word = [&](std::size_t at) {
            auto const number = number_at(bytes, at);
            return big_endian ? number : __builtin_bswap32(number);
        };
        for (std::size_t at = 0; at < bytes.size(); at += 8) {
            first += word(at) + second;
            second += word(at + 4) + first;
        }
    }
    friend bool operator==(FrameSums const&, FrameSums const&) = default;
};

FrameSums sums_at(std::string_view bytes, std::size_t at) {
    return {number_at(bytes, at), number_at(bytes, at + 4)};
}

/// The next bytes; empty if there are not so many.
std::string_view read(std::ifstream& file, std::size_t size, std::string& buffer) {
    buffer.resize(size);
    file.read(buffer.data(), static_cast<std::streamsize>(size));
    return file ? std::string_view(buffer) : std::string_view();
}

std::string header_of(std::filesystem::path const& log) {
    std::ifstream file(log, std::ios::binary);
    std::string buffer;
    return std::string(read(file, header_size, buffer));
}

}  // namespace

std::uint64_t commits_behind_damage(std::filesystem::path const& log) {
    std::ifstream file(log, std::ios::binary);
    std::string buffer;
    std::string const header(read(file, header_size, buffer));
    if (header.empty()) return 0;
    bool const big_endian = (number_at(header, 0) & 1) != 0;
    FrameSums sums;
    sums.add(std::string_view(header).substr(0, 24), big_endian);
    bool sound = sums == sums_at(header, 24);
    std::size_t const page_size = sound ? number_at(header, 8) : usual_page_size;
    if (!is_page_size(page_size)) return 0;
    // What the frames of this log have in common; those of an earlier one, behind them, have not.
    auto salt = sound ? header.substr(16, 8) : std::string();
    std::uint64_t commits = 0;
    for (;;) {
        auto const frame = read(file, frame_header_size + page_size, buffer);
        if (frame.empty()) break;
        if (salt.empty()) salt = frame.substr(8, 8);
        if (frame.substr(8, 8) != salt) {
            sound = false;
            continue;
        }
        if (sound) {
            sums.add(frame.substr(0, 8), big_endian);
            sums.add(frame.substr(frame_header_size), big_endian);
            sound = sums == sums_at(frame, 16);
        }
        bool const is_commit = number_at(frame, 4) != 0;
        if (!sound && is_commit) ++commits;
    }
    bool const begun_anew = header_of(log) != header;
    return begun_anew || commits < 2 ? 0 : commits;
}

std::optional<Error> set_damaged_log_aside(std::filesystem::path const& database) {
    std::filesystem::path const log = database.string() + "-wal";
    auto const commits = commits_behind_damage(log);
    if (commits == 0) return std::nullopt;
    std::filesystem::path const kept = log.string() + ".damaged";
    std::error_code failed;
    std::filesystem::copy_file(log, kept, std::filesystem::copy_options::overwrite_existing,
                               failed);
    return make_error(boost::system::errc::bad_message,
                      database.string() + ": the file is damaged (" + std::to_string(commits) +
                          " commits in its write-ahead log cannot be read; " +
                          (failed ? "no copy could be kept: " + failed.message()
                                  : "a copy is kept as " + kept.string()) +
                          ')');
}

}  // namespace dtrace::store
