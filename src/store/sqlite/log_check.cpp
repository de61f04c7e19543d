#include "sqlite/log_check.hpp"

#include <algorithm>
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
constexpr int most_copies = 5;  // of damaged logs
constexpr std::string_view no_salt{"\0\0\0\0\0\0\0\0", 8};

using Byte = unsigned char;

/// The last bit says how the words of the sums lie.
bool is_magic(std::uint32_t number) {
    return (number | 1) == 0x377f0683;
}

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

/// An earlier one stays. Says what became of it.
std::string keep_copy(std::filesystem::path const& log) {
    std::error_code failed;
    for (int number = 1; number <= most_copies; ++number) {
        auto const kept =
            log.string() + ".damaged" + (number > 1 ? '.' + std::to_string(number) : "");
        if (std::filesystem::copy_file(log, kept, failed)) return "a copy is kept as " + kept;
        if (failed != std::errc::file_exists) return "no copy could be kept: " + failed.message();
    }
    return "no copy is kept: there are " + std::to_string(most_copies) + " of earlier damage";
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
    bool const has_header = is_magic(number_at(header, 0)) && sums == sums_at(header, 24);
    std::size_t const page_size = has_header ? number_at(header, 8) : usual_page_size;
    if (!is_page_size(page_size)) return 0;
    // What the frames of this log have in common; those of an earlier one, behind them, have not.
    std::string salt(has_header ? std::string_view(header).substr(16, 8) : no_salt);
    bool sound = has_header;
    std::uint64_t commits = 0;
    std::uint64_t run = 0;  // of them, each of which goes on where the one before ends
    std::uint64_t longest_run = 0;
    for (;;) {
        auto const frame = read(file, frame_header_size + page_size, buffer);
        if (frame.empty()) break;
        if (salt == no_salt) salt = frame.substr(8, 8);
        bool const is_of_this = salt != no_salt && frame.substr(8, 8) == salt;
        sums.add(frame.substr(0, 8), big_endian);
        sums.add(frame.substr(frame_header_size), big_endian);
        if (!is_of_this || sums != sums_at(frame, 16)) {
            sound = false;
            run = 0;
        }
        sums = sums_at(frame, 16);
        bool const is_commit = is_of_this && number_at(frame, 4) != 0;
        if (sound || !is_commit) continue;
        ++commits;
        longest_run = std::max(longest_run, ++run);
    }
    bool const begun_anew = header_of(log) != header;
    // Behind an interrupted commit may lie what is left of another one, from an interruption
    // before.
    bool const is_damage = has_header ? longest_run > 1 : commits > 1;
    return begun_anew || !is_damage ? 0 : commits;
}

std::filesystem::path log_of(std::filesystem::path const& database) {
    std::error_code failed;
    auto const target = std::filesystem::canonical(database, failed);
    return (failed ? database : target).string() + "-wal";
}

std::optional<Error> set_damaged_log_aside(std::filesystem::path const& database) {
    auto const log = log_of(database);
    auto const commits = commits_behind_damage(log);
    if (commits == 0) return std::nullopt;
    return make_error(boost::system::errc::bad_message,
                      database.string() + ": the file is damaged (" + std::to_string(commits) +
                          " commits in its write-ahead log cannot be read; " + keep_copy(log) +
                          ')');
}

}  // namespace dtrace::store
