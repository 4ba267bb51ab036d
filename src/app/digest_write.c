/*
 * Writes a digest. Text, Markdown and HTML have the same parts in the same order and differ in a
 * row of a table of marks; JSON has members for all of it.
 */
#include "digest.h"

#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/jsonw.h"
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

static void digest_one_feed(struct str *out, const struct digest_form *form,
                            const struct digest_feed *feed)
{
    size_t i, len = feed->found ? feed->found->len : 0;
    struct str more = STR_INIT;

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
    if (feed->total > (int64_t)len && len > 0) {
        str_printf(&more, "and %" PRId64 " more", feed->total - (int64_t)len);
        digest_say(out, form, more.ptr);
    }
    str_free(&more);
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

static void digest_json_papers(struct jsonw *w, const struct digest_feed *feed)
{
    size_t i;

    jsonw_key(w, "papers");
    jsonw_array(w);
    for (i = 0; feed->found && i < feed->found->len; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "id", feed->found->hits[i].row.key);
        jsonw_key_string(w, "title", feed->found->hits[i].row.title);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void digest_json_alerts(struct jsonw *w, const struct digest *digest)
{
    size_t i;

    jsonw_key(w, "alerts");
    jsonw_array(w);
    for (i = 0; i < digest->alert_count; i++) {
        const struct alert_row *row = &digest->alerts[i];
        char at[32];

        time_format(at, row->at);
        jsonw_object(w);
        jsonw_key_string(w, "alert", row->rule);
        jsonw_key_string(w, "on", alert_on_name(row->on));
        jsonw_key_string(w, "detail", row->detail);
        jsonw_key_string(w, "at", at);
        jsonw_key_string(w, "paper", row->work ? row->key : NULL);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key_bool(w, "alerts_cut", digest->alerts_cut);
}

static void digest_json(struct str *out, const struct digest *digest)
{
    struct text_list names = { 0 };
    char since[16], today[16];
    struct jsonw w;
    size_t i;

    date_format(since, digest->since);
    date_format(today, digest->today);
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "since", since);
    jsonw_key_string(&w, "until", today);
    jsonw_key(&w, "feeds");
    jsonw_array(&w);
    for (i = 0; i < digest->feed_count; i++) {
        jsonw_object(&w);
        jsonw_key_string(&w, "name", digest->feeds[i].name);
        jsonw_key_string(&w, "query", digest->feeds[i].query);
        jsonw_key_int(&w, "new", digest->feeds[i].total);
        jsonw_key_string(&w, "error", digest->feeds[i].error);
        digest_json_papers(&w, &digest->feeds[i]);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    digest_json_alerts(&w, digest);
    jsonw_key_int(&w, "later", digest->later);
    jsonw_key_int(&w, "starred", digest->starred);
    jsonw_key_int(&w, "unread", digest->unread);
    credits_from_bits(&names, digest->arena, digest->credits);
    credits_to_json(&w, &names);
    jsonw_end(&w);
    str_add_char(out, '\n');
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
        digest_end_part(out, form, digest);
        str_add(out, form->end);
        return true;
    }
    return false;
}
