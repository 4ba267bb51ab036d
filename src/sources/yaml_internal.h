/* Between yaml.c (blocks and brackets) and yaml_scalar.c. */
#ifndef CARREL_SOURCES_YAML_INTERNAL_H
#define CARREL_SOURCES_YAML_INTERNAL_H

#include "yaml.h"

#include <stdbool.h>

struct yaml {
    const char *at; /* what is not read yet; at the beginning of a line between values */
    long line;
    int depth;
    const char *wrong; /* static; the first fault */
    long wrong_line;
};

/* Notes the first fault; NULL. */
json_t *yaml_fault(struct yaml *y, const char *what);
void yaml_next_line(struct yaml *y);
/* Blanks and a comment behind a value; a line's end. */
bool yaml_line_done(struct yaml *y);
/* Where a plain text ends on its line: before " #", ": " and, in brackets, their signs. */
size_t yaml_plain_len(const char *at, bool flow);
/* The scalar at y->at; of those of several lines what is deeper than `indent` belongs to it. */
json_t *yaml_quoted(struct yaml *y);
json_t *yaml_plain(struct yaml *y, int indent);
json_t *yaml_block(struct yaml *y, int indent);

#endif
