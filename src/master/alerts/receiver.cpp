#include "alerts/receiver.hpp"

#include "config/read_config.hpp"

#include <sys/stat.h>

#include <optional>
#include <utility>

namespace dtrace::master {

namespace {

/// Reads what a receiver names, and remembers all that it read.
class NamedFiles {
  public:
    /// The first line: a secret.
    Result<std::string> line(std::string const& file) {
        auto text = content(file);
        if (!text) return text.error();
        struct stat status {};
        if (::stat(file.c_str(), &status) == 0 && (status.st_mode & S_IRWXO) != 0)
            open_secrets_.push_back(file);
        auto line = text->substr(0, text->find('\n'));
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty() || !is_header_value(line))
            return make_error(boost::system::errc::invalid_argument,
                              file + ": its first line must be 1 to 4096 visible letters");
        return line;
    }

    Result<std::string> content(std::string const& file) {
        auto text = read_file(file);
        if (!text) return within(file, text.error());
        read_ += std::to_string(text->size()) + ':' + *text;
        return text;
    }

    [[nodiscard]] std::string const& all() const { return read_; }
    [[nodiscard]] std::vector<std::string> const& open_secrets() const { return open_secrets_; }

  private:
    std::vector<std::string> open_secrets_;
    std::string read_;
};

std::string text_of(ReceiverEntry const& entry) {
    std::string text = entry.name + '\n' + entry.url + '\n' + entry.url_file + '\n';
    for (auto const* fields : {&entry.headers, &entry.header_files})
        for (auto const& [name, value] : *fields)
            text.append(name).append(":").append(value).append("\n");
    text += entry.secret_file + '\n' + entry.ca_file + '\n';
    text += std::to_string(entry.filter.min_loss) + ' ' + std::to_string(entry.timeout.count()) +
            ' ' + std::to_string(entry.max_age.count()) + '\n';
    for (auto const kind : entry.filter.kinds)
        text.append(to_text(kind)).append("\n");
    for (auto const* list :
         {&entry.filter.measurements, &entry.filter.probes, &entry.filter.tags}) {
        for (auto const& each : *list)
            text += each + '\n';
        text += '\n';
    }
    return text;
}

/// Without TLS. A file that is at fault is named in the fault, never shown.
json::ReadResult<Receiver> read_receiver(ReceiverEntry const& entry, json::Place const& at) {
    NamedFiles files;
    auto const refuse = [&](char const* key, std::string const& reason) {
        return json::Fault{at.member(key).text(), reason};
    };
    Receiver receiver{.name = entry.name,
                      .headers = entry.headers,
                      .filter = entry.filter,
                      .timeout = entry.timeout,
                      .max_age = entry.max_age};
    auto const address =
        entry.url_file.empty() ? Result<std::string>(entry.url) : files.line(entry.url_file);
    if (!address) return refuse("UrlFile", address.error().message);
    auto url = http::parse_url(*address);
    bool const secret_url = !entry.url_file.empty() || !entry.header_files.empty();
    if (!url) return refuse("UrlFile", entry.url_file + ": " + url.error().message);
    if (secret_url && !url->secure && !url->is_loopback())
        return refuse("UrlFile", entry.url_file + ": must be https://, as it is a secret");
    receiver.url = *std::move(url);
    for (auto const& [name, file] : entry.header_files) {
        auto value = files.line(file);
        if (!value) return refuse("HeaderFiles", value.error().message);
        receiver.headers.emplace(name, *std::move(value));
    }
    if (!entry.secret_file.empty()) {
        auto secret = files.line(entry.secret_file);
        if (!secret) return refuse("SecretFile", secret.error().message);
        receiver.secret = *std::move(secret);
    }
    if (!entry.ca_file.empty())
        if (auto const text = files.content(entry.ca_file); !text)
            return refuse("CaFile", text.error().message);
    receiver.open_secrets = files.open_secrets();
    receiver.stamp = make_uuid_from_name(text_of(entry) + files.all());
    return receiver;
}

using Receivers = json::ReadResult<std::vector<Receiver>>;

Receivers read_receivers(std::vector<ReceiverEntry> const& entries) {
    json::Place const root;
    json::Place const list = root.member("Receivers");
    std::vector<Receiver> receivers;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        json::Place const at = list.element(i);
        auto receiver = read_receiver(entries[i], at);
        if (!receiver) return receiver.error();
        receivers.push_back(*std::move(receiver));
    }
    return receivers;
}

/// Reads the system's certificates for each that has no others: tens of milliseconds each.
Receivers with_tls(std::vector<Receiver> receivers, std::vector<ReceiverEntry> const& entries) {
    json::Place const root;
    json::Place const list = root.member("Receivers");
    for (std::size_t i = 0; i < receivers.size(); ++i) {
        if (!receivers[i].url.secure) continue;
        json::Place const at = list.element(i);
        auto tls = http::TlsClient::open({.ca = entries[i].ca_file});
        if (!tls) return json::Fault{at.member("CaFile").text(), tls.error().message};
        receivers[i].tls = *std::move(tls);
    }
    return receivers;
}

ReceiversLook refused(json::Fault fault, std::string const& what, Uuid const& known) {
    ReceiversLook look;
    look.stamp = make_uuid_from_name("fault:" + what + fault.text());
    if (look.stamp != known) look.fault = std::move(fault);
    return look;
}

Uuid stamp_of(std::vector<Receiver> const& receivers) {
    std::string stamps = "receivers:";
    for (auto const& receiver : receivers)
        stamps += bytes_of(receiver.stamp);
    return make_uuid_from_name(stamps);
}

}  // namespace

ReceiversLook look_at_receivers(std::filesystem::path const& file, Uuid const& known) {
    auto const text = read_file(file);
    if (!text) return refused({{}, text.error().message}, {}, known);
    auto const entries = parse_alerts_file(*text);
    if (!entries) return refused(entries.error(), *text, known);
    auto found = read_receivers(*entries);
    if (!found) return refused(found.error(), *text, known);
    ReceiversLook look;
    look.stamp = stamp_of(*found);
    if (look.stamp == known) return look;
    auto receivers = with_tls(*std::move(found), *entries);
    if (!receivers) return refused(receivers.error(), *text, known);
    look.receivers = *std::move(receivers);
    return look;
}

}  // namespace dtrace::master
