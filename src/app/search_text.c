/*
 * The answer of a search for people: a few lines a hit.
 */
#include "search_answer.h"

#include "carrel/bin.h"
#include "carrel/record.h"
#include "carrel/repositories.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void search_strip_marks(struct str *out, const char *text, bool bold)
{
    for (; *text; text++) {
        if (*text == '\x02')
            str_add(out, bold ? "\033[1m" : "");
        else if (*text == '\x03')
            str_add(out, bold ? "\033[0m" : "");
        else
            str_add_char(out, *text);
    }
}

/* "Vaswani, Shazeer and 6 more" */
static void short_authors(struct str *out, const char *lines)
{
    size_t count = 0, shown = 0;
    const char *at;

    for (at = lines; *at; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n'))
        count++;
    for (at = lines; *at && shown < 3; shown++) {
        size_t len = strcspn(at, "\n");

        char *name = mem_strndup(at, len);

        str_add(out, shown ? ", " : "");
        text_from_latex(out, name);
        free(name);
        at += len + (at[len] == '\n');
    }
    if (count > shown)
        str_printf(out, " and %zu more", count - shown);
}

/* "1,234 stars, Python, MIT, pushed 2026-01-02, 3 papers" */
static void print_repository(struct str *out, const struct repository_row *row)
{
    if (row->stars >= 0)
        str_printf(out, "%" PRId64 " stars", row->stars);
    else
        str_add(out, "stars unknown");
    if (*row->language)
        str_printf(out, ", %s", row->language);
    if (*row->license)
        str_printf(out, ", %s", row->license);
    if (*row->pushed)
        str_printf(out, ", pushed %.10s", row->pushed);
    str_printf(out, ", %" PRId64 " paper%s%s%s%s\n", row->papers, row->papers == 1 ? "" : "s",
               row->archived ? ", archived" : "", row->state == REPOSITORY_KNOWN ? "" : ", ",
               row->state == REPOSITORY_KNOWN ? "" : repository_state_name(row->state));
}

/* Who, when and where, or what a repository is. */
static void print_facts(struct str *out, const struct search_hit *hit)
{
    const struct search_passage *passage = hit->passage;

    str_add(out, "    ");
    if (hit->repository) {
        print_repository(out, hit->repository);
    } else {
        short_authors(out, hit->row.authors);
        str_printf(out, "%s%.10s%s%s\n", *hit->row.authors ? "  " : "", hit->row.published,
                   *hit->row.primary_category ? "  " : "", hit->row.primary_category);
    }
    if (passage && passage->pages > 1)
        str_printf(out, "    page %u%s%s\n", passage->page + 1, *passage->heading ? ", " : "",
                   passage->heading);
    else if (passage && *passage->heading)
        str_printf(out, "    %s\n", passage->heading);
    if (hit->place)
        str_printf(out, "    %s:%" PRId64 "\n", hit->place->path, hit->place->line);
}

static void print_why(struct str *out, const struct search_hit *hit)
{
    bool paper = !hit->passage && !hit->repository;
    size_t i;

    for (i = 0; i < hit->why_len; i++) {
        const struct search_why *why = &hit->why[i];

        str_printf(out, "      %6.2f  %s (%s): in %" PRId64 " %s", why->score, why->term,
                   why->matched, why->df,
                   hit->repository ? "repositories"
                   : hit->passage  ? "passages"
                                   : "papers");
        if (paper)
            str_printf(out, "; here title %d, abstract %d, authors %d", why->in_title,
                       why->in_abstract, why->in_authors);
        str_add_char(out, '\n');
    }
    if (hit->arms) {
        str_add(out, "      ");
        search_arms_print(out, hit->arms);
        str_add_char(out, '\n');
    }
}

static void print_hit(struct str *out, const struct search_hit *hit, bool bold, bool explain)
{
    struct str title = STR_INIT;

    text_from_latex(&title, hit->title_marked ? hit->title_marked : hit->row.title);
    str_printf(out, "%s  ", hit->row.key);
    search_strip_marks(out, title.ptr, bold);
    str_add_char(out, '\n');
    print_facts(out, hit);
    if (hit->snippet && *hit->snippet) {
        str_add(out, "    ");
        search_strip_marks(out, hit->snippet, bold);
        str_add_char(out, '\n');
    }
    if (explain)
        print_why(out, hit);
    str_free(&title);
}

/* Beside the answer: how many there are, and what else could be asked. */
static void say_found(struct str *say, const char *query, const struct search_result *result)
{
    size_t i;

    str_printf(say, "%s%" PRId64 " found in %.1f ms%s\n", result->total_is_exact ? "" : "at least ",
               result->total, result->took_ms,
               result->next ? "; more with --offset or --limit" : "");
    if (result->added > 0)
        str_printf(say, "%" PRId64 " of them by meaning alone (--mode lexical: words only)\n",
                   result->added);
    for (i = 0; i < result->hint_count; i++)
        str_printf(say, "did you mean: %s  (%s)\n", result->hints[i].query, result->hints[i].why);
    if (query_hint(say, query))
        str_add_char(say, '\n');
}

/* Whoever asks for one paper by its number learns why it is not found. */
static void say_in_bin(struct command_call *call, const char *query)
{
    struct ident ident;
    bool removed = false;

    if (ident_parse(&ident, query) && bin_removed(call->store, &removed, query, NULL) == ERR_OK
        && removed)
        str_printf(&call->say, "%s was removed; carrel bin restore %s brings it back\n", query,
                   query);
}

void search_write_text(struct command_call *call, const char *query,
                       const struct search_result *result, bool explain)
{
    bool bold = call->app->color == COLOR_ALWAYS;
    size_t i;

    if (explain && result->understood)
        str_printf(&call->out, "understood as: %s\n\n", result->understood);
    if (explain) {
        str_add(&call->say, "took ");
        search_stages_print(&call->say, result);
        str_add_char(&call->say, '\n');
    }
    for (i = 0; i < result->len; i++)
        print_hit(&call->out, &result->hits[i], bold, explain);
    say_found(&call->say, query, result);
    if (result->total == 0)
        say_in_bin(call, query);
}
