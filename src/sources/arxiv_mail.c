/*
 * arXiv's daily mail of new papers, as it comes or as a folder of mails (mbox): between lines of
 * two backslashes stand first what the paper is, then its abstract. Replacements have no abstract.
 * Everything else (heads of mails, instructions, rules) is passed over.
 */
#include "parser.h"

#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAIL_LINE (64u << 10)

struct mail {
    struct str line;
    long number, start;
    enum { MAIL_OUTSIDE, MAIL_HEAD, MAIL_ABSTRACT } state;
    bool opened;                       /* the line before was of two backslashes, outside */
    struct str field, value, abstract; /* the field whose lines go on */
    bool begun;                        /* the record is */
    char announce[16];
};

static struct mail *mail_of(struct parser *p)
{
    if (!p->mail) {
        p->mail = mem_zalloc(sizeof *p->mail);
        str_init(&p->mail->line);
        str_init(&p->mail->field);
        str_init(&p->mail->value);
        str_init(&p->mail->abstract);
        p->mail->number = p->line_number;
    }
    return p->mail;
}

void arxiv_mail_free(struct parser *p)
{
    if (!p->mail)
        return;
    str_free(&p->mail->line);
    str_free(&p->mail->field);
    str_free(&p->mail->value);
    str_free(&p->mail->abstract);
    free(p->mail);
}

/* ---- fields ---- */

/* "Mon, 12 Jun 2017 17:57:34 GMT   (1102kb,D)" */
static char *mail_time(struct parser *p, const char *value)
{
    char *text = arena_strndup(p->arena, value, strcspn(value, "("));
    size_t len = strlen(text);

    while (len > 0 && text[len - 1] == ' ')
        text[--len] = '\0';
    return field_time(p, text);
}

static void take_title(struct parser *p, const char *value)
{
    p->record.title = field_squeeze(p, value);
}

static void take_authors(struct parser *p, const char *value)
{
    field_author_list(p, value, true);
}

static void take_categories(struct parser *p, const char *value)
{
    while (*value) {
        size_t len = strcspn(value, " ");

        field_category(p, arena_strndup(p->arena, value, len));
        value += len;
        value += strspn(value, " ");
    }
}

static void take_comment(struct parser *p, const char *value)
{
    p->record.comment = field_squeeze(p, value);
}

static void take_venue(struct parser *p, const char *value)
{
    p->record.venue = field_squeeze(p, value);
}

static void take_doi(struct parser *p, const char *value)
{
    field_identifier(p, arena_strndup(p->arena, value, strcspn(value, " ")));
}

static void take_license(struct parser *p, const char *value)
{
    p->record.license = field_squeeze(p, value);
}

static void take_date(struct parser *p, const char *value)
{
    p->record.published = mail_time(p, value);
}

static void take_replaced(struct parser *p, const char *value)
{
    snprintf(p->mail->announce, sizeof p->mail->announce, "replace");
    p->record.updated = mail_time(p, value);
}

static const struct {
    const char *name;
    void (*take)(struct parser *p, const char *value);
} fields[] = {
    { "Title:", take_title },
    { "Author:", take_authors },
    { "Authors:", take_authors },
    { "Categories:", take_categories },
    { "Comments:", take_comment },
    { "Journal-ref:", take_venue },
    { "DOI:", take_doi },
    { "License:", take_license },
    { "Date:", take_date },
    { "Date (revised", NULL },
    { "replaced with revised version", take_replaced },
    { "Report-no:", NULL },
    { "ACM-class:", NULL },
    { "MSC-class:", NULL },
    { "Proxy:", NULL },
};

static void field_end(struct parser *p)
{
    struct mail *m = p->mail;
    size_t i;

    for (i = 0; i < ARRAY_LEN(fields) && m->begun; i++)
        if (strcmp(fields[i].name, m->field.ptr) == 0 && fields[i].take) {
            struct str clean = STR_INIT;

            utf8_squeeze(&clean, m->value.ptr, m->value.len);
            if (clean.len > 0)
                fields[i].take(p, clean.ptr);
            str_free(&clean);
        }
    str_clear(&m->field);
    str_clear(&m->value);
}

