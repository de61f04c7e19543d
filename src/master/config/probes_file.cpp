#include "config/probes_file.hpp"

#include "accounts/password_hash.hpp"
#include "catalog/names.hpp"

#include <dtrace/json/read.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <set>

namespace dtrace::master {

namespace {

// The file's own words are the members' names.

struct FileProbe {
    std::string Name;
    std::optional<std::string> Password;
    std::optional<std::string> PasswordHash;
    std::vector<std::string> Tags;
};
BOOST_DESCRIBE_STRUCT(FileProbe, (), (Name, Password, PasswordHash, Tags))

struct ProbesFile {
    std::optional<std::vector<FileProbe>> Slaves;
    std::optional<std::vector<FileProbe>> Probes;
};
BOOST_DESCRIBE_STRUCT(ProbesFile, (), (Slaves, Probes))

std::optional<json::Fault> find_secret_fault(FileProbe const& probe, json::Place const& at) {
    auto const refuse = [&](char const* member, std::string reason) {
        return json::Fault{at.member(member).text(), std::move(reason)};
    };
    if (probe.Password && probe.PasswordHash)
        return refuse("PasswordHash", "must not stand beside Password");
    if (probe.PasswordHash) {
        if (!is_password_hash(*probe.PasswordHash))
            return refuse("PasswordHash", "must be an argon2id string ($argon2id$v=19$m=…)");
        return std::nullopt;
    }
    if (!probe.Password) return refuse("Password", "is required (or PasswordHash)");
    if (auto reason = master::find_secret_fault(*probe.Password))
        return refuse("Password", *std::move(reason));
    return std::nullopt;
}

std::optional<json::Fault> find_probe_fault(FileProbe const& probe, json::Place const& at) {
    if (auto reason = find_probe_name_fault(probe.Name))
        return json::Fault{at.member("Name").text(), std::move(*reason)};
    if (auto fault = find_list_fault(probe.Tags, at.member("Tags"), find_name_fault)) return fault;
    return find_secret_fault(probe, at);
}

}  // namespace

json::ReadResult<std::vector<ProbeEntry>> parse_probes_file(std::string_view text) {
    auto file = json::read<ProbesFile>(text, json::UnknownKeys::refuse);
    if (!file) return file.error();
    if (!file->Slaves && !file->Probes) return json::Fault{"Slaves", "is required (or Probes)"};

    std::vector<ProbeEntry> entries;
    std::set<std::string> names;
    json::Place const root;
    for (auto& [list, key] : {std::pair{&file->Slaves, "Slaves"}, {&file->Probes, "Probes"}}) {
        if (!*list) continue;
        json::Place const at = root.member(key);
        for (std::size_t i = 0; i < (*list)->size(); ++i) {
            auto& probe = (**list)[i];
            json::Place const place = at.element(i);
            if (auto fault = find_probe_fault(probe, place)) return *fault;
            if (!names.insert(probe.Name).second)
                return json::Fault{place.member("Name").text(),
                                   "the name " + probe.Name + " stands here twice"};
            entries.push_back({.name = std::move(probe.Name),
                               .password = std::move(probe.Password).value_or(""),
                               .password_hash = std::move(probe.PasswordHash).value_or(""),
                               .tags = std::move(probe.Tags)});
        }
    }
    return entries;
}

}  // namespace dtrace::master
