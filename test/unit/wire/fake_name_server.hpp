#pragma once

#include <dtrace/core/ip.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace dtrace::test {

/// A DNS server on a port of 127.0.0.1, on a thread of its own, that knows what it is told.
class FakeNameServer {
  public:
    enum class Mood : std::uint8_t { answers, fails, silent };

    FakeNameServer() : socket_(io_, Endpoint(IpV4::loopback(), 0)) {
        receive();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~FakeNameServer() {
        io_.stop();
        thread_.join();
    }

    std::string address() const {
        return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
    }

    void host(std::string const& name, IpAddress const& address) {
        std::lock_guard const lock(mutex_);
        bool const v4 = address.is_v4();
        auto& data = records_[name][v4 ? type_a : type_aaaa].emplace_back();
        if (v4)
            append(data, address.to_v4().to_bytes());
        else
            append(data, address.to_v6().to_bytes());
    }

    /// `reversed` as in "1.2.0.192.in-addr.arpa".
    void pointer(std::string const& reversed, std::string const& name) {
        std::lock_guard const lock(mutex_);
        records_[reversed][type_ptr].push_back(encoded(name));
    }

    void mood(Mood mood) {
        std::lock_guard const lock(mutex_);
        mood_ = mood;
    }

    /// With those that were asked again for want of an answer in time.
    std::size_t questions() const {
        std::lock_guard const lock(mutex_);
        return questions_;
    }

    /// However often each was asked again, which a busy machine brings about.
    std::size_t different_questions() const {
        std::lock_guard const lock(mutex_);
        return different_.size();
    }

  private:
    using Bytes = std::vector<std::uint8_t>;
    using Endpoint = boost::asio::ip::udp::endpoint;
    static constexpr std::uint16_t type_a = 1, type_ptr = 12, type_aaaa = 28;

    template <class Array>
    static void append(Bytes& bytes, Array const& more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
    }

    static Bytes encoded(std::string const& name) {
        Bytes bytes;
        std::size_t at = 0;
        while (at < name.size()) {
            std::size_t const dot = std::min(name.find('.', at), name.size());
            bytes.push_back(static_cast<std::uint8_t>(dot - at));
            append(bytes, name.substr(at, dot - at));
            at = dot + 1;
        }
        bytes.push_back(0);
        return bytes;
    }

    void receive() {
        socket_.async_receive_from(
            boost::asio::buffer(buffer_), from_,
            [this](boost::system::error_code error, std::size_t size) {
                if (error) return;
                Bytes const reply = answer(Bytes(buffer_.begin(), buffer_.begin() + long(size)));
                if (!reply.empty()) socket_.send_to(boost::asio::buffer(reply), from_);
                receive();
            });
    }

    Bytes answer(Bytes const& query) {
        std::lock_guard const lock(mutex_);
        ++questions_;
        different_.insert(query);
        if (mood_ == Mood::silent || query.size() < 17) return {};
        std::string name;
        std::size_t at = 12;
        for (; query.at(at) != 0; at += query[at] + 1u)
            name +=
                (name.empty() ? "" : ".") +
                std::string(query.begin() + long(at) + 1, query.begin() + long(at) + 1 + query[at]);
        auto const type = static_cast<std::uint16_t>(query.at(at + 1) << 8 | query.at(at + 2));
        std::size_t const end = at + 5;

        auto const known = records_.find(name);
        std::uint8_t const code = mood_ == Mood::fails ? 2 : known == records_.end() ? 3 : 0;
        std::vector<Bytes> const found = code == 0 && known->second.contains(type)
                                             ? known->second.at(type)
                                             : std::vector<Bytes>{};
        Bytes reply(query.begin(), query.begin() + long(end));
        reply[2] = 0x85;  // an authoritative answer to a question that wished recursion
        reply[3] = static_cast<std::uint8_t>(0x80 | code);
        reply[7] = static_cast<std::uint8_t>(found.size());
        std::fill(reply.begin() + 8, reply.begin() + 12, std::uint8_t{0});
        for (Bytes const& data : found) {
            append(reply, Bytes{0xc0, 12, 0, static_cast<std::uint8_t>(type), 0, 1, 0, 0, 0, 60, 0,
                                static_cast<std::uint8_t>(data.size())});
            append(reply, data);
        }
        return reply;
    }

    boost::asio::io_context io_{1};
    boost::asio::ip::udp::socket socket_;
    Endpoint from_;
    std::array<std::uint8_t, 1500> buffer_{};
    mutable std::mutex mutex_;
    std::map<std::string, std::map<std::uint16_t, std::vector<Bytes>>> records_;
    Mood mood_ = Mood::answers;
    std::size_t questions_ = 0;
    std::set<Bytes> different_;
    std::thread thread_;
};

}  // namespace dtrace::test
