#include <dtrace/engine/round.hpp>
#include <dtrace/packet/tag.hpp>

#include <algorithm>

namespace dtrace::engine {

// What a round makes of its replies.

namespace {

// What a round keeps of each; a hostile router could send any number.
constexpr std::size_t most_addresses = 4096;
constexpr std::size_t most_details = 4096;  ///< different extensions and translations
constexpr std::size_t most_remarks = 4096;

/// A tag that is older is no tag of ours: it says when a packet left for 134 s only, and any 32
/// bits say something.
constexpr seconds longest_lateness{10};

/// A reply so long before its packet is one so long after it that the age has wrapped.
constexpr seconds wrapped{-1};

/// The pause after a SYN that lets our RST reach the target before the next SYN does.
microseconds half_open_pause(microseconds rtt) {
    return rtt + rtt / 4 + milliseconds(2);
}

}  // namespace

std::optional<Packet> Round::match(RoutedReply const& routed) const {
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

/// Rounds of one measurement have the same flows, and a reply may miss its own by more than the
/// pause between them.
bool Round::of_earlier_round(RoutedReply const& routed) const {
    if (!routed.reply.tag.complete) return false;
    if (routed.ttl < plan_.first_hop || routed.ttl > plan_.max_hops) return false;
    TimePoint const received = routed.reply.received;
    auto const age = packet::age(routed.ticks, packet::ticks_of(received));
    return age > received - start_ && age <= longest_lateness;
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
            return are_equal(reply.outer.from, flows_.front().destination)
                       ? AnswerMeaning::reached
                       : AnswerMeaning::unreachable;
        default:
            return AnswerMeaning::unreachable;
    }
}

void Round::on_reply(RoutedReply const& routed) {
    auto const matched = match(routed);
    Reply const& reply = routed.reply;
    auto const state = matched ? table_.state(*matched) : PacketState::unsent;
    if (!matched || state == PacketState::failed) {
        ++(of_earlier_round(routed) ? counts_.late : counts_.foreign);
        return;
    }
    if (state == PacketState::answered) {
        ++counts_.duplicate;
        return;
    }
    Packet const packet = *matched;
    microseconds const age = table_.age(packet, reply.received);
    auto const rtt = std::max(age, microseconds(0));
    if (rtt > plan_.timeout || age < wrapped) {
        ++counts_.late;
        return;
    }
    auto& progress = progress_[routed.flow];
    auto const from = intern(reply.outer.from, progress.responder(packet.ttl));
    if (!from) {
        ++counts_.foreign;
        return;
    }
    if (reply.kind == ReplyKind::other) return store_remark(packet, reply, *from, rtt);
    if (state == PacketState::waiting) --unanswered_;
    table_.set_state(packet, PacketState::answered);
    Ttl const wanted_before = progress.last_wanted();
    auto const meaning = meaning_of(reply);
    progress.on_answer(packet.ttl, *from, meaning, rtt);
    timing_.on_answer(packet.ttl, rtt);
    if (mda_) {
        mda_->on_answer(packet, *from, meaning != AnswerMeaning::passing, rtt);
        mda_->set_end(packet.flow, progress.last_wanted());
    }
    store_answer(packet, reply, *from, rtt);
    if (reply.kind == ReplyKind::syn_ack) shadow_half_open(packet, reply.received, rtt);
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

void Round::store_remark(Packet packet, Reply const& reply, AddressIndex from, microseconds rtt) {
    bool const has_one = std::ranges::find(remarks_, packet) != remarks_.end();
    if (has_one || remarks_.size() >= most_remarks) {
        ++counts_.duplicate;
        return;
    }
    remarks_.push_back(packet);
    store_answer(packet, reply, from, rtt);
}

std::optional<AddressIndex> Round::intern(IpAddress const& address, AddressIndex hint) {
    if (hint < addresses_.size() && are_equal(addresses_[hint], address)) return hint;
    auto known = std::find(addresses_.begin(), addresses_.end(), address);
    if (known == addresses_.end()) {
        if (addresses_.size() >= most_addresses) return std::nullopt;
        known = addresses_.insert(known, address);
    }
    return static_cast<AddressIndex>(known - addresses_.begin());
}

std::uint16_t Round::intern(Extensions const& extensions,
                            std::optional<Translation> const& translation) {
    if (extensions.empty() && !translation) return 0;
    ReplyDetails details{extensions, translation};
    auto known = std::find(details_.begin(), details_.end(), details);
    if (known == details_.end()) {
        if (details_.size() >= most_details) return 0;
        known = details_.insert(known, std::move(details));
    }
    return static_cast<std::uint16_t>(known - details_.begin() + 1);
}

void Round::store_answer(Packet packet, Reply const& reply, AddressIndex from, microseconds rtt) {
    Flow const& flow = flows_[packet.flow];
    // Room for the answers of one hop, before it grows by doubling.
    if (answers_.empty() && !mda_) answers_.reserve(flows_.size() * plan_.attempts);
    answers_.push_back(
        {.packet = packet,
         .rtt_us = static_cast<std::uint32_t>(rtt.count()),
         .from = from,
         .kind = reply.kind,
         .reply_ttl = reply.outer.ttl,
         .quoted_ttl = reply.quoted_ttl.value_or(1),
         .quoted_tos = reply.quoted_tos.value_or(plan_.tos),
         .icmp_type = reply.icmp_type,
         .icmp_code = reply.icmp_code,
         .mtu = reply.mtu,
         .details = intern(reply.extensions, find_translation(reply, flow, table_.tag(packet)))});
}

void Round::shadow_half_open(Packet answered, TimePoint now, microseconds rtt) {
    FlowIndex const flow = answered.flow;
    // Waiting packets that left with or after the answered SYN and may have reached the target.
    Ttl last_router = 0;
    for (Ttl ttl = plan_.first_hop; ttl < progress_[flow].last_wanted(); ++ttl)
        if (progress_[flow].answered(ttl)) last_router = ttl;
    microseconds const age = table_.age(answered, now);
    microseconds youngest = age;
    std::vector<Packet> shadowed;
    for (Packet const packet : waiting_) {
        if (packet.flow != flow || packet.ttl <= last_router ||
            table_.state(packet) != PacketState::waiting || table_.age(packet, now) > age)
            continue;
        youngest = std::min(youngest, table_.age(packet, now));
        table_.set_state(packet, PacketState::shadowed);
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

}  // namespace dtrace::engine
