// SPDX-License-Identifier: Apache-2.0
//
// inet_option_get.c - getopts: what the options are now.
//
//   argument: [Code, ...]; a raw option's is [34, Level:4, Name:4, HasBytes, Count:4, (Bytes)]
//   answer:   [Code, Value:4, more...]...  an option that cannot be read is left out
//
// Threads: PORT-1.
#include <errno.h>
#include <net/if.h>

#include "io/inet.h"
#include "io/inet_option.h"

enum { OPTION_BYTES_MAX = 65536 };

static void add_number(InetReply *reply, unsigned code, int64_t value) {
    inet_reply_byte(reply, (uint8_t)code);
    inet_reply_number(reply, (uint64_t)value, 4);
}

static int get_system(InetSocket *s, int level, int name, void *value, socklen_t *count) {
    if (s->fd < 0) return EBADF;
    return socket_get_option(s->port->vm->world, s->fd, level, name, value, count);
}

static int packet_number(PacketType type) {
    static const struct {
        PacketType type;
        int number;
    } numbers[] = {
        {PACKET_RAW, 0},      {PACKET_1, 1},         {PACKET_2, 2},          {PACKET_4, 3},
        {PACKET_ASN1, 4},     {PACKET_SUNRM, 5},     {PACKET_CDR, 6},        {PACKET_FCGI, 7},
        {PACKET_LINE, 8},     {PACKET_TPKT, 9},      {PACKET_HTTP, 10},      {PACKET_HTTPH, 11},
        {PACKET_SSL_TLS, 12}, {PACKET_HTTP_BIN, 13}, {PACKET_HTTPH_BIN, 14},
    };
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
        if (numbers[i].type == type) return numbers[i].number;
    UNREACHABLE();
}

/** Options of the port. False: not one of them. */
static bool get_port_option(InetSocket *s, unsigned code, InetReply *reply) {
    ASSERT(reply->count > 0 && reply->bytes[0] == INET_REPLY_OK);
    int value;
    switch (code) {
    case INET_OPT_BUFFER: add_number(reply, code, s->buffer_bytes); return true;
    case INET_OPT_HEADER: add_number(reply, code, s->header_bytes); return true;
    case INET_OPT_MODE: add_number(reply, code, s->is_binary); return true;
    case INET_OPT_DELIVER: add_number(reply, code, !s->delivers_port); return true;
    case INET_OPT_ACTIVE:
        add_number(reply, code, s->active);
        if (s->active == INET_MULTI) inet_reply_number(reply, (uint16_t)s->active_count, 2);
        return true;
    case INET_OPT_PACKET: add_number(reply, code, packet_number(s->packet)); return true;
    case INET_OPT_PACKET_SIZE: add_number(reply, code, s->packet_bytes_max); return true;
    case INET_OPT_EXIT_ON_CLOSE: add_number(reply, code, s->exits_on_close); return true;
    case INET_OPT_HIGH_QUEUE_WATERMARK: add_number(reply, code, s->message_queue_high); return true;
    case INET_OPT_LOW_QUEUE_WATERMARK: add_number(reply, code, s->message_queue_low); return true;
    case INET_OPT_READ_PACKETS:
        if (!s->is_tcp) add_number(reply, code, udp_read_packets(s));
        return true;
    case INET_OPT_NETNS:
        if (s->name_space == NULL) return true;
        add_number(reply, code, (int64_t)strlen(s->name_space));
        inet_reply_add(reply, s->name_space, strlen(s->name_space));
        return true;
    case INET_OPT_DEBUG: add_number(reply, code, s->is_debugged); return true;
    case INET_OPT_EXCLUSIVEADDRUSE: return true;
    default:
        if (!tcp_get_option(s, code, &value)) return false;
        if (s->is_tcp) add_number(reply, code, value);
        return true;
    }
}

static void get_linger(InetSocket *s, InetReply *reply) {
    struct linger value = {0};
    socklen_t count = sizeof value;
    if (get_system(s, SOL_SOCKET, SO_LINGER, &value, &count) != 0) return;
    add_number(reply, INET_OPT_LINGER, value.l_onoff);
    inet_reply_number(reply, (uint64_t)value.l_linger, 4);
}

/** [Code, Address or index:4, Family:4]: see dec_value(mif, ...) of prim_inet. */
static bool get_multicast_interface(InetSocket *s, InetReply *reply) {
    bool is_v4 = s->domain == AF_INET;
    if (!is_v4 && s->domain != AF_INET6) return false;
    uint8_t bytes[4];
    int index = 0;
    socklen_t count = sizeof index;
    int error = is_v4 ? get_system(s, IPPROTO_IP, IP_MULTICAST_IF, &index, &count)
                      : get_system(s, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, &count);
    if (error != 0) return true;
    memcpy(bytes, &index, sizeof bytes); // an IPv4 address, in network order
    inet_reply_byte(reply, INET_OPT_MULTICAST_IF);
    if (is_v4)
        inet_reply_add(reply, bytes, sizeof bytes);
    else
        inet_reply_number(reply, (uint64_t)index, 4);
    inet_reply_number(reply, is_v4 ? INET_FAMILY_INET : INET_FAMILY_INET6, 4);
    return true;
}

