#include "outbox/segment_folder.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <optional>
#include <system_error>

namespace dtrace::probe {

namespace {

namespace errc = boost::system::errc;

constexpr std::string_view file_prefix = "segment-";

std::optional<SegmentNumber> segment_of(std::string_view name) {
    if (!name.starts_with(file_prefix)) return std::nullopt;
    name.remove_prefix(file_prefix.size());
    SegmentNumber number = 0;
    auto const* const name_end = name.data() + name.size();
    auto const [end, failed] = std::from_chars(name.data(), name_end, number);
    // The greatest number would leave none for the next segment.
    if (failed != std::errc{} || end != name_end || number == 0 || number == ~SegmentNumber{0})
        return std::nullopt;
    return number;
}

std::string file_name(SegmentNumber segment) {
    return fmt::format("{}{:012}", file_prefix, segment);
}

/// Reads up to `size` bytes; fewer at the end of the file.
Result<std::string> read_at(int file, std::uint64_t offset, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
        auto const n = ::pread(file, bytes.data() + filled, size - filled,
                               static_cast<off_t>(offset + filled));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_error("read");
        if (n == 0) break;
        filled += static_cast<std::size_t>(n);
    }
    bytes.resize(filled);
    return bytes;
}

/// A regular file only: a pipe or device of that name would block or never end.
Result<FileDescriptor> open_to_read(int folder, std::string const& name) {
    FileDescriptor file(
        ::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) return errno_error("open");
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return errno_error("stat");
    if (!S_ISREG(status.st_mode)) return make_error(errc::bad_message, "not a regular file");
    return file;
}

}  // namespace

SegmentFolder::SegmentFolder(std::filesystem::path path, FileDescriptor folder, Limits limits)
    : path_(std::move(path)), folder_(std::move(folder)), limits_(limits) {}

Result<SegmentFolder> SegmentFolder::open(std::filesystem::path const& path, Limits limits) {
    std::error_code failed;
    auto const parent = path.parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent, failed);
    if (!failed && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        failed.assign(errno, std::system_category());
    if (failed) return make_error(failed, "cannot create the outbox " + path.string());

    FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return errno_error("cannot open the outbox " + path.string());
    if (::faccessat(folder.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
        return errno_error("cannot write to the outbox " + path.string());
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return errno_error("cannot lock the outbox " + path.string());
        return make_error(errc::device_or_resource_busy,
                          "the outbox " + path.string() +
                              " is in use by another process; give each probe its own");
    }
    SegmentFolder opened(path, std::move(folder), limits);
    if (auto const unreadable = opened.find_segments())
        return make_error(unreadable, "cannot read the outbox " + path.string());
    return opened;
}

boost::system::error_code SegmentFolder::find_segments() {
    std::error_code failed;
    std::filesystem::directory_iterator entry(path_, failed);
    for (; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed))
        if (auto const number = segment_of(entry->path().filename().string()))
            found_.push_back(*number);
    std::sort(found_.begin(), found_.end());
    // "segment-7" and "segment-07" are the same number; only the name we would write is read.
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    if (!found_.empty()) last_number_ = found_.back();
    return failed;
}

std::string SegmentFolder::path_of(SegmentNumber segment) const {
    return (path_ / file_name(segment)).string();
}

Result<RecordScanner::Findings> SegmentFolder::scan(SegmentNumber segment) const {
    auto const file = open_to_read(folder_.get(), file_name(segment));
    if (!file) return file.error();
    constexpr std::size_t piece_bytes = 256 << 10;
    // What we write is never longer; the rest of a longer file is not ours.
    auto const end = limits_.segment_bytes + limits_.record_bytes;
    RecordScanner scanner(limits_.record_bytes);
    for (std::uint64_t offset = 0; offset < end; offset += piece_bytes) {
        auto const piece = read_at(file->get(), offset, piece_bytes);
        if (!piece) return piece.error();
        scanner.feed(*piece);
        if (piece->size() < piece_bytes) break;
    }
    return std::move(scanner).finish();
}

Result<void> SegmentFolder::begin_segment() {
    auto const number = last_number_ + 1;
    FileDescriptor file(::openat(folder_.get(), file_name(number).c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
    if (!file) return errno_error("create " + path_of(number));
    last_number_ = number;
    writing_ = {number, std::move(file), 0};
    return {};
}

void SegmentFolder::finish_segment() {
    // Bounded even if nobody ever asks for them: the kernel writes them on its own later.
    constexpr std::size_t max_finished = 64;
    if (unsynced_ && finished_.size() < max_finished) finished_.push_back(std::move(writing_.file));
    writing_ = {};
    unsynced_ = false;
}

Result<SegmentFolder::Appended> SegmentFolder::append(std::string_view payload) {
    auto const record = encode_record(payload);
    if (record.size() > limits_.record_bytes)
        return make_error(errc::message_size, "larger than a record may be");
    if (writing_.size > 0 && writing_.size + record.size() > limits_.segment_bytes)
        finish_segment();
    if (!writing_.file)
        if (auto const begun = begin_segment(); !begun) return begun.error();
    auto const& file = writing_.file;
    if (auto written = write_all(file.get(), record); !written) {
        // Half a record must not stay in front of the next one.
        if (::ftruncate(file.get(), static_cast<off_t>(writing_.size)) != 0) finish_segment();
        return within(path_of(last_number_), written.error());
    }
    Appended const appended{writing_.number,
                            {writing_.size, static_cast<std::uint32_t>(record.size())}};
    writing_.size += record.size();
    unsynced_ = true;
    return appended;
}

Result<std::string> SegmentFolder::read(SegmentNumber segment, RecordPlace place) {
    if (reading_.number != segment || !reading_.file) {
        auto file = open_to_read(folder_.get(), file_name(segment));
        if (!file && file.error().code == errc::no_such_file_or_directory)
            return make_error(errc::bad_message, "the file is gone");
        if (!file) return file.error();
        reading_ = {segment, std::move(*file), 0};
    }
    auto line = read_at(reading_.file.get(), place.offset, place.size);
    if (!line) return line.error();
    if (line->size() != place.size || line->back() != '\n')
        return make_error(errc::bad_message, "the file became shorter");
    line->pop_back();
    auto const payload = decode_record(*line);
    if (!payload) return make_error(errc::bad_message, "the record is damaged");
    return std::string(*payload);
}

void SegmentFolder::remove(SegmentNumber segment) {
    if (reading_.number == segment) reading_ = {};
    if (writing_.number == segment) {
        writing_ = {};
        unsynced_ = false;
    }
    ::unlinkat(folder_.get(), file_name(segment).c_str(), 0);
}

std::vector<FileDescriptor> SegmentFolder::take_unsynced() {
    if (unsynced_) {
        FileDescriptor file(::fcntl(writing_.file.get(), F_DUPFD_CLOEXEC, 0));
        unsynced_ = !file;  // without a free descriptor: next time
        if (file) finished_.push_back(std::move(file));
    }
    return std::exchange(finished_, {});
}

Result<void> SegmentFolder::sync(std::vector<FileDescriptor> const& files) const {
    for (auto const& file : files)
        if (::fdatasync(file.get()) != 0) return errno_error(path_.string());
    if (::fdatasync(folder_.get()) != 0) return errno_error(path_.string());
    return {};
}

void SegmentFolder::put_back(std::vector<FileDescriptor> files) {
    std::ranges::move(files, std::back_inserter(finished_));
}

}  // namespace dtrace::probe
