#include <dtrace/core/error.hpp>

#include <boost/system/system_error.hpp>

#include <cerrno>
#include <utility>

namespace dtrace {

Error make_error(boost::system::errc::errc_t kind, std::string message) {
    return {boost::system::errc::make_error_code(kind), std::move(message)};
}

Error make_error(boost::system::error_code code, std::string_view context) {
    return {code, std::string(context) + ": " + code.message()};
}

Error errno_error(std::string_view context) {
    return make_error({errno, boost::system::system_category()}, context);
}

Error within(std::string_view context, Error error) {
    error.message.insert(0, std::string(context) + ": ");
    return error;
}

void throw_exception_from_error(Error const& error, boost::source_location const&) {
    throw boost::system::system_error(error.code, error.message);
}

}  // namespace dtrace
