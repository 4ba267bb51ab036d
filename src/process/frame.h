/*
 * What goes over the socket between a processor and its child: frames of a type and a bounded
 * payload, numbers in little-endian order. Neither side trusts the other's lengths.
 *
 *     0  4  magic "cPr1" (the digit is the protocol's version)
 *     4  4  type (enum frame_type)
 *     8  4  length of the payload
 */
#ifndef CARREL_PROCESS_FRAME_H
#define CARREL_PROCESS_FRAME_H

#include "carrel/error.h"
#include "carrel/str.h"

#include <stdint.h>

#define FRAME_HEADER 12
#define FRAME_REQUEST_MAX 4096        /* payload of a request */
#define FRAME_ANSWER_MAX (256u << 20) /* of an answer */

enum frame_type {
    FRAME_EXTRACT = 1, /* to the child, with an open file beside it */
    FRAME_RENDER,
    FRAME_READY, /* from it: confined or not */
    FRAME_PROGRESS,
    FRAME_DOCUMENT,
    FRAME_IMAGE,
    FRAME_MEMORY, /* the last word of a child that has run out of memory */
};

struct frame {
    uint32_t type, len;
};

/* A request's payload. */
struct request {
    uint32_t format; /* enum document_format */
    uint32_t page, width;
    uint64_t size;
    char password[256];
    bool has_password;
};

/* ERR_PARSE for other bytes, an unknown type, or a payload beyond what the type allows. */
int frame_parse_header(struct frame *frame, const unsigned char header[FRAME_HEADER],
                       struct error *err);
void frame_put_header(unsigned char header[FRAME_HEADER], uint32_t type, uint32_t len);
void request_put(struct str *out, const struct request *request);
int request_parse(struct request *request, const void *bytes, size_t len, struct error *err);

#endif
