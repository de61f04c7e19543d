#include "accounts/login_book.hpp"

#include "accounts/password_hash.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace dtrace::master {

LoginBook::LoginBook() {
    randombytes_buf(key_.data(), key_.size());
    std::array<char, 32> nobodys{};
    randombytes_buf(nobodys.data(), nobodys.size());
    decoy_hash_ = hash_password({nobodys.data(), nobodys.size()});
}

LoginBook::Proof LoginBook::proof_of(std::string_view name, std::string_view secret) const {
    std::string text(name);
    text += ':';  // no name has one
    text += secret;
    Proof proof;
    crypto_generichash(proof.data(), proof.size(),
                       reinterpret_cast<unsigned char const*>(text.data()), text.size(),
                       key_.data(), key_.size());
    sodium_memzero(text.data(), text.size());
    return proof;
}

void LoginBook::replace(std::vector<ProbeEntry> entries) {
    std::map<std::string, Entry, std::less<>> next;
    for (auto& entry : entries) {
        auto name = entry.name;
        next.insert_or_assign(std::move(name), renewed(std::move(entry)));
    }
    entries_ = std::move(next);
}

LoginBook::Entry LoginBook::renewed(ProbeEntry entry) const {
    auto const found = entries_.find(entry.name);
    Entry const* const old = found == entries_.end() ? nullptr : &found->second;
    Entry result{.probe = {.name = std::move(entry.name),
                           .password_hash = std::move(entry.password_hash),
                           .tags = std::move(entry.tags)},
                 .password = std::move(entry.password),
                 .proof = std::nullopt};
    if (result.password.empty()) {
        if (old && old->probe.password_hash == result.probe.password_hash)
            result.proof = old->proof;
        return result;
    }
    result.proof = proof_of(result.probe.name, result.password);
    if (old && !old->probe.password_hash.empty() && old->proof == result.proof) {
        result.probe.password_hash = old->probe.password_hash;
        result.password.clear();
    }
    return result;
}

void LoginBook::add_local(std::string_view name, std::string_view secret) {
    local_.insert_or_assign(std::string(name), proof_of(name, secret));
}

void LoginBook::replace_registered(std::vector<Probe> probes) {
    std::map<std::string, Entry, std::less<>> next;
    for (auto& probe : probes) {
        Entry entry{.probe = std::move(probe), .password = {}, .proof = std::nullopt};
        auto const old = registered_.find(entry.probe.name);
        if (old != registered_.end() &&
            old->second.probe.password_hash == entry.probe.password_hash)
            entry.proof = old->second.proof;
        auto name = entry.probe.name;
        next.insert_or_assign(std::move(name), std::move(entry));
    }
    registered_ = std::move(next);
}

LoginBook::Entry const* LoginBook::find(std::string_view name) const {
    if (auto const entry = entries_.find(name); entry != entries_.end()) return &entry->second;
    auto const entry = registered_.find(name);
    return entry == registered_.end() ? nullptr : &entry->second;
}

std::vector<std::string> LoginBook::names() const {
    std::vector<std::string> names;
    for (auto const& [name, proof] : local_)
        names.push_back(name);
    auto const locals = static_cast<std::ptrdiff_t>(names.size());
    for (auto const& [name, entry] : entries_)
        if (!local_.contains(name)) names.push_back(name);
    for (auto const& [name, entry] : registered_)
        if (!local_.contains(name) && !entries_.contains(name)) names.push_back(name);
    std::sort(names.begin() + locals, names.end());
    return names;
}

bool LoginBook::contains(std::string_view name) const {
    return local_.contains(name) || find(name);
}

std::vector<std::string> const* LoginBook::tags(std::string_view name) const {
    auto const* const entry = find(name);
    return entry ? &entry->probe.tags : nullptr;
}

bool LoginBook::is_proven(std::string_view name, std::string_view secret) const {
    Proof known{};
    bool is_known = false;
    if (auto const local = local_.find(name); local != local_.end()) {
        known = local->second;
        is_known = true;
    } else if (auto const* const entry = find(name); entry && entry->proof) {
        known = *entry->proof;
        is_known = true;
    }
    auto const given = proof_of(name, secret);
    return sodium_memcmp(given.data(), known.data(), known.size()) == 0 && is_known;
}

std::string const& LoginBook::hash_of(std::string_view name) const {
    auto const* const entry = find(name);
    bool const usable = entry && !local_.contains(name) && !entry->probe.password_hash.empty();
    return usable ? entry->probe.password_hash : decoy_hash_;
}

bool LoginBook::prove(std::string_view name, std::string_view secret, std::string const& hash) {
    for (auto* entries : {&entries_, &registered_})
        if (auto const entry = entries->find(name); entry != entries->end()) {
            if (entry->second.probe.password_hash != hash) return false;
            entry->second.proof = proof_of(name, secret);
            return true;
        }
    return false;
}

std::optional<LoginBook::Unhashed> LoginBook::next_unhashed() const {
    for (auto const& [name, entry] : entries_)
        if (!entry.password.empty()) return Unhashed{.name = name, .password = entry.password};
    return std::nullopt;
}

void LoginBook::set_hash(Unhashed const& probe, std::string hash) {
    auto const found = entries_.find(probe.name);
    if (found == entries_.end() || found->second.password != probe.password) return;
    Entry& entry = found->second;
    entry.probe.password_hash = std::move(hash);
    sodium_memzero(entry.password.data(), entry.password.size());
    entry.password.clear();
}

std::vector<Probe> LoginBook::probes() const {
    std::vector<Probe> probes;
    for (auto const& [name, entry] : entries_)
        if (!entry.probe.password_hash.empty()) probes.push_back(entry.probe);
    return probes;
}

}  // namespace dtrace::master
