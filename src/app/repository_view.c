/*
 * Repositories as data, and their numbers over time (carrel/repository_view.h).
 */
#include "carrel/repository_view.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- orders ---- */

static const char *const order_names[REPOSITORIES_ORDERS] = { [REPOSITORIES_STARS] = "stars",
                                                              [REPOSITORIES_PUSHED] = "pushed",
                                                              [REPOSITORIES_NAME] = "name",
                                                              [REPOSITORIES_ADDED] = "added" };

const char *repositories_order_name(enum repositories_order order)
{
    return order_names[order];
}

bool repositories_order_find(enum repositories_order *order, const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(order_names); i++)
        if (strcmp(order_names[i], name) == 0) {
            *order = (enum repositories_order)i;
            return true;
        }
    return false;
}

/* ---- numbers over time ---- */

bool repository_metric(struct repository_metric *out, const struct repository_full *full,
                       const char *metric)
{
    const struct sample *first = NULL, *last = NULL;
    size_t i;

    for (i = 0; i < full->sample_count; i++) {
        if (strcmp(full->samples[i].metric, metric) != 0)
            continue;
        first = first ? first : &full->samples[i];
        last = &full->samples[i];
    }
    if (!last)
        return false;
    *out = (struct repository_metric){ .value = last->value,
                                       .change = last->value - first->value,
                                       .first = first->day,
                                       .last = last->day };
    out->len = (size_t)(last->day - first->day) + 1;
    if (out->len > REPOSITORY_DAYS)
        out->len = REPOSITORY_DAYS;
    for (i = 0; i < out->len; i++)
        out->days[i] = NAN;
    for (i = 0; i < full->sample_count; i++) {
        size_t back = (size_t)(last->day - full->samples[i].day);

        if (strcmp(full->samples[i].metric, metric) == 0 && back < out->len)
            out->days[out->len - 1 - back] = full->samples[i].value;
    }
    return true;
}

void repository_metric_print(struct str *out, const struct repository_metric *metric, bool ascii)
{
    char since[16];

    date_format(since, metric->first);
    str_printf(out, "%.15g", metric->value);
    if (metric->first == metric->last) {
        str_printf(out, " (%s)", since);
        return;
    }
    str_printf(out, " (%+.15g since %s)  ", metric->change, since);
    text_sparkline(out, metric->days, metric->len, ascii);
}

/* ---- as data ---- */

static void json_number(struct jsonw *w, const char *key, int64_t number)
{
    if (number >= 0) {
        jsonw_key_int(w, key, number);
    } else {
        jsonw_key(w, key);
        jsonw_null(w);
    }
}

static void json_text(struct jsonw *w, const char *key, const char *text)
{
    jsonw_key_string(w, key, text && *text ? text : NULL);
}

void repository_json_fields(struct jsonw *w, const struct repository_row *row)
{
    char *id = mem_printf("repo:%s", row->key);

    jsonw_key_string(w, "kind", "repository");
    jsonw_key_string(w, "id", id);
    jsonw_key_string(w, "name", row->name);
    json_text(w, "description", row->description);
    json_text(w, "language", row->language);
    json_text(w, "license", row->license);
    json_number(w, "stars", row->stars);
    json_text(w, "pushed", row->pushed);
    jsonw_key_int(w, "papers", row->papers);
    jsonw_key_string(w, "state", repository_state_name(row->state));
    jsonw_key_bool(w, "archived", row->archived);
    jsonw_key_bool(w, "fork", row->fork);
    free(id);
}

void repository_json_row(struct jsonw *w, const struct repository_row *row)
{
    jsonw_object(w);
    repository_json_fields(w, row);
    jsonw_end(w);
}

static void json_list(struct jsonw *w, const char *key, const struct text_list *list)
{
    size_t i;

    jsonw_key(w, key);
    jsonw_array(w);
    for (i = 0; i < list->len; i++)
        jsonw_string(w, list->items[i]);
    jsonw_end(w);
}

static void json_works(struct jsonw *w, const struct repository_work *works, size_t count)
{
    size_t i;

    jsonw_key(w, "papers");
    jsonw_array(w);
    for (i = 0; i < count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "id", works[i].key);
        jsonw_key_string(w, "title", works[i].title);
        jsonw_key_bool(w, "linked", works[i].linked);
        json_text(w, "evidence", works[i].evidence);
        json_text(w, "said", works[i].said);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_samples(struct jsonw *w, const struct sample *samples, size_t count)
{
    char day[16];
    size_t i;

    jsonw_key(w, "samples");
    jsonw_array(w);
    for (i = 0; i < count; i++) {
        date_format(day, samples[i].day);
        jsonw_object(w);
        jsonw_key_string(w, "metric", samples[i].metric);
        jsonw_key_string(w, "day", day);
        jsonw_key_int(w, "value", (int64_t)llround(samples[i].value));
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_mentions(struct jsonw *w, const struct repository *repository)
{
    size_t i;

    jsonw_key(w, "named");
    jsonw_array(w);
    for (i = 0; i < repository->paper_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "id", repository->papers[i].id);
        jsonw_key_bool(w, "own", repository->papers[i].own);
        jsonw_end(w);
    }
    jsonw_end(w);
}

void repository_json_full(struct jsonw *w, const struct repository_full *full)
{
    const struct repository *r = &full->repository;
    char *id = mem_printf("repo:%s", full->row.key);

    jsonw_key_string(w, "kind", "repository");
    jsonw_key_string(w, "id", id);
    jsonw_key_string(w, "name", r->name);
    json_text(w, "url", r->url);
    json_text(w, "description", r->description);
    json_text(w, "homepage", r->homepage);
    json_text(w, "language", r->language);
    json_text(w, "license", r->license);
    json_list(w, "topics", &r->topics);
    json_number(w, "stars", r->stars);
    json_number(w, "forks", r->forks);
    json_number(w, "issues", r->issues);
    json_text(w, "branch", r->branch);
    json_text(w, "created", r->created);
    json_text(w, "pushed", r->pushed);
    json_text(w, "parent", r->parent);
    jsonw_key_bool(w, "archived", r->archived);
    jsonw_key_bool(w, "fork", r->fork);
    jsonw_key_string(w, "state", repository_state_name(r->state));
    json_text(w, "why", r->why);
    json_list(w, "former_names", &full->names);
    jsonw_key_bool(w, "wanted", full->wanted);
    json_works(w, full->works, full->work_count);
    json_mentions(w, r);
    json_samples(w, full->samples, full->sample_count);
    json_text(w, "readme", r->readme);
    free(id);
}

void repository_json_linked(struct jsonw *w, const char *key, const struct repository_work *works,
                            size_t count)
{
    char *id = mem_printf("repo:%s", key);

    jsonw_key_string(w, "kind", "repository");
    jsonw_key_string(w, "id", id);
    jsonw_key_string(w, "state", repository_state_name(REPOSITORY_LINKED));
    json_works(w, works, count);
    free(id);
}
