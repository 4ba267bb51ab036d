/*
 * What programs write as YAML of plain data: block and flow mappings and lists, plain and quoted
 * scalars of one line or more, literal and folded blocks, comments. No anchors, tags, or several
 * documents. Scalars are strings, whatever they look like; an empty one is "". Any thread.
 */
#ifndef CARREL_SOURCES_YAML_H
#define CARREL_SOURCES_YAML_H

#include "carrel/error.h"

#include <jansson.h>

#define YAML_MAX (1u << 20) /* bytes */
#define YAML_DEPTH 16

/* The first document as JSON, the caller's to give back; text ends with a 0. ERR_PARSE names the
 * line. */
int yaml_read(json_t **out, const char *text, struct error *err);

#endif
