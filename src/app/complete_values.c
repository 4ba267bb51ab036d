/*
 * Which table a placeholder's values are in (complete_values.h). Where there is none (any metric
 * that was sampled and any time will do), the usual ones are offered.
 */
#include "complete_values.h"

#include "digest.h"
#include "each_paper.h"
#include "search_words.h"

#include "carrel/alerts.h"
#include "carrel/app.h"
#include "carrel/bibliography.h"
#include "carrel/cite_forms.h"
#include "carrel/export.h"
#include "carrel/jobs.h"
#include "carrel/kinds.h"
#include "carrel/repository_view.h"
#include "carrel/sources.h"
#include "carrel/trends.h"
#include "carrel/webhooks.h"

#include <stdlib.h>
#include <string.h>

static const char *event_at(size_t i)
{
    const char *name = alert_on_name((enum alert_on)(i + 1)); /* the first number is no event */

    return *name ? name : NULL;
}

static const char *job_state_at(size_t i)
{
    return i < JOB_STATES ? job_state_name((enum job_state)i) : NULL;
}

static const char *webhook_state_at(size_t i)
{
    return i < JOB_STATES ? webhook_state_name((enum job_state)i) : NULL;
}

static const char *trend_sort_at(size_t i)
{
    return i < TRENDS_SORTS ? trends_sort_name((enum trends_sort)i) : NULL;
}

static const char *list_order_at(size_t i)
{
    return i < REPOSITORIES_ORDERS ? repositories_order_name((enum repositories_order)i) : NULL;
}

static const char *kind_at(size_t i)
{
    return i < app_kinds_len ? app_kinds[i].name : NULL;
}

static const char *style_at(size_t i)
{
    return reference_style(i, NULL);
}

static const char *form_at(size_t i)
{
    const char *help;

    return cite_form_at(i, &help);
}

static const char *metric_at(size_t i)
{
    static const char *const usual[] = { TRENDS_METRIC, "comments", "stars", "citations" };

    return i < ARRAY_LEN(usual) ? usual[i] : NULL;
}

static const char *window_at(size_t i)
{
    static const char *const usual[] = { "7d", "14d", "30d", "90d" };

    return i < ARRAY_LEN(usual) ? usual[i] : NULL;
}

/* `command` NULL: wherever it stands. The first row that fits counts. */
static const struct {
    const char *command, *placeholder;
    const char *(*at)(size_t i); /* NULL behind the last */
} values[] = {
    { "alert", "EVENT", event_at },
    { "jobs", "STATE", job_state_at },
    { "webhook", "STATE", webhook_state_at },
    { NULL, "STATE", mark_word_at },
    { NULL, "MODE", search_mode_at },
    { NULL, "WHAT", search_in_at },
    { NULL, "ORDER", search_sort_at },
    { NULL, "WINDOW", window_at },
    { "trends", "METRIC", metric_at },
    { "alert", "METRIC", metric_at },
    { NULL, "TREND", trend_sort_at },
    { NULL, "LISTED", list_order_at },
    { NULL, "KIND", kind_at },
    { "import", "FORMAT", parse_format_at },
    { "export", "FORMAT", export_format_at },
    { "digest", "FORMAT", digest_format_at },
    { "digest", "PERIOD", digest_period_at },
    { "cite", "STYLE", style_at },
    { "cite", "FORM", form_at },
};

const char *complete_value(const char *command, const char *placeholder, size_t i)
{
    size_t row;

    for (row = 0; row < ARRAY_LEN(values); row++)
        if (strcmp(values[row].placeholder, placeholder) == 0
            && (!values[row].command || strcmp(values[row].command, command) == 0))
            return values[row].at(i);
    return NULL;
}

bool command_takes(struct str *known, const char *name, const char *word)
{
    const struct command *command = command_find(name);
    const char *value, *usage = command && command->args ? command->args : "";
    char *placeholder = mem_strndup(usage, strcspn(usage, " |"));
    bool takes = usage[strlen(placeholder)] == '|'; /* then it is one of several things */
    size_t i;

    for (i = 0; !takes && (value = complete_value(name, placeholder, i)); i++) {
        takes = strcmp(value, word) == 0;
        str_printf(known, "%s%s", i ? ", " : "", value);
    }
    takes |= i == 0;
    free(placeholder);
    return takes;
}
