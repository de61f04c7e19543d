#include "commands/secret_file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>

namespace dtrace::app {

namespace {

constexpr std::size_t max_password = 1024;

Result<std::string> first_line(std::string const& file) {
    errno = 0;
    std::ifstream stream(file);
    std::string line;
    line.resize(max_password + 2);
    stream.read(line.data(), static_cast<std::streamsize>(line.size()));
    if (!stream && !stream.eof()) return errno_error(file);
    line.resize(static_cast<std::size_t>(stream.gcount()));
    line.resize(std::min(line.find('\n'), line.size()));
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.size() > max_password)
        return make_error(boost::system::errc::invalid_argument,
                          file + ": its first line must be a password of 1 to 1024 characters");
    return line;
}

void warn_if_open(std::string const& file, Logger& log) {
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        log.warn("password file can be read by others", {{"file", file}, {"advice", "chmod 600"}});
}

}  // namespace

Result<std::string> read_password(ProbeOptions const& options, Environment const& environment,
                                  Logger& log) {
    if (!options.password.empty()) return options.password;
    if (!options.password_file.empty()) {
        auto password = read_secret_file(options.password_file, log);
        if (!password) return within("--passwd-file", password.error());
        return password;
    }
    auto const credentials = environment.find("CREDENTIALS_DIRECTORY");
    if (credentials != environment.end()) return first_line(credentials->second + "/passwd");
    return make_error(boost::system::errc::invalid_argument,
                      "no password: give --passwd-file FILE or --passwd PASSWORD");
}

Result<std::string> read_secret_file(std::string const& file, Logger& log) {
    auto line = first_line(file);
    if (line) warn_if_open(file, log);
    return line;
}

}  // namespace dtrace::app
