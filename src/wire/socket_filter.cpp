#include "socket_filter.hpp"

#include "sent_fields.hpp"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>

#include <array>
#include <cstddef>
#include <utility>

namespace dtrace::wire {

namespace {

/// Where a jump goes. A label stands once in a program; `fall` is the next instruction.
enum class Label : std::uint8_t { fall, quotation, ports, echo, reply, accept, drop };
constexpr std::size_t label_count = 7;

/// A BPF assembler just large enough for the filters here: instructions in order, labels resolved
/// at the end. X is an offset that the indirect loads add to theirs.
class Assembler {
  public:
    void at(Label label) { where_[static_cast<std::size_t>(label)] = code_.size(); }

    void op(unsigned code, std::uint32_t k = 0) {
        code_.push_back({static_cast<std::uint16_t>(code), 0, 0, k});
    }
    void load_byte(std::uint32_t offset) { op(BPF_LD | BPF_B | BPF_IND, offset); }
    void load_half(std::uint32_t offset) { op(BPF_LD | BPF_H | BPF_IND, offset); }
    // NOLINTNEXTLINE(misc-redundant-expression): two names of 0
    void x_is(std::uint32_t value) { op(BPF_LDX | BPF_W | BPF_IMM, value); }
    void x_is_ipv4_header_length() { op(BPF_LDX | BPF_B | BPF_MSH, 0); }

    void jump(unsigned test, std::uint32_t k, Label if_true, Label if_false = Label::fall) {
        jumps_.push_back({code_.size(), if_true, if_false});
        op(BPF_JMP | test | BPF_K, k);
    }
    void jump_if_equal(std::uint32_t k, Label if_true, Label if_false = Label::fall) {
        jump(BPF_JEQ, k, if_true, if_false);
    }
    void accept_if_in(PortRange range) {
        jump(BPF_JGE, range.first, Label::fall, Label::drop);
        jump(BPF_JGT, range.last, Label::drop, Label::accept);
    }

    SocketFilter finish() && {
        at(Label::accept);
        op(BPF_RET | BPF_K, 0xffff);
        at(Label::drop);
        op(BPF_RET | BPF_K, 0);
        for (Jump const& jump : jumps_) {
            code_[jump.at].jt = distance(jump.at, jump.if_true);
            code_[jump.at].jf = distance(jump.at, jump.if_false);
        }
        return std::move(code_);
    }

  private:
    struct Jump {
        std::size_t at;
        Label if_true, if_false;
    };

    std::uint8_t distance(std::size_t from, Label to) const {
        if (to == Label::fall) return 0;
        return static_cast<std::uint8_t>(where_[static_cast<std::size_t>(to)] - from - 1);
    }

