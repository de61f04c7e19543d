#include "tls/tls_socket_bio.hpp"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <new>

namespace dtrace::http {

namespace {

bool is_no_failure() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int socket_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int write_some(BIO* bio, char const* data, std::size_t size, std::size_t* written) {
    BIO_clear_retry_flags(bio);
    auto const sent = ::send(socket_of(bio), data, size, MSG_NOSIGNAL);
    if (sent < 0 && is_no_failure()) BIO_set_retry_write(bio);
    *written = sent > 0 ? static_cast<std::size_t>(sent) : 0;
    return sent > 0 ? 1 : 0;
}

int read_some(BIO* bio, char* data, std::size_t size, std::size_t* read) {
    BIO_clear_retry_flags(bio);
    auto const got = ::recv(socket_of(bio), data, size, 0);
    if (got < 0 && is_no_failure()) BIO_set_retry_read(bio);
    *read = got > 0 ? static_cast<std::size_t>(got) : 0;
    return got > 0 ? 1 : 0;
}

long control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

struct FreeMethod {
    void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

BIO_METHOD* make_method() {
    auto* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (!method) throw std::bad_alloc();
    BIO_meth_set_write_ex(method, write_some);
    BIO_meth_set_read_ex(method, read_some);
    BIO_meth_set_ctrl(method, control);
    return method;
}

}  // namespace

BIO* make_socket_bio(int socket) {
    static std::unique_ptr<BIO_METHOD, FreeMethod> const method(make_method());
    BIO* const bio = BIO_new(method.get());
    if (!bio) throw std::bad_alloc();
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    return bio;
}

}  // namespace dtrace::http
