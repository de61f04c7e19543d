#pragma once

#include <dtrace/async/offload.hpp>
#include <dtrace/http/client.hpp>
#include <dtrace/http/message.hpp>
#include <dtrace/http/url.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>

namespace dtrace::probe {

/// Where to, and as whom.
struct Recipient {
    http::Url url;
    http::BasicCredentials credentials;
    Duration timeout;
};

/// Compressed where that saves something. Any status is a success here.
[[nodiscard]] boost::asio::awaitable<Result<http::ClientResponse>> post_json(
    http::Client& client, async::WorkerPool& workers, Recipient to, std::string body);

}  // namespace dtrace::probe
