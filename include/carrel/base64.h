/* Base64 (RFC 4648, section 4). */
#ifndef CARREL_BASE64_H
#define CARREL_BASE64_H

#include "carrel/str.h"

void base64_encode(struct str *out, const void *bytes, size_t len); /* appends; less than 1 GiB */
/* Appends what the text stands for; white space in it is passed over. False, and nothing is
 * appended: it is no Base64. */
bool base64_decode(struct str *out, const char *text, size_t len);

#endif