    SocketFilter code_;
    std::vector<Jump> jumps_;
    std::array<std::size_t, label_count> where_{};
};

constexpr std::uint32_t checksum_at = 2;
constexpr std::uint32_t ipv4_ttl_at = 8;
constexpr std::uint32_t ipv6_hop_limit_at = 7;
constexpr auto network_layer = static_cast<std::uint32_t>(SKF_NET_OFF);

/// The end of both ICMP filters: A is the quoted protocol, X + 8 is where its header starts.
void check_quoted_transport(Assembler& program, PortRange ports, std::uint32_t icmp_protocol,
                            std::uint32_t echo_request, Label otherwise) {
    program.jump_if_equal(IPPROTO_UDP, Label::ports);
    program.jump_if_equal(IPPROTO_TCP, Label::ports);
    program.jump_if_equal(icmp_protocol, Label::echo, otherwise);
    program.at(Label::ports);
    program.load_half(icmp_header);
    program.accept_if_in(ports);
    program.at(Label::echo);
    program.load_byte(icmp_header);
    program.jump_if_equal(echo_request, Label::fall, Label::drop);
    program.load_half(icmp_header + checksum_at);
    program.accept_if_in(ports);
}

/// An echo reply's checksum differs from its request's by the type alone, here by `difference`.
void check_echo_reply(Assembler& program, PortRange checksums, int difference) {
    program.at(Label::reply);
    int const first = checksums.first + difference, last = checksums.last + difference;
    bool const wraps = first <= 0 || last >= 0xffff;
    program.load_half(checksum_at);
    program.accept_if_in(wraps ? PortRange{0, 0xffff}
                               : PortRange{static_cast<Port>(first), static_cast<Port>(last)});
}

SocketFilter icmp_v4_filter(PortRange ports) {
    Assembler program;
    program.x_is_ipv4_header_length();
    program.load_byte(0);
    program.jump_if_equal(ICMP_ECHOREPLY, Label::reply);
    program.jump_if_equal(ICMP_DEST_UNREACH, Label::quotation);
    program.jump_if_equal(ICMP_SOURCE_QUENCH, Label::quotation);
    program.jump_if_equal(ICMP_TIME_EXCEEDED, Label::quotation);
    program.jump_if_equal(ICMP_PARAMETERPROB, Label::quotation, Label::drop);
    program.at(Label::quotation);
    program.load_byte(icmp_header + 9);  // the quoted protocol, kept while X moves
    program.op(BPF_ST, 0);
    program.load_byte(icmp_header);  // the quoted header length, in words of 4 bytes
    program.op(BPF_ALU | BPF_AND | BPF_K, 0xf);
    program.op(BPF_ALU | BPF_LSH | BPF_K, 2);
    program.op(BPF_ALU | BPF_ADD | BPF_X);
    program.op(BPF_MISC | BPF_TAX);
    program.op(BPF_LD | BPF_MEM, 0);
    check_quoted_transport(program, ports, IPPROTO_ICMP, ICMP_ECHO, Label::drop);
    check_echo_reply(program, ports, (ICMP_ECHO - ICMP_ECHOREPLY) * 256);
    return std::move(program).finish();
}

SocketFilter icmp_v6_filter(PortRange ports) {
    Assembler program;
    program.x_is(0);
    program.load_byte(0);
    program.jump_if_equal(ICMP6_ECHO_REPLY, Label::reply);
    program.jump_if_equal(ICMP6_DST_UNREACH, Label::quotation);
    program.jump_if_equal(ICMP6_PACKET_TOO_BIG, Label::quotation);
    program.jump_if_equal(ICMP6_TIME_EXCEEDED, Label::quotation);
    program.jump_if_equal(ICMP6_PARAM_PROB, Label::quotation, Label::drop);
    program.at(Label::quotation);
    program.load_byte(icmp_header + 6);  // the quoted next header
    program.x_is(ipv6_header);
    check_quoted_transport(program, ports, IPPROTO_ICMPV6, ICMP6_ECHO_REQUEST, Label::accept);
    check_echo_reply(program, ports, (ICMP6_ECHO_REQUEST - ICMP6_ECHO_REPLY) * 256);
    return std::move(program).finish();
}

}  // namespace

SocketFilter tcp_reply_filter(Family family, PortRange ports) {
    Assembler program;
    if (family == Family::ipv4)
        program.x_is_ipv4_header_length();
    else
        program.x_is(0);
    program.load_byte(13);
    program.jump(BPF_JSET, TH_RST, Label::ports);
    program.op(BPF_ALU | BPF_AND | BPF_K, TH_SYN | TH_ACK);
    program.jump_if_equal(TH_SYN | TH_ACK, Label::ports, Label::drop);
    program.at(Label::ports);
    program.load_half(2);
    program.accept_if_in(ports);
    return std::move(program).finish();
}

SocketFilter icmp_reply_filter(Family family, PortRange ports) {
    return family == Family::ipv4 ? icmp_v4_filter(ports) : icmp_v6_filter(ports);
}

/// Filters of IPv6 sockets begin behind the header: it is found from where the network layer
/// begins.
SocketFilter request_filter(Family family, std::uint8_t protocol, PortRange ports) {
    Assembler program;
    if (family == Family::ipv4) {
        program.x_is_ipv4_header_length();
        program.op(BPF_LD | BPF_B | BPF_ABS, ipv4_ttl_at);
    } else {
        program.x_is(0);
        program.op(BPF_LD | BPF_B | BPF_ABS, network_layer + ipv6_hop_limit_at);
    }
    program.jump_if_equal(1, Label::fall, Label::drop);
    if (protocol == IPPROTO_TCP) {
        program.load_byte(13);
        program.op(BPF_ALU | BPF_AND | BPF_K, TH_SYN | TH_ACK | TH_RST | TH_FIN);
        program.jump_if_equal(TH_SYN, Label::fall, Label::drop);
    }
    bool const echo = protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
    if (echo) {
        program.load_byte(0);
        program.jump_if_equal(family == Family::ipv4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST, Label::fall,
                              Label::drop);
    }
    program.load_half(echo ? checksum_at : 0);  // 0: the source port
    program.accept_if_in(ports);
    return std::move(program).finish();
}

SocketFilter drop_all_filter() {
    return {sock_filter{BPF_RET | BPF_K, 0, 0, 0}};
}

}  // namespace dtrace::wire
