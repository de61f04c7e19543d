#include "assignment/assignment_file.hpp"

#include "assignment/assignment_answer.hpp"

#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/describe/class.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace dtrace::probe {

namespace {

/// More than any assignment of ours; what is longer is no such file.
constexpr std::size_t longest_file = 64 << 20;

struct KeptAssignment {
    std::string master;
    std::string name;  ///< of the probe
    Assignment assignment;
};
BOOST_DESCRIBE_STRUCT(KeptAssignment, (), (master, name, assignment))

Error damaged(std::string reason) {
    return make_error(boost::system::errc::bad_message, std::move(reason));
}

Result<std::string> read_all(FileDescriptor const& file) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return errno_error("cannot be read");
    if (!S_ISREG(status.st_mode)) return damaged("is not a regular file");
    if (status.st_size > static_cast<off_t>(longest_file)) return damaged("is too long");
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        auto const n = ::read(file.get(), text.data() + filled, text.size() - filled);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_error("cannot be read");
        if (n == 0) break;
        filled += static_cast<std::size_t>(n);
    }
    text.resize(filled);
    return text;
}

/// So that a name in it lasts.
Result<void> sync_folder(std::filesystem::path const& path) {
    FileDescriptor const folder(
        ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return errno_error("its folder cannot be written");
    return {};
}

}  // namespace

AssignmentFile::AssignmentFile(std::filesystem::path file, std::string master, std::string probe)
    : file_(std::move(file)), master_(std::move(master)), probe_(std::move(probe)) {}

Result<std::optional<Assignment>> AssignmentFile::read() const {
    FileDescriptor const file(
        ::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file && errno == ENOENT) return std::optional<Assignment>();
    if (!file) return errno_error("cannot be read");
    auto const text = read_all(file);
    if (!text) return text.error();
    auto kept = json::read<KeptAssignment>(*text, json::UnknownKeys::ignore);
    if (!kept) return damaged(kept.error().text());
    if (auto const fault = find_fault(kept->assignment)) return damaged("assignment." + *fault);
    if (kept->master != master_ || kept->name != probe_) return std::optional<Assignment>();
    kept->assignment.once.clear();
    return std::optional(std::move(kept->assignment));
}

Result<void> AssignmentFile::write(Assignment assignment) const {
    assignment.once.clear();
    auto const text = json::write(KeptAssignment{master_, probe_, std::move(assignment)});
    auto const fresh = file_.string() + ".new";
    FileDescriptor const file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return errno_error("cannot be written");
    auto written = write_all(file.get(), text);
    // The content is to be there before the name is.
    if (written && ::fsync(file.get()) != 0) written = errno_error("cannot be written");
    if (written && ::rename(fresh.c_str(), file_.c_str()) != 0)
        written = errno_error("cannot be replaced");
    if (!written) {
        ::unlink(fresh.c_str());
        return written;
    }
    return sync_folder(file_.parent_path());
}

}  // namespace dtrace::probe
