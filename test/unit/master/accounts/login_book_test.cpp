#include "accounts/login_book.hpp"

#include "accounts/password_hash.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace::master;

namespace {

ProbeEntry plain(std::string name, std::string password) {
    return {
        .name = std::move(name), .password = std::move(password), .password_hash = {}, .tags = {}};
}

ProbeEntry hashed(std::string name, std::string hash) {
    return {.name = std::move(name), .password = {}, .password_hash = std::move(hash), .tags = {}};
}

void hash_all(LoginBook& book) {
    while (auto const next = book.next_unhashed())
        book.set_hash(*next, hash_password(next->password));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(login_book)

BOOST_AUTO_TEST_CASE(hashes_are_argon2id_and_fit_only_their_password) {
    auto const hash = hash_password("secret");
    BOOST_TEST(hash.starts_with("$argon2id$"));
    BOOST_TEST(is_password_hash(hash));
    BOOST_TEST(hash != hash_password("secret"));
    BOOST_TEST(is_right_password("secret", hash));
    BOOST_TEST(!is_right_password("Secret", hash));
    BOOST_TEST(!is_right_password("", hash));
    for (std::string const bad : {"", "secret", "$argon2id$", "$2b$10$abc", "$argon2id$v=19$m=1"})
        BOOST_TEST(!is_password_hash(bad), bad);
    BOOST_TEST(!is_password_hash(hash + std::string(200, 'x')));
}

BOOST_AUTO_TEST_CASE(plain_passwords_work_at_once_and_are_forgotten_when_hashed) {
    LoginBook book;
    book.replace({plain("a", "one"), plain("b", "two")});
    BOOST_TEST(book.is_proven("a", "one"));
    BOOST_TEST(!book.is_proven("a", "two"));
    BOOST_TEST(!book.is_proven("b", "one"));
    BOOST_TEST(!book.is_proven("c", "one"));
    BOOST_TEST(!book.is_proven("", ""));
    BOOST_TEST(book.probes().empty());
    hash_all(book);
    BOOST_REQUIRE(book.probes().size() == 2);
    BOOST_TEST(is_right_password("one", book.probes().front().password_hash));
    BOOST_TEST(book.is_proven("a", "one"));
}

BOOST_AUTO_TEST_CASE(an_unchanged_password_keeps_its_hash) {
    LoginBook book;
    book.replace({plain("a", "one"), plain("b", "two")});
    hash_all(book);
    auto const before = book.probes();
    book.replace({plain("a", "one"), plain("b", "other")});
    auto const next = book.next_unhashed();
    BOOST_REQUIRE(next);
    BOOST_TEST(next->name == "b");
    hash_all(book);
    BOOST_TEST(book.probes().front().password_hash == before.front().password_hash);
    BOOST_TEST(book.probes().back().password_hash != before.back().password_hash);
    BOOST_TEST(!book.is_proven("b", "two"));
}

BOOST_AUTO_TEST_CASE(a_hash_from_the_file_is_proven_by_the_first_login) {
    auto const hash = hash_password("one");
    LoginBook book;
    book.replace({hashed("a", hash)});
    BOOST_TEST(!book.is_proven("a", "one"));
    BOOST_TEST(book.hash_of("a") == hash);
    BOOST_TEST(book.prove("a", "one", hash));
    BOOST_TEST(book.is_proven("a", "one"));

    book.replace({hashed("a", hash)});
    BOOST_TEST(book.is_proven("a", "one"));
    book.replace({hashed("a", hash_password("one"))});
    BOOST_TEST(!book.is_proven("a", "one"));
    BOOST_TEST(!book.prove("a", "one", hash));  // verified while the file changed
    BOOST_TEST(!book.is_proven("a", "one"));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_has_a_hash_that_fits_nothing) {
    LoginBook book;
    book.replace({plain("unhashed", "x")});
    for (std::string const name : {"nobody", "unhashed"}) {
        BOOST_TEST(is_password_hash(book.hash_of(name)));
        BOOST_TEST(!is_right_password("x", book.hash_of(name)));
        BOOST_TEST(!book.prove(name, "x", book.hash_of(name)));
    }
}

BOOST_AUTO_TEST_CASE(a_removed_probe_is_out) {
    LoginBook book;
    book.replace({plain("a", "one")});
    auto const pending = book.next_unhashed();
    book.replace({});
    book.set_hash(*pending, "late");
    BOOST_TEST(!book.is_proven("a", "one"));
    BOOST_TEST(!book.contains("a"));
    BOOST_TEST(book.probes().empty());
}

BOOST_AUTO_TEST_CASE(a_local_probe_is_in_no_file_and_stays) {
    LoginBook book;
    book.add_local("local", "random");
    book.replace({plain("a", "one"), plain("local", "known")});
    BOOST_TEST(book.is_proven("local", "random"));
    BOOST_TEST(!book.is_proven("local", "known"));
    BOOST_TEST((book.names() == std::vector<std::string>{"local", "a"}));
    book.replace({});
    BOOST_TEST(book.is_proven("local", "random"));
    BOOST_TEST(!book.prove("local", "x", book.hash_of("local")));
}

BOOST_AUTO_TEST_SUITE_END()
