/*
 * Inside Hugging Face's source. Cursors:
 *
 *     daily|weekly|monthly?since, day, end (days), page, last (first id of the page before), got,
 * next trending?page, last, got linked?ids (those to be read, "." a list that is read to its end)
 *     search?q
 *     paper?ids (a single one)
 */
#ifndef CARREL_SOURCES_HUGGINGFACE_H
#define CARREL_SOURCES_HUGGINGFACE_H

#include "internal.h"

#define HF_PAGE_SIZE 100
#define HF_PAGES_MAX 50 /* of one period */
#define HF_QUERY_MAX 1000

/* huggingface.c: the address behind the base, and what is asked for in words. */
void hf_ask(const struct cursor *cursor, struct source_request *request);

/* huggingface_place.c */
bool hf_dated(const char *kind);
/* The first day of the period: itself, the Monday of its week, the first of its month. */
int32_t hf_period_first(const char *kind, int32_t day);
int32_t hf_period_next(const char *kind, int32_t day);
/* "date=2026-03-01", "week=2026-W09" (ISO 8601: the week is of the year of its Thursday). */
void hf_period_print(struct str *out, const char *kind, int32_t day);
bool hf_single(const struct cursor *cursor); /* asks for one paper */
/* The first of the ids that are left. */
char *hf_first_id(struct arena *arena, const struct cursor *cursor);
/* ERR_CORRUPT: no place of this source; nothing to free then. */
int hf_cursor(struct cursor *cursor, const char *text, struct error *err);

/* huggingface_answer.c: as struct source_ops has them */
int hf_answer(const struct source_settings *settings, const char *text, const void *bytes,
              size_t len, const struct parse_sink *sink, struct source_turn *turn,
              struct error *err);
int hf_pass_over(const struct source_settings *settings, const char *text, struct source_turn *turn,
                 struct error *err);

#endif
