#include <dtrace/http/gzip.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace dtrace::http {
namespace {

constexpr int gzip_window = 15 + 16;  // zlib: the largest window, with a gzip header
constexpr std::size_t chunk = 64 * 1024;

/// zlib counts input in unsigned int: what is larger goes in pieces.
constexpr std::size_t max_piece = std::numeric_limits<uInt>::max();

Bytef* as_bytes(char const* text) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(text));  // zlib's pointer is not const
}

struct Inflater {
    Inflater() {
        if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc();
    }
    Inflater(Inflater const&) = delete;
    Inflater& operator=(Inflater const&) = delete;
    ~Inflater() { inflateEnd(&stream); }

    z_stream stream{};
};

Error broken() {
    return make_error(boost::system::errc::bad_message, "the gzip data is broken");
}

}  // namespace

std::string gzip(std::string_view text, Effort effort) {
    z_stream stream{};
    int const level = effort == Effort::least ? Z_BEST_SPEED : Z_DEFAULT_COMPRESSION;
    if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    std::string bytes;
    std::array<char, 16 * 1024> out;
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        if (stream.avail_in == 0) {
            auto const piece = text.substr(0, max_piece);
            stream.next_in = as_bytes(piece.data());
            stream.avail_in = static_cast<uInt>(piece.size());
            text.remove_prefix(piece.size());
        }
        stream.next_out = as_bytes(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        status = deflate(&stream, text.empty() ? Z_FINISH : Z_NO_FLUSH);
        bytes.append(out.data(), out.size() - stream.avail_out);
    }
    deflateEnd(&stream);
    return bytes;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t max_bytes) {
    Inflater inflater;
    z_stream& stream = inflater.stream;
    std::string text;
    while (true) {
        if (stream.avail_in == 0) {
            auto const piece = bytes.substr(0, max_piece);
            if (piece.empty()) return broken();  // cut short
            stream.next_in = as_bytes(piece.data());
            stream.avail_in = static_cast<uInt>(piece.size());
            bytes.remove_prefix(piece.size());
        }
        // One byte more than allowed shows that there is more.
        std::size_t const before = text.size();
        std::size_t const room = std::min(chunk, max_bytes - before + 1);
        text.resize(before + room);
        stream.next_out = as_bytes(text.data() + before);
        stream.avail_out = static_cast<uInt>(room);
        int const status = inflate(&stream, Z_NO_FLUSH);
        text.resize(before + room - stream.avail_out);
        if (text.size() > max_bytes)
            return make_error(
                boost::system::errc::message_size,
                "the inflated data is larger than " + std::to_string(max_bytes) + " bytes");
        if (status == Z_MEM_ERROR) throw std::bad_alloc();
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return broken();
        if (status != Z_STREAM_END) continue;
        if (stream.avail_in == 0 && bytes.empty()) return text;
        if (inflateReset(&stream) != Z_OK) return broken();  // another member follows
    }
}

}  // namespace dtrace::http
