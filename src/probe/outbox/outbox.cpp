#include "outbox/outbox.hpp"

#include <bit>
#include <utility>

namespace dtrace::probe {

Outbox::Outbox(SegmentFolder folder, OutboxLimits limits, Logger& log)
    : folder_(std::move(folder)), limits_(limits), log_(&log) {}

Result<Outbox> Outbox::open(std::filesystem::path const& folder, OutboxLimits limits, Logger& log) {
    auto files = SegmentFolder::open(folder, limits.files);
    if (!files) return files.error();
    Outbox outbox(std::move(*files), limits, log);
    for (auto const segment : outbox.folder_.found())
        outbox.take_up(segment);
    outbox.keep_within_limits();
    if (outbox.waiting() > 0)
        log.info("outbox taken up", {{"folder", folder.string()},
                                     {"waiting", outbox.waiting()},
                                     {"bytes", outbox.disk_bytes_}});
    return outbox;
}

void Outbox::take_up(SegmentNumber segment) {
    auto const found = folder_.scan(segment);
    if (!found) {
        ++damaged_;
        log_->warn("outbox file skipped",
                   {{"file", folder_.path_of(segment)}, {"reason", found.error().message}});
        return;
    }
    for (auto const& place : found->records) {
        on_disk_.push_back({next_number_++, segment, place});
        disk_bytes_ += place.size;
    }
    if (found->damaged > 0) {
        damaged_ += found->damaged;
        log_->warn("outbox records damaged, skipped", {{"file", folder_.path_of(segment)},
                                                       {"damaged", found->damaged},
                                                       {"intact", found->records.size()}});
    }
    remove_if_unused(segment, on_disk_.size());
}

void Outbox::put(std::string payload) {
    Item item{next_number_++, std::move(payload)};
    if (item.payload.size() + 16 > limits_.files.record_bytes) {
        ++dropped_;
        log_->warn("trace dropped, larger than the outbox takes",
                   {{"bytes", item.payload.size()}, {"limit", limits_.files.record_bytes}});
        return;
    }
    if (save() > 0 || !store(item)) {
        memory_bytes_ += item.payload.size();
        in_memory_.push_back(std::move(item));
    }
    keep_within_limits();
}

std::size_t Outbox::save() {
    while (!in_memory_.empty() && store(in_memory_.front())) {
        memory_bytes_ -= in_memory_.front().payload.size();
        in_memory_.pop_front();
    }
    return in_memory_.size();
}

bool Outbox::store(Item const& item) {
    auto const appended = folder_.append(item.payload);
    if (std::exchange(disk_takes_, appended.has_value()) != appended.has_value()) {
        if (appended)
            log_->info("outbox can be written again", {{"in_memory", in_memory_.size()}});
        else
            log_->error("outbox cannot be written, keeping the newest traces in memory",
                        {{"reason", appended.error().message},
                         {"memory_limit_bytes", limits_.memory_bytes}});
    }
    if (!appended) return false;
    on_disk_.push_back({item.number, appended->segment, appended->place});
    disk_bytes_ += appended->place.size;
    return true;
}

void Outbox::keep_within_limits() {
    while (!on_disk_.empty() && (waiting() > limits_.traces || disk_bytes_ > limits_.bytes)) {
        count_dropped();
        drop_front_of_disk();
    }
    // The newest one stays, whatever its size.
    while (in_memory_.size() > 1 &&
           (memory_bytes_ > limits_.memory_bytes || waiting() > limits_.traces)) {
        count_dropped();
        memory_bytes_ -= in_memory_.front().payload.size();
        in_memory_.pop_front();
    }
}

void Outbox::count_dropped() {
    // The first, the second, the fourth…: a full outbox does not fill the log as well.
    if (std::has_single_bit(++dropped_))
        log_->warn("outbox full, oldest trace dropped",
                   {{"dropped", dropped_}, {"waiting", waiting()}});
}

void Outbox::drop_front_of_disk() {
    auto const oldest = on_disk_.front();
    disk_bytes_ -= oldest.place.size;
    on_disk_.pop_front();
    remove_if_unused(oldest.segment, 0);
}

/// `index`: where a record of it stood or would stand. Those of a segment stand together, so
/// looking at both neighbours is enough.
void Outbox::remove_if_unused(SegmentNumber segment, std::size_t index) {
    bool const before = index > 0 && on_disk_[index - 1].segment == segment;
    bool const behind = index < on_disk_.size() && on_disk_[index].segment == segment;
    if (!before && !behind) folder_.remove(segment);
}

std::vector<Outbox::Item> Outbox::front(std::size_t most, std::uint64_t most_bytes) {
    std::vector<Item> items;
    std::uint64_t bytes = 0;
    auto const fits = [&](std::uint64_t size) {
        bytes += size;
        return items.size() < most && (items.empty() || bytes <= most_bytes);
    };
    std::size_t index = 0;
    while (index < on_disk_.size()) {
        if (!fits(on_disk_[index].place.size) || !read_on_disk(index, items)) return items;
    }
    for (auto const& item : in_memory_) {
        if (!fits(item.payload.size())) break;
        items.push_back(item);
    }
    return items;
}

/// Reads one record and moves on to the next; one that is gone is removed and counted. False: the
/// disk does not give it now, and perhaps later.
bool Outbox::read_on_disk(std::size_t& index, std::vector<Item>& items) {
    auto const stored = on_disk_[index];
    auto payload = folder_.read(stored.segment, stored.place);
    if (payload) {
        disk_gives_ = true;
        items.push_back({stored.number, std::move(*payload)});
        ++index;
        return true;
    }
    auto const& error = payload.error();
    bool const unreadable = error.code == boost::system::errc::io_error;  // a bad sector
    if (unreadable || error.code == boost::system::errc::bad_message) {
        ++damaged_;
        log_->warn("outbox record lost",
                   {{"file", folder_.path_of(stored.segment)}, {"reason", error.message}});
        disk_bytes_ -= stored.place.size;
        on_disk_.erase(on_disk_.begin() + static_cast<std::ptrdiff_t>(index));
        remove_if_unused(stored.segment, index);
        return true;
    }
    if (std::exchange(disk_gives_, false))
        log_->error("outbox cannot be read",
                    {{"file", folder_.path_of(stored.segment)}, {"reason", error.message}});
    return false;
}

void Outbox::release(std::uint64_t number) {
    while (!on_disk_.empty() && on_disk_.front().number <= number)
        drop_front_of_disk();
    while (!in_memory_.empty() && in_memory_.front().number <= number) {
        memory_bytes_ -= in_memory_.front().payload.size();
        in_memory_.pop_front();
    }
}

OutboxCounts Outbox::counts() const {
    return {.waiting = waiting(),
            .waiting_bytes = disk_bytes_ + memory_bytes_,
            .dropped = dropped_,
            .damaged = damaged_,
            .on_disk = disk_takes_};
}

}  // namespace dtrace::probe
