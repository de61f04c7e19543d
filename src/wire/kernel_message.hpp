#pragma once

#include <dtrace/core/ip.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace dtrace::wire {

[[nodiscard]] inline IpV6 from_kernel(in6_addr const& address) {
    IpV6::bytes_type bytes;
    std::memcpy(bytes.data(), &address, bytes.size());
    return IpV6(bytes);
}

/// The scope of a link-local address is left out: it means nothing to anybody but this host.
[[nodiscard]] inline IpAddress from_kernel(sockaddr_storage const& storage) {
    if (storage.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &storage, sizeof v4);
        return IpV4(ntohl(v4.sin_addr.s_addr));
    }
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    return from_kernel(v6.sin6_addr);
}

/// What a control message holds; zeros if it is shorter than a T.
template <class T>
[[nodiscard]] T data_of(cmsghdr const* message) {
    T value{};
    if (message->cmsg_len >= CMSG_LEN(sizeof value))
        std::memcpy(&value, CMSG_DATA(message), sizeof value);
    return value;
}

}  // namespace dtrace::wire
