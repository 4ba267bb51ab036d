/*
 * Credits: whose data a record is, where the licence of the data asks to be named wherever the data
 * goes. What a source's text itself is licensed under (record.license) is another matter.
 */
#ifndef CARREL_CREDIT_H
#define CARREL_CREDIT_H

#include "carrel/jsonw.h"
#include "carrel/record.h"

struct credit {
    const char *name;    /* in records and exports: "pwc" */
    const char *title;   /* for people */
    const char *license; /* SPDX */
    const char *license_url, *url;
};

const struct credit *credit_find(const char *name); /* NULL: none of this name */
const struct credit *credit_at(size_t i);           /* NULL behind the last */
/* "Papers with Code, CC-BY-SA-4.0 (https://…)": one line for people. */
void credit_print(struct str *out, const struct credit *credit);

/* A set of them as bits, for keeping; names that are not known are left out. */
unsigned credits_bits(const struct text_list *names);
void credits_from_bits(struct text_list *names, struct arena *arena, unsigned bits);
/* The member "attribution" of an open object; nothing when the list is empty. */
void credits_to_json(struct jsonw *w, const struct text_list *names);

#endif
