#pragma once

#include "timed_socket.hpp"

#include <dtrace/http/client.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::http {

struct Answer {
    ClientResponse response;
    bool keep_alive = false;
};

struct AnswerFailure {
    Error error;
    bool nothing_came = false;  ///< not one byte of an answer
};

using AnswerOutcome = boost::system::result<Answer, AnswerFailure>;

/// Called by AnswerOutcome::value() on a failure.
[[noreturn]] void throw_exception_from_error(AnswerFailure const& failure,
                                             boost::source_location const&);

/// Reads one response; interim ones (1xx) are skipped. `to_head`: it has no body whatever it says.
[[nodiscard]] boost::asio::awaitable<AnswerOutcome> read_response(TimedSocket& connection,
                                                                  ClientOptions const& options,
                                                                  bool to_head);

}  // namespace dtrace::http
