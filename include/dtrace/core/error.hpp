#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace dtrace {

/// An expected failure as a value. `message` is for a person: what happened, to what, what is
/// allowed; no final period. `code` is for a program that must tell failures apart.
struct Error {
    boost::system::error_code code;
    std::string message;
};

/// The result of anything that may fail by its input, the network or the disk.
template <class T>
using Result = boost::system::result<T, Error>;

[[nodiscard]] Error make_error(boost::system::errc::errc_t kind, std::string message);

/// "<context>: <what the code says>", for failures of the operating system.
[[nodiscard]] Error make_error(boost::system::error_code code, std::string_view context);

/// The same for the current `errno`.
[[nodiscard]] Error errno_error(std::string_view context);

/// Puts `context: ` before the message; the code stays.
[[nodiscard]] Error within(std::string_view context, Error error);

/// Called by Result::value() on an error: breakage, hence an exception (std::system_error).
[[noreturn]] void throw_exception_from_error(Error const& error, boost::source_location const&);

}  // namespace dtrace
