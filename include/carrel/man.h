/*
 * Manual pages in roff (man(7)), written from tables: text is escaped, filled into short lines, and
 * no line of it is taken for a request. What goes in is plain UTF-8.
 */
#ifndef CARREL_MAN_H
#define CARREL_MAN_H

#include "carrel/app.h"

/* The page's head and its NAME: "carrel-query", 7, "the language of queries". */
void man_page(struct str *out, const char *name, int section, const char *what);
void man_section(struct str *out, const char *title); /* "EXIT STATUS" */
void man_heading(struct str *out, const char *title); /* below a section */
void man_text(struct str *out, const char *text);     /* words, from the line's beginning */
/* Paragraphs as help has them: lines that begin with a blank stand as they are written. */
void man_flow(struct str *out, const char *text);
void man_lines(struct str *out, const char *text); /* as they are written */
/* A row of a list: what it is, its argument (NULL or "": none), what it does. */
void man_item(struct str *out, const char *head, const char *arg, const char *text);
void man_more(struct str *out, const char *text); /* another paragraph of that row */
/* "carrel(1), carrel-config(5)" without the page's own. */
void man_see_also(struct str *out, const char *own);

/* ---- the pages (man_pages.c; carrel-api is the service's, app_faces.man_api) ---- */

/* "carrel", "config", "query" or "api". ERR_USAGE: none of these. */
int man_write(struct str *out, const char *page, const struct app_faces *faces, struct error *err);

#endif
