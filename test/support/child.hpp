#pragma once

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

namespace dtrace::test {

/// Runs `function`, which returns a string, in a child process and returns that string: for what a
/// process can do only once, like giving up its privileges.
template <class F>
std::string in_child(F function) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE_EQUAL(pipe(ends.data()), 0);
    pid_t const child = fork();
    BOOST_REQUIRE_GE(child, 0);
    if (child == 0) {
        std::string said;
        try {
            said = function();
        } catch (std::exception const& thrown) {
            said = std::string("threw ") + thrown.what();
        }
        auto const written = write(ends[1], said.data(), said.size());
        _exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
    }
    close(ends[1]);
    std::string said;
    std::array<char, 4096> buffer;
    for (ssize_t size; (size = read(ends[0], buffer.data(), buffer.size())) > 0;)
        said.append(buffer.data(), static_cast<std::size_t>(size));
    close(ends[0]);
    int status = 0;
    BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
    BOOST_TEST(status == 0, "the child ended with status " << status << ", having said: " << said);
    return said;
}

}  // namespace dtrace::test
