/*
 * Writes a digest. Text, Markdown and HTML have the same parts in the same order and differ in a
 * row of a table of marks; JSON (digest_json.c) has members for all of it.
 */
#include "digest.h"

#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/str.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <string.h>

struct digest_form {
    const char *name, *start, *end;
    const char *title, *title_end, *part, *part_end;
    const char *list, *item, *item_end, *list_end, *say, *say_end;
};

static const struct digest_form digest_forms[] = {
    { "text", "", "", "", "\n", "\n", "\n", "", "  - ", "\n", "", "  ", "\n" },
    { "md", "", "", "# ", "\n", "\n## ", "\n\n", "", "- ", "\n", "", "", "\n" },
    { "html",
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>carrel: what is new</title>\n"
      "<style>body{font:1rem/1.5 serif;max-width:42rem;margin:2rem auto;padding:0 1rem;"
      "color:#1a1a1a;background:#fff}a{color:#0645ad}li{margin:.4rem 0}"
      "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}a{color:#8ab4f8}}"
      "</style>\n</head>\n<body>\n<main>\n",
      "</main>\n</body>\n</html>\n", "<h1>", "</h1>\n", "<h2>", "</h2>\n", "<ul>\n", "<li>",
      "</li>\n", "</ul>\n", "<p>", "</p>\n" },
};

/* Somebody else's words, as the form wants them; control bytes become blanks. */
static void digest_words(struct str *out, const struct digest_form *form, const char *text)
{
    bool html = form->name[0] == 'h', md = form->name[0] == 'm';

    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 127)
            str_add_char(out, ' ');
        else if (html && strchr("&<>\"", *text))
            str_add(out, *text == '&'   ? "&amp;"
                         : *text == '<' ? "&lt;"
                         : *text == '>' ? "&gt;"
                                        : "&quot;");
        else if (md && strchr("\\`*_[]<>#|", *text))
            str_printf(out, "\\%c", *text);
        else
            str_add_char(out, *text);
    }
}

/* Where a paper of this key is shown; "" unknown. Old DOIs have brackets, which would end a link.
 */
static void digest_url(struct str *out, const char *key)
{
    bool arxiv = str_starts(key, "arxiv:");

    if (!arxiv && !str_starts(key, "doi:"))
        return;
    str_add(out, arxiv ? "https://arxiv.org/abs/" : "https://doi.org/");
    for (key = strchr(key, ':') + 1; *key; key++)
        if ((unsigned char)*key <= ' ' || strchr("<>\"\\^`{|}%#?", *key))
            str_printf(out, "%%%02X", (unsigned char)*key);
        else
            str_add_char(out, *key);
}

static void digest_paper(struct str *out, const struct digest_form *form, const char *key,
                         const char *title)
{
    struct str url = STR_INIT, plain = STR_INIT;

    text_from_latex(&plain, title);
    title = plain.ptr;
    digest_url(&url, key);
    if (form->name[0] == 'h' && url.len) {
        str_add(out, "<a href=\"");
        digest_words(out, form, url.ptr);
        str_add(out, "\">");
        digest_words(out, form, title);
        str_add(out, "</a>");
    } else if (form->name[0] == 'm' && url.len) {
        str_add_char(out, '[');
        digest_words(out, form, title);
        str_printf(out, "](<%s>)", url.ptr);
    } else {
        digest_words(out, form, title);
    }
    str_add(out, " (");
    digest_words(out, form, key);
    str_add_char(out, ')');
    str_free(&url);
    str_free(&plain);
}

static void digest_say(struct str *out, const struct digest_form *form, const char *text)
{
    str_add(out, form->say);
    digest_words(out, form, text);
    str_add(out, form->say_end);
}

/* Behind a list that is cut. */
static void digest_more(struct str *out, const struct digest_form *form, int64_t more)
{
    struct str line = STR_INIT;

    str_printf(&line, "and %" PRId64 " more", more);
    if (more > 0)
        digest_say(out, form, line.ptr);
    str_free(&line);
}

static void digest_one_feed(struct str *out, const struct digest_form *form,
                            const struct digest_feed *feed)
{
    size_t i, len = feed->found ? feed->found->len : 0;

    str_add(out, form->part);
    digest_words(out, form, feed->name);
    str_printf(out, ": %" PRId64 " new%s", feed->total, form->part_end);
    if (feed->error)
        digest_say(out, form, feed->error);
    else if (len == 0)
        digest_say(out, form, "Nothing new.");
    if (len > 0)
        str_add(out, form->list);
    for (i = 0; i < len; i++) {
        str_add(out, form->item);
        digest_paper(out, form, feed->found->hits[i].row.key, feed->found->hits[i].row.title);
        str_add(out, form->item_end);
    }
    if (len > 0)
        str_add(out, form->list_end);
    if (len > 0)
        digest_more(out, form, feed->total - (int64_t)len);
}

