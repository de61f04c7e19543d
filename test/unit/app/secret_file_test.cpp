#include "commands/secret_file.hpp"

#include "log_capture.hpp"
#include "temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <string>

using namespace dtrace;

namespace {

struct Files {
    test::TempDir folder;
    test::LogCapture log;

    std::string write(std::string const& content, mode_t mode = 0600) {
        auto const file = (folder.path() / "passwd").string();
        test::write_file(file, content);
        BOOST_REQUIRE(::chmod(file.c_str(), mode) == 0);
        return file;
    }
    Result<std::string> read(app::ProbeOptions const& options,
                             app::Environment const& environment = {}) {
        return app::read_password(options, environment, log);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(secret_file, Files)

BOOST_AUTO_TEST_CASE(the_first_line_is_the_password) {
    BOOST_TEST(read({.password_file = write("s3cret\nmore\n")}).value() == "s3cret");
    BOOST_TEST(read({.password_file = write("s3cret\r\n")}).value() == "s3cret");
    BOOST_TEST(read({.password_file = write(" two words ")}).value() == " two words ");
    BOOST_TEST(log.events().empty());
}

BOOST_AUTO_TEST_CASE(a_file_for_everybody_is_worth_a_warning) {
    BOOST_TEST(read({.password_file = write("s3cret\n", 0644)}).value() == "s3cret");
    BOOST_TEST(log.count(LogLevel::warn) == 1U);
    BOOST_TEST(log.text().find("s3cret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_service_manager_may_bring_it) {
    write("s3cret\n", 0440);
    app::Environment const environment{{"CREDENTIALS_DIRECTORY", folder.path().string()}};
    BOOST_TEST(read({}, environment).value() == "s3cret");
    BOOST_TEST(read({.password = "given"}, environment).value() == "given");
    BOOST_TEST(log.events().empty());
}

BOOST_AUTO_TEST_CASE(no_password_is_an_error_that_says_what_to_do) {
    BOOST_TEST(read({}).error().message ==
               "no password: give --passwd-file FILE or --passwd PASSWORD");
    auto const file = write("\n");
    BOOST_TEST(read({.password_file = file}).error().message ==
               "--passwd-file: " + file +
                   ": its first line must be a password of 1 to 1024 characters");
    BOOST_TEST(
        read({.password_file = write(std::string(2000, 'x'))}).error().message.find("1 to 1024") !=
        std::string::npos);
    BOOST_TEST(read({.password_file = "/nowhere/passwd"}).error().message ==
               "--passwd-file: /nowhere/passwd: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
