#pragma once

#include "temp_dir.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace dtrace::test {

/// A certificate made for the test by the openssl command, and its key.
struct Certificate {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

namespace detail {

inline void openssl(std::string const& arguments) {
    if (std::system(("openssl " + arguments + " >/dev/null 2>&1").c_str()) != 0)
        throw std::runtime_error("openssl " + arguments);
}

inline constexpr char const* new_key = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ";

}  // namespace detail

/// Signed by itself, made out to `names` ("IP:127.0.0.1,DNS:localhost").
inline Certificate make_certificate(TempDir const& dir, std::string const& name,
                                    std::string const& names = "IP:127.0.0.1,DNS:localhost") {
    Certificate made{dir / (name + ".pem"), dir / (name + ".key")};
    detail::openssl(std::string("req -x509 -days 2") + detail::new_key + "-subj /CN=" + name +
                    " -addext subjectAltName=" + names + " -keyout " + made.key.string() +
                    " -out " + made.certificate.string());
    return made;
}

/// "sha256//…" of its public key, as other tools count it.
inline std::string pin_of(Certificate const& certificate, TempDir const& dir) {
    auto const out = (dir / "pin").string();
    std::string const command = "openssl x509 -in " + certificate.certificate.string() +
                                " -pubkey -noout | openssl pkey -pubin -outform der |"
                                " openssl dgst -sha256 -binary | openssl base64 -A > " +
                                out;
    if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
    return "sha256//" + read_file(out);
}

}  // namespace dtrace::test
