#include <dtrace/wire/privileges.hpp>

#include <grp.h>
#include <pwd.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

namespace dtrace::wire {

namespace {

struct FreeCapabilities {
    void operator()(cap_t capabilities) const { cap_free(capabilities); }
};
using Capabilities = std::unique_ptr<std::remove_pointer_t<cap_t>, FreeCapabilities>;

bool has(cap_value_t capability, cap_flag_t set) {
    Capabilities const mine(cap_get_proc());
    cap_flag_value_t value = CAP_CLEAR;
    return mine && cap_get_flag(mine.get(), capability, set, &value) == 0 && value == CAP_SET;
}

struct User {
    std::string name;
    uid_t id = 0;
    gid_t group = 0;
};

Result<User> find_user(std::string_view name) {
    std::vector<char> text(16'384);
    passwd entry{};
    passwd* found = nullptr;
    User user{.name = std::string(name)};
    int const error = getpwnam_r(user.name.c_str(), &entry, text.data(), text.size(), &found);
    if (!found)
        return make_error(
            boost::system::errc::invalid_argument,
            error == 0 ? "there is no user " + user.name : "cannot look up user " + user.name);
    user.id = entry.pw_uid;
    user.group = entry.pw_gid;
    return user;
}

/// Leaves the permitted capabilities as they are.
Result<void> become(User const& user) {
    std::string const context = "cannot become user " + user.name;
    if (geteuid() == user.id && getuid() == user.id) return {};
    if (geteuid() != 0)
        return make_error(boost::system::errc::operation_not_permitted,
                          context + ": only root can, start it with sudo");
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) return errno_error(context);
    if (initgroups(user.name.c_str(), user.group) < 0) return errno_error(context);
    if (setresgid(user.group, user.group, user.group) < 0) return errno_error(context);
    if (setresuid(user.id, user.id, user.id) < 0) return errno_error(context);
    if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0) return errno_error(context);
    return {};
}

/// What programs executed later could get at most. Only CAP_SETPCAP may lower it; without that
/// no_new_privs stands in for it.
Result<void> lower_bounding_set(bool keep_net_raw) {
    if (!has(CAP_SETPCAP, CAP_EFFECTIVE)) return {};
    for (cap_value_t capability = 0; CAP_IS_SUPPORTED(capability); ++capability) {
        if (keep_net_raw && capability == CAP_NET_RAW) continue;
        if (cap_drop_bound(capability) < 0) return errno_error("cannot drop a bounding capability");
    }
    return {};
}

Result<void> limit_to_net_raw(bool keep_net_raw) {
    constexpr std::string_view context = "cannot drop capabilities";
    Capabilities const wanted(cap_init());
    if (!wanted) return errno_error(context);
    cap_value_t const net_raw = CAP_NET_RAW;
    if (keep_net_raw)
        for (cap_flag_t set : {CAP_PERMITTED, CAP_EFFECTIVE})
            if (cap_set_flag(wanted.get(), set, 1, &net_raw, CAP_SET) < 0)
                return errno_error(context);
    if (cap_set_proc(wanted.get()) < 0) return errno_error(context);
    return {};
}

}  // namespace

bool has_net_raw() {
    return has(CAP_NET_RAW, CAP_EFFECTIVE);
}

std::string net_raw_advice() {
    std::error_code code;
    auto const self = std::filesystem::read_symlink("/proc/self/exe", code);
    return "run it with sudo, or grant it once with: sudo setcap cap_net_raw+ep " +
           (code ? std::string("dtrace-node") : self.string());
}

Result<void> make_folder_of(std::string_view user, std::filesystem::path const& folder) {
    auto const owner = find_user(user);
    if (!owner) return owner.error();
    std::error_code failed;
    std::filesystem::create_directories(folder.parent_path(), failed);
    if (::mkdir(folder.c_str(), 0700) < 0)
        return errno == EEXIST ? Result<void>() : errno_error(folder.string());
    if (::chown(folder.c_str(), owner->id, owner->group) < 0) return errno_error(folder.string());
    return {};
}

Result<void> drop_privileges(KeepNetRaw keep, std::string_view user) {
    std::optional<User> target;
    if (!user.empty()) {
        auto found = find_user(user);
        if (!found) return found.error();
        target = std::move(*found);
    }
    bool const keep_net_raw = keep == KeepNetRaw::yes && has(CAP_NET_RAW, CAP_PERMITTED);
    if (cap_reset_ambient() < 0 && errno != EINVAL)
        return errno_error("cannot clear ambient capabilities");
    if (auto done = lower_bounding_set(keep_net_raw); !done) return done;
    if (target)
        if (auto done = become(*target); !done) return done;
    if (auto done = limit_to_net_raw(keep_net_raw); !done) return done;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return errno_error("cannot give up gaining privileges");
    return {};
}

}  // namespace dtrace::wire
