/*
 * The texts that are published: a month of papers as JSON, and an Atom feed (RFC 4287). Personal
 * state (notes, what was read) is no part of either.
 */
#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/exchange.h"
#include "carrel/jsonw.h"

#include <stdio.h>
#include <string.h>

void shard_begin(struct str *out, const char *month)
{
    str_printf(out, "{\"version\":1,\"month\":\"%s\",\"papers\":[", month);
}

void record_publish(struct str *out, const struct record *record)
{
    struct record public = *record;

    public.notes = (struct text_list){ 0 };
    public.state = READ_UNREAD;
    public.starred = false;
    record_to_json(out, &public);
}

void shard_add(struct str *out, const char *json, size_t len, bool first)
{
    str_add(out, first ? "\n" : ",\n");
    str_add_mem(out, json, len);
}

void shard_end(struct str *out)
{
    str_add(out, "\n]}\n");
}

static void atom_element(struct str *out, const char *name, const char *text)
{
    if (!text)
        return;
    str_printf(out, "<%s>", name);
    str_add_markup(out, text);
    str_printf(out, "</%s>\n", name);
}

static void atom_link(struct str *out, const char *rel, const char *type, const char *href)
{
    if (!href)
        return;
    str_printf(out, "<link rel=\"%s\"", rel);
    if (type)
        str_printf(out, " type=\"%s\"", type);
    str_add(out, " href=\"");
    str_add_markup(out, href);
    str_add(out, "\"/>\n");
}

void atom_begin(struct str *out, const char *title, const char *id, const char *updated)
{
    str_add(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                 "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
    atom_element(out, "title", title);
    atom_element(out, "id", id);
    atom_element(out, "updated", updated);
    str_add(out, "<generator>carrel</generator>\n");
}

void atom_credits(struct str *out, unsigned credits)
{
    const struct credit *credit;
    struct str rights = STR_INIT;
    size_t i;

    for (i = 0; (credit = credit_at(i)); i++) {
        if (!(credits & 1u << i))
            continue;
        str_add(&rights, rights.len ? "; " : "Contains data from ");
        credit_print(&rights, credit);
    }
    if (rights.len)
        atom_element(out, "rights", rights.ptr);
    str_free(&rights);
}

/* The id must be an IRI and stay the same for ever: the paper's public address where it has one. */
static void atom_id(struct str *out, const struct record *record)
{
    const char *id = record->id ? record->id : "";

    if (str_starts(id, "arxiv:"))
        str_printf(out, "https://arxiv.org/abs/%s", id + 6);
    else if (str_starts(id, "doi:"))
        str_printf(out, "https://doi.org/%s", id + 4);
    else if (str_starts(id, "repo:"))
        str_printf(out, "https://%s", id + 5);
    else
        str_printf(out, "urn:carrel:%s", id);
}

void atom_entry(struct str *out, const struct record *record, const char *updated)
{
    struct str id = STR_INIT;
    int64_t ms;
    int32_t day;
    char published[32];
    size_t i;

    atom_id(&id, record);
    str_add(out, "<entry>\n");
    atom_element(out, "title", record->title ? record->title : "");
    atom_element(out, "id", id.ptr);
    atom_element(out, "updated", updated);
    if (date_parse(record->published, &day, NULL)) {
        if (!time_parse(record->published, &ms))
            ms = day * 86400000LL;
        time_format(published, ms);
        atom_element(out, "published", published);
        /* Atom knows full times only; what is known is said beside it, for whoever reads it back.
         */
        if (strcmp(record->published, published) != 0) {
            str_add(out, "<date xmlns=\"urn:carrel\">");
            str_add_markup(out, record->published);
            str_add(out, "</date>\n");
        }
    }
    if (record->authors.len == 0)
        str_add(out, "<author><name>unknown</name></author>\n"); /* RFC 4287, 4.1.2: at least one */
    for (i = 0; i < record->authors.len; i++) {
        str_add(out, "<author><name>");
        str_add_markup(out, record->authors.items[i]);
        str_add(out, "</name></author>\n");
    }
    for (i = 0; i < record->categories.len; i++) {
        str_add(out, "<category term=\"");
        str_add_markup(out, record->categories.items[i]);
        str_add(out, "\"/>\n");
    }
    atom_link(out, "alternate", NULL,
              record->url                    ? record->url
              : str_starts(id.ptr, "https:") ? id.ptr
                                             : NULL);
    atom_link(out, "related", "application/pdf", record->pdf_url);
    for (i = 0; i < record->code_urls.len; i++)
        atom_link(out, "related", NULL, record->code_urls.items[i]);
    atom_element(out, "summary", record->abstract ? record->abstract : "");
    str_add(out, "</entry>\n");
    str_free(&id);
}

void atom_end(struct str *out)
{
    str_add(out, "</feed>\n");
}
