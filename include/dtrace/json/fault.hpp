#pragma once

#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <string>

namespace dtrace::json {

/// Why a document was refused: where ("Targets[2].Port", empty for the whole document) and what is
/// allowed there ("must be 1 to 65535").
struct Fault {
    std::string path;
    std::string reason;

    /// "Targets[2].Port: must be 1 to 65535"
    [[nodiscard]] std::string text() const { return path.empty() ? reason : path + ": " + reason; }
};

template <class T>
using ReadResult = boost::system::result<T, Fault>;

[[noreturn]] inline void throw_exception_from_error(Fault const& fault,
                                                    boost::source_location const&) {
    throw boost::system::system_error(make_error_code(boost::system::errc::invalid_argument),
                                      fault.text());
}

}  // namespace dtrace::json
