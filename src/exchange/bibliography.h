/* The writers behind bibliography_add, one a format. */
#ifndef CARREL_EXCHANGE_BIBLIOGRAPHY_H
#define CARREL_EXCHANGE_BIBLIOGRAPHY_H

#include "carrel/bibliography.h"

/* A value as plain text: TeX made readable, its blanks squeezed, paragraphs apart. */
void plain_value(struct str *out, const char *tex);
void bibtex_write(struct str *out, const struct bibliography_options *options,
                  const struct citation *entry, const char *key);
void ris_write(struct str *out, const struct citation *entry, const char *key);
void csl_write(struct str *out, const struct citation *entry, const char *key);

#endif
