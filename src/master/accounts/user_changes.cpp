#include "accounts/user_changes.hpp"

#include <dtrace/json/write.hpp>

#include <utility>

namespace dtrace::master {

boost::asio::awaitable<std::optional<http::Response>> keep_user(Api& api, User user,
                                                                std::string but_for,
                                                                std::vector<AuditEntry> audit) {
    std::vector<store::RegistryChange> changes{
        {store::EntryKind::user, user.name, json::write(user)}};
    std::vector<std::string> ending;
    for (auto const& session : api.accounts.sessions_of(user.name))
        if (session.hash != but_for) ending.push_back(session.hash);
    for (auto const& hash : ending)
        changes.push_back({store::EntryKind::session, hash, std::nullopt});
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) co_return failed;
    for (auto const& hash : ending)
        api.accounts.remove_session(hash);
    api.accounts.put(std::move(user));
    co_return std::nullopt;
}

}  // namespace dtrace::master
