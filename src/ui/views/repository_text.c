/*
 * A repository as text, and which of its paragraphs are papers.
 */
#include "repository.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- facts ---- */

static void add_metric(struct textview *text, const struct repository_full *full, const char *name,
                       int64_t number, bool ascii)
{
    struct repository_metric metric;
    struct str line = STR_INIT;

    if (repository_metric(&metric, full, name))
        repository_metric_print(&line, &metric, ascii);
    else if (number >= 0)
        str_printf(&line, "%" PRId64, number);
    textview_field(text, name, line.ptr);
    str_free(&line);
}

static void add_dates(struct textview *text, const struct repository_full *full)
{
    const struct repository *r = &full->repository;
    struct str line = STR_INIT;
    char asked[32];

    time_format(asked, full->asked);
    if (r->created)
        str_printf(&line, "created %.10s", r->created);
    if (r->pushed)
        str_printf(&line, "%spushed %.10s", line.len ? ", " : "", r->pushed);
    str_printf(&line, "%sasked about %.10s%s", line.len ? ", " : "", asked,
               full->wanted ? ", kept by hand" : "");
    textview_field(text, "dates", line.ptr);
    str_free(&line);
}

/* What it is not to be overlooked for. */
static void add_state(struct textview *text, const struct repository *r)
{
    if (r->state != REPOSITORY_KNOWN)
        textview_add(text, STYLE_WARN, 12, "%-11s %s%s%s", "state", repository_state_name(r->state),
                     r->why ? ": " : "", r->why ? r->why : "");
    if (r->archived)
        textview_add(text, STYLE_WARN, 12, "%-11s %s", "archived", "it is not worked on any more");
    if (r->parent)
        textview_add(text, STYLE_NORMAL, 12, "%-11s repo:%s", "fork of", r->parent);
    else if (r->fork)
        textview_field(text, "fork", "yes");
}

static void add_facts(struct textview *text, const struct repository_full *full, bool ascii)
{
    const struct repository *r = &full->repository;
    char issues[32] = "";

    textview_add(text, STYLE_TITLE, 0, "%s", r->name);
    if (r->description && *r->description)
        textview_add(text, STYLE_NORMAL, 0, "%s", r->description);
    textview_blank(text);
    add_state(text, r);
    textview_field(text, "page", r->url);
    textview_field(text, "homepage", r->homepage);
    textview_field(text, "language", r->language);
    textview_field(text, "licence", r->license);
    textview_list(text, "topics", &r->topics);
    add_metric(text, full, "stars", r->stars, ascii);
    add_metric(text, full, "forks", r->forks, ascii);
    if (r->issues > 0)
        snprintf(issues, sizeof issues, "%" PRId64 " open", r->issues);
    textview_field(text, "issues", issues);
    add_dates(text, full);
    textview_list(text, "was called", &full->names);
}

/* ---- papers ---- */

static void add_works(struct repository_view *v)
{
    const struct repository_full *full = &v->read.full;
    struct str title = STR_INIT;
    size_t i;

    textview_blank(&v->text);
    textview_add(&v->text, STYLE_HEADING, 0,
                 full->work_count ? "Papers"
                                  : "No paper here links "
                                    "to it");
    v->works_at = v->text.len;
    for (i = 0; i < full->work_count; i++) {
        const struct repository_work *work = &full->works[i];

        str_clear(&title);
        text_from_latex(&title, work->title);
        if (*work->evidence)
            str_printf(&title, "  (%s%s%s)", work->evidence, *work->said ? ": " : "", work->said);
        else if (*work->said)
            str_printf(&title, "  (%s)", work->said);
        textview_add(&v->text, work->linked ? STYLE_NORMAL : STYLE_DIM, 4, "%s  %s", work->key,
                     title.ptr);
    }
    str_free(&title);
}

static bool names_as_own(const struct repository *r, const char *id)
{
    size_t i;

    for (i = 0; i < r->paper_count; i++)
        if (strcmp(r->papers[i].id, id) == 0)
            return r->papers[i].own;
    return false;
}

static void add_absent(struct repository_view *v)
{
    const struct repository_read *read = &v->read;
    size_t i;

    if (read->absent_count > 0) {
        textview_blank(&v->text);
        textview_add(&v->text, STYLE_HEADING, 0, "Named in its README, not in this library");
    }
    v->absent_at = v->text.len;
    for (i = 0; i < read->absent_count; i++)
        textview_add(&v->text, STYLE_DIM, 4, "%s%s", read->absent[i],
                     names_as_own(&read->full.repository, read->absent[i]) ? "  (as its own)" : "");
}

/* ---- the README ---- */

struct readme_text {
    struct textview *text;
    enum readme_kind last;
    bool begun;
};

static void add_block(void *ctx, const struct readme_block *block)
{
    static const enum style styles[] = {
        [README_TEXT] = STYLE_NORMAL, [README_HEADING] = STYLE_HEADING,
        [README_ITEM] = STYLE_NORMAL, [README_ROW] = STYLE_NORMAL,
        [README_QUOTE] = STYLE_DIM,   [README_CODE] = STYLE_DIM
    };
    struct readme_text *readme = ctx;
    bool runs_on = readme->begun && block->kind == readme->last && block->kind != README_TEXT
                   && block->kind != README_QUOTE && block->kind != README_HEADING;
    int indent = block->kind == README_ITEM                                  ? 2 * block->depth
                 : block->kind == README_QUOTE || block->kind == README_CODE ? 4
                                                                             : 0;

    if (!runs_on)
        textview_blank(readme->text);
    textview_add(readme->text, styles[block->kind], indent + (block->kind == README_ITEM ? 2 : 0),
                 "%*s%s", indent, "", block->text);
    readme->last = block->kind;
    readme->begun = true;
}

static void add_readme(struct textview *text, const struct repository *r)
{
    struct readme_text readme = { .text = text };

    if (!r->readme || !*r->readme)
        return;
    textview_blank(text);
    textview_add(text, STYLE_ACCENT, 0, "%s", r->readme_name ? r->readme_name : "README");
    readme_blocks(r->readme, add_block, &readme);
}

void repository_compose(struct repository_view *v, bool ascii)
{
    const struct repository_full *full = &v->read.full;

    textview_clear(&v->text);
    if (v->read.known) {
        add_facts(&v->text, full, ascii);
    } else {
        textview_add(&v->text, STYLE_TITLE, 0, "%s", full->row.key);
        textview_blank(&v->text);
        textview_field(
            &v->text, "state",
            "linked by papers; its facts were not asked for yet. F asks GitHub now; a sync "
            "does with a section [source \"github\"] in the config.");
    }
    add_works(v);
    add_absent(v);
    if (v->read.known)
        add_readme(&v->text, &full->repository);
}
