/*
 * How trends and topics are written for people and programs: shared by the command line and the
 * desk.
 */
#ifndef CARREL_TREND_VIEW_H
#define CARREL_TREND_VIEW_H

#include "carrel/jsonw.h"
#include "carrel/topics.h"
#include "carrel/trends.h"

/* "7d" or "2w" as days; ERR_USAGE for anything but 1..TREND_WINDOW_MAX whole days. */
int trends_window(const char *text, int32_t *days, struct error *err);
/* The values of the `days` days that end with `today`, at most TRENDS_POINTS; NAN for a gap. */
void trends_days(double *out, int days, const struct trends_item *item, int32_t today);
/* With its sign and so many decimals; "-" for NAN. */
void trends_number(char out[24], int decimals, double value);
void trends_json_item(struct jsonw *w, const char *metric, const struct trends_item *item);
/* Why there is nothing to show, and what to do; nothing when there is. */
void trends_say_nothing(struct str *out, const struct trends *trends);

/* The first day of a period; the last one of all ends with `today`. */
void topics_day(char out[16], const struct topics *topics, int32_t today, int period_days,
                size_t period);
/* One decimal; what rounds to nothing has no sign. */
void topics_weight(char out[16], const struct topic *topic);
/* Of a cluster: "x3.2"; "new" without older papers; "-" when there is nothing to compare with. */
void topics_growth(char out[16], const struct topic *topic);
/* Why there are no clusters, and what to do. */
void clusters_say_nothing(struct str *out, const struct topics *topics);
void topics_json_item(struct jsonw *w, const struct topics *topics, int32_t today, int period_days,
                      const struct topic *topic);

#endif
