#include <dtrace/model/user.hpp>

namespace dtrace {

std::string_view TextForm<Role>::write(Role role) {
    switch (role) {
        case Role::viewer:
            return "viewer";
        case Role::operator_:
            return "operator";
        case Role::admin:
            return "admin";
    }
    return "unknown";
}

Result<Role> TextForm<Role>::read(std::string_view text) {
    for (Role const role : {Role::viewer, Role::operator_, Role::admin})
        if (text == write(role)) return role;
    return make_error(boost::system::errc::invalid_argument,
                      "must be one of viewer, operator, admin");
}

}  // namespace dtrace
