/*
 * Numbers of hosts: which lie in the public internet (RFC 6890).
 */
#include "carrel/ip.h"

#include "carrel/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

static bool v4_in(uint32_t address, uint32_t net, int bits)
{
    return (address ^ net) >> (32 - bits) == 0;
}

static bool v4_is_public(uint32_t address)
{
    static const struct {
        uint32_t net;
        int bits;
    } special[] = {
        { 0x00000000, 8 },  /* this network */
        { 0x0A000000, 8 },  /* private */
        { 0x64400000, 10 }, /* carriers' translation */
        { 0x7F000000, 8 },  /* loopback */
        { 0xA9FE0000, 16 }, /* link-local, and the clouds' own data */
        { 0xAC100000, 12 }, /* private */
        { 0xC0000000, 24 }, /* protocols */
        { 0xC0000200, 24 }, /* documentation */
        { 0xC0586300, 24 }, /* 6to4 relays */
        { 0xC0A80000, 16 }, /* private */
        { 0xC6120000, 15 }, /* benchmarks */
        { 0xC6336400, 24 }, /* documentation */
        { 0xCB007100, 24 }, /* documentation */
        { 0xE0000000, 4 },  /* multicast */
        { 0xF0000000, 4 },  /* reserved, broadcast */
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(special); i++)
        if (v4_in(address, special[i].net, special[i].bits))
            return false;
    return true;
}

static uint32_t v4_of(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* An IPv4 address wrapped in this one, or false. */
static bool v6_unwrap(const uint8_t *bytes, uint32_t *inner)
{
    static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
    static const uint8_t translated[12] = { 0x00, 0x64, 0xFF, 0x9B };
    static const uint8_t compatible[12] = { 0 };

    if (memcmp(bytes, mapped, 12) == 0 || memcmp(bytes, translated, 12) == 0
        || memcmp(bytes, compatible, 12) == 0) {
        *inner = v4_of(bytes + 12);
        return true;
    }
    if (bytes[0] == 0x20 && bytes[1] == 0x02) { /* 6to4 */
        *inner = v4_of(bytes + 2);
        return true;
    }
    return false;
}

static bool v6_is_public(const uint8_t *bytes)
{
    uint32_t inner;

    if (v6_unwrap(bytes, &inner))
        return v4_is_public(inner);
    if ((bytes[0] & 0xE0) != 0x20) /* only 2000::/3 is given out */
        return false;
    if (bytes[0] == 0x20 && bytes[1] == 0x01 && (bytes[2] & 0xFE) == 0)
        return false; /* 2001::/23: Teredo, benchmarks, protocols */
    if (bytes[0] == 0x3F && bytes[1] == 0xFF && (bytes[2] & 0xF0) == 0)
        return false; /* 3fff::/20: documentation (RFC 9637) */
    return !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8);
}

bool ip_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return v4_is_public(
            ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return v6_is_public(
            ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return false;
}

bool ip_is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;

        return v4_in(ntohl(v4->sin_addr.s_addr), 0x7F000000, 8);
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;

        return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)
               || (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) && v6->sin6_addr.s6_addr[12] == 127);
    }
    return false;
}
