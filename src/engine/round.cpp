#include <dtrace/engine/assemble_trace.hpp>
#include <dtrace/engine/round.hpp>

#include <algorithm>

namespace dtrace::engine {

namespace {

/// settle() walks over everything that waits: not for every packet.
constexpr milliseconds settle_interval{1};

/// A round none of whose first packets our own host sends is over.
constexpr std::uint32_t failures_that_end_a_round = 3;

/// The pause after a SYN that lets our RST reach the target before the next SYN does.
microseconds half_open_pause(microseconds rtt) {
    return rtt + rtt / 4 + milliseconds(2);
}

}  // namespace

Round::Round(Plan const& plan, std::vector<Flow> flows, TimePoint start)
    : plan_(plan),
      start_(start),
      flows_(std::move(flows)),
      order_(plan),
      table_(plan, start),
      progress_(flows_.size(), FlowProgress(plan)) {}

Action Round::next(TimePoint now) {
    if (aborted_) return Done{};
    if (auto const packet = due_resend(now)) return hand_out(*packet);
    if (!order_done_) {
        if (now >= settle_at_) settle_at_ = std::max(settle(now), now + settle_interval);
        while (auto const packet = order_.next())
            if (wanted(*packet)) return hand_out(*packet);
        order_done_ = true;
        settle_at_ = now;
    }
    if (now >= settle_at_) settle_at_ = settle(now);
    if (waiting_.empty() && resends_.empty() && handed_out_ == 0) return Done{};
    TimePoint const due = resends_.empty() ? TimePoint::max() : resends_.front().due;
    return WaitUntil{std::min(settle_at_, due)};
}

Action Round::hand_out(Packet packet) {
    ++handed_out_;
    table_.prepare(table_.index_of(packet));
    return Send{packet};
}

bool Round::wanted(Packet packet) const {
    return packet.ttl <= progress_[packet.flow].last_wanted();
}

std::optional<Packet> Round::due_resend(TimePoint now) {
    while (!resends_.empty() && resends_.front().due <= now) {
        Packet const packet = resends_.front().packet;
        resends_.erase(resends_.begin());
        if (wanted(packet) && table_.state(table_.index_of(packet)) == PacketState::shadowed)
            return packet;
    }
    return std::nullopt;
}

void Round::on_sent(Packet packet, std::uint32_t sealed_tag, TimePoint at) {
    --handed_out_;
    ++sent_;
    auto const index = table_.index_of(packet);
    table_.set_sent(index, sealed_tag, at);
    waiting_.push_back(index);
    ++unanswered_;
    if (order_done_ || settle_at_ == TimePoint::max())
        settle_at_ = std::min(settle_at_, at + settle_interval);
}

void Round::send_failed(Packet packet, boost::system::error_code why) {
    --handed_out_;
    table_.set_state(table_.index_of(packet), PacketState::failed);
    if (!send_error_) send_error_ = why;
    if (sent_ == 0 && ++failed_ >= failures_that_end_a_round) aborted_ = true;
}

std::optional<PacketTable::Index> Round::match(RoutedReply const& routed) const {
    auto const& tag = routed.reply.tag;
    if (tag.complete)
        if (auto const exact = table_.find(routed.flow, routed.ttl, tag.value)) return exact;
    // UDP: a translator has changed the checksum, or the router quoted no payload.
    if (plan_.method != Method::udp) return std::nullopt;
    return table_.find_high_half(routed.flow, routed.ttl, tag.value);
}

bool Round::recognises(RoutedReply const& routed) const {
    return match(routed).has_value();
}

AnswerMeaning Round::meaning_of(Reply const& reply) const {
    switch (reply.kind) {
        case ReplyKind::time_exceeded:
            return AnswerMeaning::passing;
        case ReplyKind::echo_reply:
        case ReplyKind::syn_ack:
        case ReplyKind::rst:
            return AnswerMeaning::reached;
        case ReplyKind::port_unreachable:
            // The same words from a router on the way are a firewall's.
            return reply.outer.from == flows_.front().destination ? AnswerMeaning::reached
                                                                  : AnswerMeaning::unreachable;
        default:
            return AnswerMeaning::unreachable;
    }
}

void Round::on_reply(RoutedReply const& routed) {
    auto const index = match(routed);
    Reply const& reply = routed.reply;
    if (!index || table_.state(*index) == PacketState::failed) {
        ++counts_.foreign;
        return;
    }
    if (table_.state(*index) == PacketState::answered) {
        ++counts_.duplicate;
        return;
    }
    microseconds const rtt = std::max(table_.age(*index, reply.received), microseconds(0));
    if (rtt > plan_.timeout) {
        ++counts_.late;
        return;
    }
    if (table_.state(*index) == PacketState::waiting) --unanswered_;
    table_.set_state(*index, PacketState::answered);
    Packet const packet = table_.packet_of(*index);
    auto& progress = progress_[routed.flow];
    Ttl const wanted_before = progress.last_wanted();
    AddressIndex const from = intern(reply.outer.from, progress.responder(packet.ttl));
    progress.on_answer(packet.ttl, from, meaning_of(reply), rtt);
    store_answer(*index, reply, from, rtt);
    if (reply.kind == ReplyKind::syn_ack)
        shadow_half_open(routed.flow, *index, reply.received, rtt);
    bool const shorter = progress.last_wanted() != wanted_before;
    settle_at_ = std::min(settle_at_, reply.received + settle_delay(shorter));
}

/// Everything may be over; or what is not wanted any more was the rest; or it is only that less
/// patience is needed. The more there is to walk over, the rarer.
Duration Round::settle_delay(bool path_became_shorter) const {
    if (unanswered_ == 0) return Duration::zero();
    if (!path_became_shorter) return settle_interval;
    return std::min<Duration>(microseconds(waiting_.size()), settle_interval);
}

AddressIndex Round::intern(IpAddress const& address, AddressIndex hint) {
    if (hint < addresses_.size() && addresses_[hint] == address) return hint;
    auto known = std::find(addresses_.begin(), addresses_.end(), address);
    if (known == addresses_.end()) known = addresses_.insert(known, address);
    return static_cast<AddressIndex>(known - addresses_.begin());
}

void Round::store_answer(PacketTable::Index index, Reply const& reply, AddressIndex from,
                         microseconds rtt) {
    std::uint16_t labels = 0;
    if (!reply.labels.empty()) {
        auto known = std::find(label_stacks_.begin(), label_stacks_.end(), reply.labels);
        if (known == label_stacks_.end())
            known = label_stacks_.insert(label_stacks_.end(), reply.labels);
        labels = static_cast<std::uint16_t>(known - label_stacks_.begin() + 1);
    }
    answers_.push_back({.packet = index,
                        .rtt_us = static_cast<std::uint32_t>(rtt.count()),
                        .from = from,
                        .kind = reply.kind,
                        .reply_ttl = reply.outer.ttl,
                        .quoted_ttl = reply.quoted_ttl.value_or(1),
                        .icmp_code = reply.icmp_code,
                        .mtu = reply.mtu,
                        .labels = labels});
}

void Round::shadow_half_open(FlowIndex flow, PacketTable::Index answered, TimePoint now,
                             microseconds rtt) {
    // Waiting packets that left with or after the answered SYN and may have reached the target.
    Ttl last_router = 0;
    for (Ttl ttl = plan_.first_hop; ttl < progress_[flow].last_wanted(); ++ttl)
        if (progress_[flow].answered(ttl)) last_router = ttl;
    microseconds const age = table_.age(answered, now);
    microseconds youngest = age;
    std::vector<Packet> shadowed;
    for (auto const index : waiting_) {
        Packet const packet = table_.packet_of(index);
        if (packet.flow != flow || packet.ttl <= last_router ||
            table_.state(index) != PacketState::waiting || table_.age(index, now) > age)
            continue;
        youngest = std::min(youngest, table_.age(index, now));
        table_.set_state(index, PacketState::shadowed);
        --unanswered_;
        if (wanted(packet)) shadowed.push_back(packet);
    }
    TimePoint due = now - youngest;
    for (auto const& resend : resends_)
        if (resend.packet.flow == flow) due = std::max(due, resend.due);
    for (Packet const packet : shadowed) {
        due += half_open_pause(rtt);
        resends_.push_back({.packet = packet, .due = due});
    }
    std::ranges::stable_sort(resends_, {}, &Resend::due);
}

TimePoint Round::settle(TimePoint now) {
    TimePoint earliest = TimePoint::max();
    std::vector<bool> gone_silent(flows_.size(), false);
    std::erase_if(waiting_, [&](PacketTable::Index index) {
        Packet const packet = table_.packet_of(index);
        if (table_.state(index) != PacketState::waiting) return true;
        if (!wanted(packet)) return true;
        microseconds const left =
            progress_[packet.flow].patience(packet.ttl) - table_.age(index, now);
        if (left > microseconds(0)) {
            earliest = std::min<TimePoint>(earliest, now + left);
            return false;
        }
        table_.set_state(index, PacketState::silent);
        gone_silent[packet.flow] = true;
        return true;
    });
    unanswered_ = static_cast<std::uint32_t>(waiting_.size());
    bool given_up = false;
    for (std::size_t flow = 0; flow < flows_.size(); ++flow) {
        Ttl const wanted_before = progress_[flow].last_wanted();
        if (gone_silent[flow]) apply_gap_limit(static_cast<FlowIndex>(flow));
        given_up = given_up || progress_[flow].last_wanted() != wanted_before;
    }
    return given_up ? settle(now) : earliest;  // nobody waits for what lies behind a gap
}

bool Round::hop_is_silent(FlowIndex flow, Ttl ttl) const {
    bool any = false;
    for (Attempt attempt = 0; attempt < plan_.attempts; ++attempt) {
        auto const state = table_.state(table_.index_of({flow, ttl, attempt}));
        if (state == PacketState::waiting || state == PacketState::answered) return false;
        any = any || state == PacketState::silent;
    }
    return any;
}

void Round::apply_gap_limit(FlowIndex flow) {
    if (plan_.gap_limit == 0) return;
    auto& progress = progress_[flow];
    Ttl const first_silent =
        std::max<Ttl>(plan_.first_hop, static_cast<Ttl>(progress.highest_answered() + 1));
    Ttl ttl = first_silent;
    while (ttl <= progress.last_wanted() && hop_is_silent(flow, ttl)) {
        if (ttl - first_silent + 1 == plan_.gap_limit) return progress.on_gap(ttl);
        ++ttl;
    }
}

Trace Round::finish(TraceHeader header, TimePoint now) && {
    return TraceAssembly(*this, now).build(std::move(header));
}

}  // namespace dtrace::engine
