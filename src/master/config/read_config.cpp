#include "config/read_config.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>

namespace dtrace::master {

namespace {

constexpr std::size_t largest_file = 64 << 20;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Result<std::string> read_file(std::filesystem::path const& file) {
    std::unique_ptr<std::FILE, CloseFile> const open(std::fopen(file.c_str(), "re"));
    if (!open) return errno_error("cannot be opened");
    std::string text;
    char part[16 * 1024];
    while (std::size_t const count = std::fread(part, 1, sizeof part, open.get())) {
        text.append(part, count);
        if (text.size() > largest_file)
            return make_error(boost::system::errc::file_too_large, "is larger than 64 MiB");
    }
    if (std::ferror(open.get())) return errno_error("cannot be read");
    return text;
}

}  // namespace dtrace::master