static void digest_alert_part(struct str *out, const struct digest_form *form,
                              const struct digest *digest)
{
    size_t i;

    str_printf(out, "%sAlerts: %zu fired%s", form->part, digest->alert_count, form->part_end);
    if (digest->alert_count == 0) {
        digest_say(out, form, "No alert has fired.");
        return;
    }
    str_add(out, form->list);
    for (i = 0; i < digest->alert_count; i++) {
        const struct alert_row *row = &digest->alerts[i];

        str_add(out, form->item);
        digest_words(out, form, row->rule);
        str_printf(out, ", %s%s%s: ", alert_on_name(row->on), *row->detail ? " " : "", row->detail);
        if (row->work)
            digest_paper(out, form, row->key, row->title);
        else
            str_add(out, "a paper that was merged into another");
        str_add(out, form->item_end);
    }
    str_add(out, form->list_end);
    if (digest->alerts_cut)
        digest_say(out, form, "Only the newest are listed.");
}

/* What concerns the reader most. */
static void digest_news(struct str *out, const struct digest_form *form, int64_t count)
{
    struct str line = STR_INIT;

    if (count == 1)
        str_add(&line, "1 paper that you have read has changed since: carrel changes");
    else
        str_printf(&line,
                   "%" PRId64 " papers that you have read have changed since: carrel changes",
                   count);
    if (count > 0)
        digest_say(out, form, line.ptr);
    str_free(&line);
}

static void digest_change_part(struct str *out, const struct digest_form *form,
                               const struct digest *digest)
{
    size_t i;

    str_printf(out, "%sReplaced and withdrawn: %" PRId64 "%s", form->part, digest->change_total,
               form->part_end);
    digest_news(out, form, digest->news);
    if (digest->change_count == 0) {
        digest_say(out, form, "Nothing was replaced or withdrawn.");
        return;
    }
    str_add(out, form->list);
    for (i = 0; i < digest->change_count; i++) {
        const struct change *change = &digest->changes[i];

        str_add(out, form->item);
        change_print(out, change);
        str_add(out, ": ");
        digest_paper(out, form, digest->changed[i].key, digest->changed[i].title);
        str_add(out, form->item_end);
    }
    str_add(out, form->list_end);
    digest_more(out, form, digest->change_total - (int64_t)digest->change_count);
}

/* Nothing at all in a library that has no samples. */
static void digest_rising_part(struct str *out, const struct digest_form *form,
                               const struct digest *digest)
{
    const struct trends *rising = &digest->rising;
    size_t i;

    if (!*rising->metric)
        return;
    str_printf(out, "%sRising: ", form->part);
    digest_words(out, form, rising->metric);
    str_printf(out, " in %d day%s%s", rising->window, rising->window == 1 ? "" : "s",
               form->part_end);
    if (digest->rising_count == 0) {
        digest_say(out, form, "Nothing rises.");
        return;
    }
    str_add(out, form->list);
    for (i = 0; i < digest->rising_count; i++) {
        str_add(out, form->item);
        str_printf(out, "%.0f, %+.2f a day: ", rising->items[i].measure.value,
                   rising->items[i].measure.velocity);
        digest_paper(out, form, rising->items[i].key, rising->items[i].title);
        str_add(out, form->item_end);
    }
    str_add(out, form->list_end);
}

static void digest_end_part(struct str *out, const struct digest_form *form,
                            const struct digest *digest)
{
    struct str line = STR_INIT;
    struct text_list names = { 0 };
    size_t i;

    str_printf(out, "%sReading list%s", form->part, form->part_end);
    str_printf(&line, "%" PRId64 " for later, %" PRId64 " starred, %" PRId64 " unread.",
               digest->later, digest->starred, digest->unread);
    digest_say(out, form, line.ptr);
    credits_from_bits(&names, digest->arena, digest->credits);
    if (names.len > 0)
        str_printf(out, "%sAttribution%s", form->part, form->part_end);
    for (i = 0; i < names.len; i++) {
        const struct credit *credit = credit_find(names.items[i]);

        str_clear(&line);
        if (credit)
            credit_print(&line, credit);
        digest_say(out, form, credit ? line.ptr : names.items[i]);
    }
    str_free(&line);
}

const char *digest_format_at(size_t i)
{
    size_t forms = sizeof digest_forms / sizeof *digest_forms;

    return i < forms ? digest_forms[i].name : i == forms ? "json" : NULL;
}

bool digest_write(struct str *out, const struct digest *digest, const char *format)
{
    char since[16], today[16];
    size_t i, n;

    if (strcmp(format, "json") == 0) {
        digest_json(out, digest);
        return true;
    }
    date_format(since, digest->since);
    date_format(today, digest->today);
    for (n = 0; n < sizeof digest_forms / sizeof *digest_forms; n++) {
        const struct digest_form *form = &digest_forms[n];

        if (strcmp(format, form->name) != 0)
            continue;
        str_printf(out, "%s%sWhat is new, %s to %s%s", form->start, form->title, since, today,
                   form->title_end);
        for (i = 0; i < digest->feed_count; i++)
            digest_one_feed(out, form, &digest->feeds[i]);
        digest_alert_part(out, form, digest);
        digest_change_part(out, form, digest);
        digest_rising_part(out, form, digest);
        digest_end_part(out, form, digest);
        str_add(out, form->end);
        return true;
    }
    return false;
}