/* "arXiv:1706.03762", "arXiv:1706.03762 (*cross-listing*)", in old mails "Paper: hep-th/9901001" */
static bool head_number(struct parser *p, const char *line)
{
    struct mail *m = p->mail;
    const char *number = str_starts(line, "arXiv:")    ? line + 6
                         : str_starts(line, "Paper: ") ? line + 7
                                                       : NULL;

    if (!number)
        return false;
    record_begin(p, "arxiv-mail", m->start);
    snprintf(m->announce, sizeof m->announce, "%s", strstr(line, "cross") ? "cross" : "new");
    number += strspn(number, " ");
    m->begun =
        field_id(p, arena_printf(p->arena, "arxiv:%.*s", (int)strcspn(number, " \r"), number));
    if (!m->begun)
        record_reject(p, m->start, "no arXiv number");
    return true;
}

static void head_line(struct parser *p, const char *line)
{
    struct mail *m = p->mail;
    size_t i;

    if (*line == ' ' || *line == '\t') { /* the field goes on */
        str_printf(&m->value, " %s", line);
        return;
    }
    field_end(p);
    for (i = 0; i < ARRAY_LEN(fields); i++)
        if (str_starts(line, fields[i].name)) {
            str_add(&m->field, fields[i].name);
            str_add(&m->value, line + strlen(fields[i].name));
            return;
        }
}

/* ---- papers ---- */

static void paper_end(struct parser *p)
{
    struct mail *m = p->mail;

    field_end(p);
    if (m->begun && p->record.title) {
        p->record.announce = arena_strdup(p->arena, m->announce);
        if (strcmp(m->announce, "new") != 0) /* its date is not that of the first version */
            p->record.published = NULL;
        if (m->abstract.len > 0)
            p->record.abstract = field_abstract(p, m->abstract.ptr);
        p->record.url =
            arena_printf(p->arena, "https://arxiv.org/abs/%s", p->record.id + strlen("arxiv:"));
        record_emit(p);
    } else if (m->begun) {
        record_reject(p, m->start, "no title");
    }
    m->begun = false;
    m->state = MAIL_OUTSIDE;
    str_clear(&m->abstract);
}

static void line_read(struct parser *p)
{
    struct mail *m = p->mail;
    char *line = m->line.ptr;
    bool rule = str_starts(line, "\\\\"), open = rule && !line[2 + strspn(line + 2, " ")];

    m->number++;
    if (m->state == MAIL_OUTSIDE) {
        if (m->opened && head_number(p, line))
            m->state = MAIL_HEAD;
        m->opened = open;
        m->start = open ? m->number + 1 : m->start;
    } else if (rule && (m->state == MAIL_ABSTRACT || !open)) {
        paper_end(p);
    } else if (str_starts(line, "----------") || str_starts(line, "%%--%%--")) {
        paper_end(p);
    } else if (rule) {
        field_end(p);
        m->state = MAIL_ABSTRACT;
    } else if (m->state == MAIL_HEAD) {
        head_line(p, line);
    } else if (m->abstract.len < ABSTRACT_MAX) {
        str_printf(&m->abstract, "%s\n", line);
    }
    str_clear(&m->line);
}

int arxiv_mail_feed(struct parser *p, const char *bytes, size_t len, struct error *err)
{
    struct mail *m = mail_of(p);
    size_t i;

    (void)err;
    for (i = 0; i < len && !p->stopped; i++) {
        if (bytes[i] == '\n')
            line_read(p);
        else if (bytes[i] != '\r' && bytes[i] != '\0' && m->line.len < MAIL_LINE)
            str_add_char(&m->line, bytes[i]);
    }
    return ERR_OK;
}

int arxiv_mail_finish(struct parser *p, struct error *err)
{
    struct mail *m = mail_of(p);

    (void)err;
    if (m->line.len > 0)
        line_read(p);
    if (m->state != MAIL_OUTSIDE && !p->stopped)
        paper_end(p);
    return ERR_OK;
}
