#include "resolver/cares_channel.hpp"

#include <boost/asio/error.hpp>

#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <utility>

namespace dtrace::wire {

namespace asio = boost::asio;

/// A socket of c-ares, which opens and closes it; we only wait for it.
struct CaresChannel::Socket {
    Socket(asio::any_io_executor const& executor, ares_socket_t fd) : descriptor(executor, fd) {}
    ~Socket() {
        if (descriptor.is_open()) descriptor.release();
    }
    asio::posix::stream_descriptor descriptor;
    std::array<bool, 2> wanted{};   ///< to read, to write
    std::array<bool, 2> awaited{};  ///< a wait is under way
};

/// What c-ares carries for us; it calls back exactly once for each.
struct CaresChannel::Question {
    CaresChannel& channel;
    AddressesReply addresses;
    NameReply name;

    Question(CaresChannel& owner, AddressesReply to_addresses, NameReply to_name)
        : channel(owner), addresses(std::move(to_addresses)), name(std::move(to_name)) {
        ++channel.questions_;
    }
    ~Question() { --channel.questions_; }
};

namespace {

/// The first server is given up for the next one after this time, with one server it is asked
/// again, and three times in all: a silent one costs less than a second, a lost packet half of it.
constexpr int first_timeout_ms = 400;
constexpr int name_server_tries = 3;

IpAddress from_kernel(sockaddr const& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return IpV4(ntohl(v4.sin_addr.s_addr));
    }
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    IpV6::bytes_type bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return IpV6(bytes, v6.sin6_scope_id);
}

std::string joined(std::vector<std::string> const& items) {
    std::string text;
    for (std::string const& item : items)
        text += (text.empty() ? "" : ",") + item;
    return text;
}

Error cares_error(int status) {
    return make_error(boost::system::errc::io_error,
                      std::string("name resolution: ") + ares_strerror(status));
}

}  // namespace

CaresChannel::CaresChannel(asio::any_io_executor executor)
    : executor_(std::move(executor)), timer_(executor_) {}

Result<std::shared_ptr<CaresChannel>> CaresChannel::open(asio::any_io_executor executor,
                                                         std::vector<std::string> const& servers) {
    static int const library = ares_library_init(ARES_LIB_INIT_ALL);
    if (library != ARES_SUCCESS) return cares_error(library);
    std::shared_ptr<CaresChannel> self(new CaresChannel(std::move(executor)));
    ares_options options{};
    options.timeout = first_timeout_ms;
    options.tries = name_server_tries;
    options.sock_state_cb = [](void* data, ares_socket_t fd, int readable, int writable) {
        static_cast<CaresChannel*>(data)->on_socket_state(fd, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = self.get();
    int const status = ares_init_options(
        &self->channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) return cares_error(status);
    if (!servers.empty()) {
        int const set = ares_set_servers_ports_csv(self->channel_, joined(servers).c_str());
        if (set != ARES_SUCCESS) return cares_error(set);
    }
    return self;
}

CaresChannel::~CaresChannel() {
    close();
}

void CaresChannel::close() {
    if (ares_channel const channel = std::exchange(channel_, nullptr)) ares_destroy(channel);
    timer_.cancel();
}

void CaresChannel::cancel() {
    if (!channel_) return;
    ares_cancel(channel_);
    set_timer();
}

void CaresChannel::ask_addresses(std::string const& host, std::optional<Family> family,
                                 AddressesReply reply) {
    ares_addrinfo_hints hints{};
    hints.ai_family = !family ? AF_UNSPEC : *family == Family::ipv4 ? AF_INET : AF_INET6;
    hints.ai_socktype = SOCK_DGRAM;
    auto const done = [](void* data, int status, int, ares_addrinfo* result) {
        std::unique_ptr<Question> const question(static_cast<Question*>(data));
        std::vector<IpAddress> addresses;
        if (result)
            for (auto const* node = result->nodes; node; node = node->ai_next)
                addresses.push_back(from_kernel(*node->ai_addr));
        ares_freeaddrinfo(result);
        question->addresses(status, std::move(addresses));
    };
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, done,
                     new Question(*this, std::move(reply), nullptr));
    set_timer();
}

void CaresChannel::ask_name(IpAddress const& address, NameReply reply) {
    auto const done = [](void* data, int status, int, hostent* host) {
        std::unique_ptr<Question> const question(static_cast<Question*>(data));
        question->name(status, host && host->h_name ? host->h_name : "");
    };
    auto* const question = new Question(*this, nullptr, std::move(reply));
    if (address.is_v4()) {
        auto const bytes = address.to_v4().to_bytes();
        ares_gethostbyaddr(channel_, bytes.data(), bytes.size(), AF_INET, done, question);
    } else {
        auto const bytes = address.to_v6().to_bytes();
        ares_gethostbyaddr(channel_, bytes.data(), bytes.size(), AF_INET6, done, question);
    }
    set_timer();
}

void CaresChannel::on_socket_state(ares_socket_t fd, bool readable, bool writable) {
    auto found = sockets_.find(fd);
    if (!readable && !writable) {  // c-ares is about to close it
        if (found == sockets_.end()) return;
        found->second->descriptor.release();
        sockets_.erase(found);
        return;
    }
    if (found == sockets_.end())
        found = sockets_.emplace(fd, std::make_shared<Socket>(executor_, fd)).first;
    auto const socket = found->second;
    socket->wanted = {readable, writable};
    await(socket, false);
    await(socket, true);
}

void CaresChannel::await(std::shared_ptr<Socket> const& socket, bool write) {
    if (!socket->wanted[write] || socket->awaited[write] || !socket->descriptor.is_open()) return;
    socket->awaited[write] = true;
    using Descriptor = asio::posix::stream_descriptor;
    socket->descriptor.async_wait(
        write ? Descriptor::wait_write : Descriptor::wait_read,
        [self = shared_from_this(), socket, write](boost::system::error_code error) {
            socket->awaited[write] = false;
            if (error || !socket->descriptor.is_open()) return;
            auto const fd = socket->descriptor.native_handle();
            self->process(write ? ARES_SOCKET_BAD : fd, write ? fd : ARES_SOCKET_BAD);
            self->await(socket, write);
        });
}

void CaresChannel::process(ares_socket_t readable, ares_socket_t writable) {
    if (!channel_) return;
    ares_process_fd(channel_, readable, writable);
    set_timer();
}

void CaresChannel::set_timer() {
    if (!channel_) return;
    timeval left{};
    if (!ares_timeout(channel_, nullptr, &left)) {
        timer_.cancel();
        return;
    }
    timer_.expires_after(std::chrono::seconds(left.tv_sec) +
                         std::chrono::microseconds(left.tv_usec) + std::chrono::milliseconds(1));
    timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (!error) self->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    });
}

}  // namespace dtrace::wire
