#pragma once

#include "config/probes_file.hpp"

#include <dtrace/model/probe.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// Who may log in, and with what. A password is kept as its argon2id hash; beside it, once a secret
/// is known to be right, stands a fast hash under a key drawn at start, so that only the first
/// login of a probe costs what argon2id costs. Plain passwords of the file have both from the start
/// and are dropped as soon as they are hashed. Pure but for the random key.
class LoginBook {
  public:
    LoginBook();

    /// Replaces what came from the file before; what did not change keeps its hash and its proof.
    void replace(std::vector<ProbeEntry> entries);

    /// Replaces what was defined over the API, in the same way. A probe of the file wins over one
    /// with the same name.
    void replace_registered(std::vector<Probe> probes);

    /// A probe that is in no file. Wins over a probe of the file with the same name.
    void add_local(std::string_view name, std::string_view secret);

    /// Names of all that may log in, each once.
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] bool contains(std::string_view name) const;
    [[nodiscard]] bool is_local(std::string_view name) const { return local_.contains(name); }
    [[nodiscard]] bool is_of_file(std::string_view name) const { return entries_.contains(name); }
    [[nodiscard]] std::vector<std::string> const* tags(std::string_view name) const;

    /// Fast, in constant time: the secret is this probe's, and known to be.
    [[nodiscard]] bool is_proven(std::string_view name, std::string_view secret) const;

    /// What to verify a secret against that is not proven: a hash that no secret fits where the
    /// name is unknown, so that the answer takes as long.
    [[nodiscard]] std::string const& hash_of(std::string_view name) const;

    /// `secret` was verified against `hash`. False when that is no longer this probe's hash.
    bool prove(std::string_view name, std::string_view secret, std::string const& hash);

    struct Unhashed {
        std::string name;
        std::string password;
    };
    /// A probe whose plain password has no hash yet.
    [[nodiscard]] std::optional<Unhashed> next_unhashed() const;
    void set_hash(Unhashed const& probe, std::string hash);

    /// All probes of the file that have a hash, in the order of their names.
    [[nodiscard]] std::vector<Probe> probes() const;

  private:
    using Proof = std::array<unsigned char, 32>;
    struct Entry {
        Probe probe;
        std::string password;  ///< until it is hashed
        std::optional<Proof> proof;
    };

    [[nodiscard]] Proof proof_of(std::string_view name, std::string_view secret) const;
    [[nodiscard]] Entry renewed(ProbeEntry entry) const;
    [[nodiscard]] Entry const* find(std::string_view name) const;

    Proof key_;
    std::string decoy_hash_;
    std::map<std::string, Entry, std::less<>> entries_;
    std::map<std::string, Entry, std::less<>> registered_;
    std::map<std::string, Proof, std::less<>> local_;
};

}  // namespace dtrace::master
