// SPDX-License-Identifier: Apache-2.0
//
// inet_option.h - the codes of socket options in setopts and getopts, as OTP's inet_int.hrl has
// them, and those that are nothing but an option of the system's.
#ifndef MICA_IO_INET_OPTION_H
#define MICA_IO_INET_OPTION_H

#include <stdbool.h>

enum {
    INET_OPT_REUSEADDR = 0,
    INET_OPT_KEEPALIVE = 1,
    INET_OPT_DONTROUTE = 2,
    INET_OPT_LINGER = 3,
    INET_OPT_BROADCAST = 4,
    INET_OPT_OOBINLINE = 5,
    INET_OPT_SNDBUF = 6,
    INET_OPT_RCVBUF = 7,
    INET_OPT_PRIORITY = 8,
    INET_OPT_TOS = 9,
    INET_OPT_NODELAY = 10,
    INET_OPT_MULTICAST_IF = 11,
    INET_OPT_MULTICAST_TTL = 12,
    INET_OPT_MULTICAST_LOOP = 13,
    INET_OPT_ADD_MEMBERSHIP = 14,
    INET_OPT_DROP_MEMBERSHIP = 15,
    INET_OPT_IPV6_V6ONLY = 16,
    INET_OPT_REUSEPORT = 17,
    INET_OPT_REUSEPORT_LB = 18,
    INET_OPT_EXCLUSIVEADDRUSE = 19,
    INET_OPT_BUFFER = 20,
    INET_OPT_HEADER = 21,
    INET_OPT_ACTIVE = 22,
    INET_OPT_PACKET = 23,
    INET_OPT_MODE = 24,
    INET_OPT_DELIVER = 25,
    INET_OPT_EXIT_ON_CLOSE = 26,
    INET_OPT_HIGH_WATERMARK = 27,
    INET_OPT_LOW_WATERMARK = 28,
    INET_OPT_SEND_TIMEOUT = 30,
    INET_OPT_DELAY_SEND = 31,
    INET_OPT_PACKET_SIZE = 32,
    INET_OPT_READ_PACKETS = 33,
    INET_OPT_RAW = 34,
    INET_OPT_SEND_TIMEOUT_CLOSE = 35,
    INET_OPT_HIGH_QUEUE_WATERMARK = 36,
    INET_OPT_LOW_QUEUE_WATERMARK = 37,
    INET_OPT_NETNS = 38,
    INET_OPT_SHOW_ECONNRESET = 39,
    INET_OPT_LINE_DELIMITER = 40,
    INET_OPT_TCLASS = 41,
    INET_OPT_BIND_TO_DEVICE = 42,
    INET_OPT_RECVTOS = 43,
    INET_OPT_RECVTCLASS = 44,
    INET_OPT_PKTOPTIONS = 45,
    INET_OPT_TTL = 46,
    INET_OPT_RECVTTL = 47,
    INET_OPT_NOPUSH = 48,
    INET_OPT_READ_AHEAD = 49,
    INET_OPT_NON_BLOCK_SEND = 50,
    INET_OPT_DEBUG = 99,
};

typedef struct InetSystemOption {
    int code, level, name;
    bool is_strict; // failing to set it is an error
} InetSystemOption;

/** NULL for an option that is more than a number of the system's. */
const InetSystemOption *inet_system_option(unsigned code);

#endif