static bool get_raw(InetSocket *s, InetInput *input, InetReply *reply) {
    uint32_t level, name, has_bytes, count;
    if (!inet_take(input, 4, &level) || !inet_take(input, 4, &name) ||
        !inet_take(input, 1, &has_bytes) || !inet_take(input, 4, &count) ||
        reply->count + 13 + count > OPTION_BYTES_MAX || (has_bytes != 0 && input->count < count))
        return false;
    ASSERT(count <= OPTION_BYTES_MAX);
    uint8_t *bytes = mem_zalloc((size_t)count + 1);
    if (has_bytes != 0) {
        memcpy(bytes, input->bytes, count);
        input->bytes += count;
        input->count -= count;
    }
    socklen_t got = count;
    if (get_system(s, (int)level, (int)name, bytes, &got) == 0) {
        add_number(reply, INET_OPT_RAW, (int)level);
        inet_reply_number(reply, name, 4);
        inet_reply_number(reply, got, 4);
        inet_reply_add(reply, bytes, got);
    }
    mem_free(bytes);
    return true;
}

static void get_device(InetSocket *s, InetReply *reply) {
    char name[IFNAMSIZ + 1] = {0};
    socklen_t count = IFNAMSIZ;
    if (get_system(s, SOL_SOCKET, SO_BINDTODEVICE, name, &count) != 0) return;
    add_number(reply, INET_OPT_BIND_TO_DEVICE, (int64_t)strlen(name));
    inet_reply_add(reply, name, strlen(name));
}

static unsigned ancillary_code(const struct cmsghdr *item) {
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TOS) return INET_OPT_TOS;
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TTL) return INET_OPT_TTL;
    if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_TCLASS) return INET_OPT_TCLASS;
    return 0;
}

static int ancillary_value(const struct cmsghdr *item) {
    int value = 0;
    ASSERT(item->cmsg_len >= CMSG_LEN(0));
    size_t count = MIN(item->cmsg_len - CMSG_LEN(0), sizeof value);
    memcpy(&value, CMSG_DATA(item), count);
    return value;
}

/** [Code, Count:4, (Code, Value:4)...] of what the last packets carried. */
static bool get_packet_options(InetSocket *s, InetReply *reply) {
    int level = s->domain == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
    int name = s->domain == AF_INET ? IP_PKTOPTIONS : IPV6_2292PKTOPTIONS;
    if (s->domain != AF_INET && s->domain != AF_INET6) return false;
    _Alignas(struct cmsghdr) uint8_t bytes[4 * CMSG_SPACE(sizeof(int))];
    socklen_t count = sizeof bytes;
    if (get_system(s, level, name, bytes, &count) != 0) return true;
    struct msghdr header = {.msg_control = bytes, .msg_controllen = count};
    InetReply items = {0};
    for (struct cmsghdr *item = CMSG_FIRSTHDR(&header); item != NULL;
         item = CMSG_NXTHDR(&header, item)) {
        unsigned code = ancillary_code(item);
        if (code != 0) add_number(&items, code, ancillary_value(item));
    }
    add_number(reply, INET_OPT_PKTOPTIONS, (int64_t)items.count);
    inet_reply_add(reply, items.bytes, items.count);
    mem_free(items.bytes);
    return true;
}

/** False: there is no such option, or its argument is wrong. */
static bool get_option(InetSocket *s, unsigned code, InetInput *input, InetReply *reply) {
    if (get_port_option(s, code, reply)) return true;
    switch (code) {
    case INET_OPT_LINGER: get_linger(s, reply); return true;
    case INET_OPT_MULTICAST_IF: return get_multicast_interface(s, reply);
    case INET_OPT_RAW: return get_raw(s, input, reply);
    case INET_OPT_BIND_TO_DEVICE: get_device(s, reply); return true;
    case INET_OPT_PKTOPTIONS: return get_packet_options(s, reply);
    default: break;
    }
    const InetSystemOption *option = inet_system_option(code);
    if (option == NULL) return false;
    int value = 0;
    socklen_t count = sizeof value;
    if (get_system(s, option->level, option->name, &value, &count) == 0)
        add_number(reply, code, value);
    return true;
}

void inet_get_options(InetSocket *s, InetInput input, InetReply *reply) {
    ASSERT(s->port->driver_data != NULL);
    uint32_t code;
    inet_reply_ok(reply);
    while (inet_take(&input, 1, &code)) {
        if (get_option(s, code, &input, reply) && reply->count <= OPTION_BYTES_MAX) continue;
        inet_reply_error(reply, EINVAL);
        return;
    }
}
