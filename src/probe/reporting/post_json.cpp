#include "reporting/post_json.hpp"

#include <dtrace/http/gzip.hpp>

#include <utility>

namespace dtrace::probe {

namespace {

/// Below this, compression costs more than it saves.
constexpr std::size_t least_compressed = 1024;

}  // namespace

boost::asio::awaitable<Result<http::ClientResponse>> post_json(http::Client& client,
                                                               async::WorkerPool& workers,
                                                               Recipient to, std::string body) {
    http::ClientRequest request{
        .verb = http::Verb::post,
        .url = std::move(to.url),
        .headers = {{"Authorization", http::basic_authorization(to.credentials)},
                    {"Content-Type", "application/json"},
                    {"Accept", "application/json"}},
        .body = {},
        .timeout = to.timeout};
    if (body.size() < least_compressed) {
        request.body = std::move(body);
    } else {
        auto compressed = co_await async::offload(workers, [&body] { return http::gzip(body); });
        if (!compressed) co_return compressed.error();
        request.body = std::move(*compressed);
        request.headers.set("Content-Encoding", "gzip");
    }
    co_return co_await client.request(std::move(request));
}

}  // namespace dtrace::probe
