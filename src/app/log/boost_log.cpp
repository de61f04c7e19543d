#include "log/boost_log.hpp"

#include "log/log_file.hpp"
#include "log/log_line.hpp"

#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/basic_sink_backend.hpp>
#include <boost/log/sinks/sync_frontend.hpp>
#include <boost/log/sources/channel_logger.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/make_shared.hpp>

#include <utility>

namespace dtrace::app {

namespace logging = boost::log;
namespace sinks = boost::log::sinks;

namespace {

/// The frontend lets one thread in at a time.
class FileBackend : public sinks::basic_formatted_sink_backend<char, sinks::synchronized_feeding> {
  public:
    explicit FileBackend(LogFile file) : file_(std::move(file)) {}

    void consume(logging::record_view const&, std::string const& line) {
        file_.append(line + '\n');
    }
    Result<void> reopen() { return file_.reopen(); }

  private:
    LogFile file_;
};

using FileSink = sinks::synchronous_sink<FileBackend>;
using Channel = logging::sources::channel_logger_mt<std::string>;

constexpr char const* event_channel = "event";
constexpr char const* access_channel = "access";

boost::shared_ptr<FileSink> add_sink(LogFile file, std::string const& channel) {
    auto sink = boost::make_shared<FileSink>(boost::make_shared<FileBackend>(std::move(file)));
    sink->set_formatter(logging::expressions::stream << logging::expressions::smessage);
    sink->set_filter(logging::expressions::attr<std::string>("Channel") == channel);
    logging::core::get()->add_sink(sink);
    return sink;
}

void emit(Channel& channel, std::string const& line) {
    if (auto record = channel.open_record()) {
        logging::record_ostream stream(record);
        stream << line;
        stream.flush();
        channel.push_record(std::move(record));
    }
}

}  // namespace

struct BoostLog::Sinks {
    boost::shared_ptr<FileSink> events;
    boost::shared_ptr<FileSink> access;
    Channel event_source{logging::keywords::channel = event_channel};
    Channel access_source{logging::keywords::channel = access_channel};
};

BoostLog::BoostLog(LogLevel level, std::unique_ptr<Sinks> all)
    : level_(level), sinks_(std::move(all)) {}

BoostLog::~BoostLog() {
    logging::core::get()->remove_sink(sinks_->events);
    if (sinks_->access) logging::core::get()->remove_sink(sinks_->access);
}

Result<std::unique_ptr<BoostLog>> BoostLog::open(LogOptions const& options,
                                                 std::string const& access_file) {
    auto file = LogFile::open(options.file);
    if (!file) return within("--log", file.error());
    auto all = std::make_unique<Sinks>();
    if (!access_file.empty()) {
        auto access = LogFile::open(access_file);
        if (!access) return within("--access-log", access.error());
        all->access = add_sink(*std::move(access), access_channel);
    }
    all->events = add_sink(*std::move(file), event_channel);
    return std::unique_ptr<BoostLog>(new BoostLog(options.level, std::move(all)));
}

void BoostLog::write(LogLevel level, std::string_view event, std::span<LogField const> fields) {
    if (level < level_) return;
    emit(sinks_->event_source, log_line(wall_clock_now(), level, event, fields));
}

bool BoostLog::wants_access() const {
    return sinks_->access || level_ <= LogLevel::debug;
}

void BoostLog::write_access(std::string const& line) {
    if (sinks_->access)
        emit(sinks_->access_source, line);
    else if (wants_access())
        emit(sinks_->event_source,
             log_line(wall_clock_now(), LogLevel::debug, "request", {}) + ' ' + line);
}

void BoostLog::reopen() {
    for (auto const& sink : {sinks_->events, sinks_->access}) {
        if (!sink) continue;
        if (auto const reopened = sink->locked_backend()->reopen(); !reopened)
            warn("log file could not be opened again", {{"reason", reopened.error().message}});
    }
}

}  // namespace dtrace::app
