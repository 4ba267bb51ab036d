/*
 * What the commands behind keys do, in words, for Help: those that only views know. The desk's own
 * and the library's have their words in their tables.
 */
#include "desk.h"

#include <string.h>

static const struct {
    const char *context; /* NULL: wherever nothing else is said */
    const char *line, *words;
} key_words[] = {
    { "welcome", "next-step", "go on" },
    { "welcome", "prev-step", "a step back" },
    { "welcome", "select", "choose this, or not" },
    { "trying", "try down", "down" },
    { "trying", "try up", "up" },
    { "trying", "try star", "star it" },
    { "trying", "try undo", "take that back" },
    { "trying", "try open", "open it" },
    { "trying", "try back", "back to the list" },
    { "trying", "try search", "search" },
    { "trying", "try prompt", "type a command" },
    { "trying", "try help", "keys and commands" },
    { "trying", "leave-out", "leave this key out" },
    { "looking", "leave-out", "leave it as it was" },
    { NULL, "down", "down" },
    { NULL, "up", "up" },
    { "cite", "beside-down", "scroll the form below the list" },
    { "cite", "beside-up", "scroll it back" },
    { NULL, "half-down", "half a screen down" },
    { NULL, "half-up", "half a screen up" },
    { NULL, "page-down", "a screen down" },
    { NULL, "page-up", "a screen up" },
    { NULL, "goto-start", "to the beginning; 12gg: row 12" },
    { NULL, "goto-end", "to the end; 12G: row 12" },
    { "reader", "goto-end", "to the end; 7G: to page 7" },
    { "code", "goto-end", "to the end; 7G: line 7" },
    { NULL, "left", "move to the left" },
    { NULL, "right", "move to the right" },
    { NULL, "open", "open what is under the cursor" },
    { NULL, "find", "search in this" },
    { NULL, "next-match", "to the next place of what was searched for" },
    { NULL, "prev-match", "to the one before" },
    { NULL, "prompt |", "pipe the selected papers to a command" },
    { NULL, "prompt !", "run a command of the shell" },
    { NULL, "prompt tag", "tag it: type the tag" },
    { NULL, "prompt category", "only one category: type cs.CL, math.* or all" },
    { "code", "prompt at", "another revision: type a branch, tag, hash, day or paper" },
    { NULL, "mark read", "mark as read" },
    { NULL, "mark unread", "mark as unread" },
    { NULL, "mark later", "put off for later" },
    { NULL, "mark skip", "skip: not of interest" },
    { NULL, "mark star", "star it" },
    { NULL, "mark unstar", "take the star away" },
    { NULL, "copy url", "copy its address" },
    { NULL, "cite key", "copy its citation key" },
    { NULL, "select", "mark the row, for a command on several" },
    { NULL, "select-range", "mark from here to where V is pressed again, or act on it" },
    { NULL, "prompt select", "mark what a query finds in this list: type it, or * for all" },
    { NULL, "prompt unselect", "take the marks off what a query finds" },
    { "review", "pause", "stop the clock, and let it go on" },
    { "review", "more-time", "five minutes more" },
    { "review", "summary", "end it: what has become of the papers" },
    { "review", "take-back", "all of its papers unread again, as one step" },
    { "review", "open", "open the paper; at the end go on with what is left" },
    { NULL, "rm", "out of the library, into the bin" },
    { "bin", "bring-back", "bring it back" },
    { "bin", "open", "bring it back" },
    { NULL, "prompt jot", "a line more in its note: type it" },
    { NULL, "next-unread anywhere", "to the next unread paper, also of the next feed" },
    { "tags", "fold", "fold the branch, or unfold it" },
    { "tags", "rename-tag", "call it, and what lies below it, otherwise: type the name" },
    { "tags", "remove-tag", "take it, and what lies below it, off all papers" },
    { "sidebar", "edit-feed", "write its query, with the number of what it finds" },
    { NULL, "prompt feed", "a saved query, new or old: type its name, then its query" },
    { "sidebar", "rename-feed", "call it otherwise" },
    { "sidebar", "remove-feed", "forget it" },
    { "sidebar", "raise", "up among the saved queries" },
    { "sidebar", "lower", "down among the saved queries" },
    { "highlights", "yank", "copy the quote" },
    { "highlights", "remove-highlight", "remove the highlight" },
    { "highlights", "prompt highlights --format md -o", "write them all as Markdown: type a file" },
    { NULL, "raise", "up in the queue, or in the collection that is shown; puts off what is not" },
    { NULL, "lower", "down in the queue, or in the collection that is shown" },
    { NULL, "priority +1", "up in the queue; puts off what is not" },
    { NULL, "priority -1", "down in the queue" },
    { NULL, "reselect", "mark the same rows again" },
    { NULL, "related-here", "papers like this one" },
    { NULL, "process", "fetch its PDF and read it" },
    { NULL, "sort", "another order" },
    { NULL, "reverse", "the order turned round" },
    { NULL, "filter", "show another part of them" },
    { NULL, "refresh", "look again" },
    { NULL, "retry", "try again what failed" },
    { NULL, "cancel", "stop it" },
    { "today", "cancel", "dismiss the alert" },
    { NULL, "fetch", "fetch what is new of it" },
    { NULL, "passages", "look into the pages, or at papers again" },
    { NULL, "explain", "why these, in this order" },
    { NULL, "text", "its document, in the Reader" },
    { NULL, "read last", "go on with what was read last" },
    { NULL, "page-here", "the page as it was printed" },
    { NULL, "harvest-now", "harvest this source now" },
    { "reader", "next-section", "to the next heading" },
    { "reader", "prev-section", "to the heading before" },
    { NULL, "percent", "50%: to the middle" },
    { "reader", "outline", "its table of contents" },
    { "reader", "set-mark", "ma: set mark a here" },
    { "reader", "goto-mark", "'a: to mark a; '' back from a jump" },
    { "reader", "jump-back", "back from a jump" },
    { "reader", "jump-forward", "forward again" },
    { "reader", "next-mention", "choose the next reference, figure, section ... on the screen" },
    { "reader", "prev-mention", "choose the one before" },
    { "hints", "hint a", "what has this letter on the screen (likewise for the others)" },
    { "reader", "peek", "show it beside the text, or what the cursor stands in as printed" },
    { "reader", "follow-outside", "open its address in $BROWSER" },
    { "reader", "select-sentence", "select a sentence, then further: see selecting" },
    { "reader", "select-line", "select lines" },
    { NULL, "next-sentence", "by a sentence" },
    { NULL, "prev-sentence", "back by a sentence" },
    { NULL, "next-paragraph", "by a paragraph" },
    { NULL, "prev-paragraph", "back by a paragraph" },
    { "reader", "highlight", "highlight what is selected" },
    { NULL, "edit-highlight", "write a note on the highlight, or on the paper" },
    { "selecting", "edit-highlight", "highlight it with a note" },
    { "reader", "remove-highlight", "remove the highlight" },
    { "reader", "highlights", "list the highlights" },
    { "reader", "next-highlight", "to the next highlight" },
    { "reader", "prev-highlight", "to the highlight before" },
    { "reader", "yank", "copy what is selected, or the id" },
    { "selecting", "next-word",
      "a word more (the first one of a sentence that was just selected)" },
    { "selecting", "prev-word", "a word less" },
    { "selecting", "line-start", "from the line's beginning" },
    { "selecting", "line-end", "to the line's end" },
    { "selecting", "other-end", "move the other end of it" },
    { "changes", "next-change", "to the next change (n, too)" },
    { "changes", "prev-change", "to the change before (N, too)" },
    { "duplicates", "one-paper", "they are one paper: keep the upper one" },
    { "duplicates", "one-paper-other", "they are one paper: keep the lower one" },
    { "duplicates", "two-papers", "they are two papers" },
    { "duplicates", "open-other", "open the other one" },
    { "trending", "metric", "another number: upvotes, stars ..." },
    { "trending", "window", "another time" },
    { "topics", "clusters", "groups of papers, or topics again" },
    { "topics", "period", "weeks or months" },
    { "analytics", "next-panel", "to the next panel" },
    { "analytics", "prev-panel", "to the panel before" },
    { "analytics", "weeks", "fewer or more weeks" },
    { "repository", "clone-here", "walk through its clone" },
    { "repository", "clone", "clone it, or fetch what is new" },
    { "code", "log-here", "the log of this file or folder" },
    { "code", "log-row", "the log of what is under the cursor" },
    { "code", "blame-here", "who wrote which line, and when" },
    { "code", "blame-before", "in blame: the line before the commit that wrote it" },
    { "code", "diff-here",
      "what the commit changed; of a log's row, or from the marked one to it" },
    { "code", "mark-commit", "mark a commit of a log, or a branch, to hold another against (D)" },
    { "code", "next-commit", "what the next commit of the log changed" },
    { "code", "prev-commit", "what the one above it changed" },
    { "code", "next-hunk", "to the next hunk of changed lines" },
    { "code", "prev-hunk", "to the hunk before" },
    { "code", "next-file", "to the next changed file" },
    { "code", "prev-file", "to the file before" },
    { "code", "prompt author",
      "only commits of an author: type a part of name or address; Esc: all" },
    { "code", "right-or-open", "the rest of long lines, or open what is under the cursor" },
    { "code", "left-or-back", "to the left again, then back" },
    { "code", "line-end", "the end of this line comes into sight" },
    { "code", "line-start", "the beginning of lines again" },
    { "code", "wrap", "wrap long lines, or not" },
    { "code", "all-branches", "the log of all branches, or of this one" },
    { "code", "graph", "the log with its graph, or without" },
    { "code", "branches", "branches and tags" },
    { "code", "top", "to the top folder" },
    { "page", "next-page", "the next page" },
    { "page", "prev-page", "the page before" },
    { "page", "goto-end", "to the last page; 7G: to page 7" },
    { "page", "zoom-in", "larger" },
    { "page", "zoom-out", "smaller" },
    { "page", "fit-width", "as wide as the screen" },
    { "page", "fit-page", "the whole page" },
    { "page", "invert", "dark, or light again" },
    { "page", "pictures", "another way to show pictures" },
    { "sidebar", "open", "open the feed" },
};

/* "view library": the view's title. */
static const char *view_words(const char *line)
{
    const struct view_ops *ops = str_starts(line, "view ") ? desk_view_ops(line + 5) : NULL;

    return ops ? ops->title : NULL;
}

const char *desk_words_elsewhere(const char *line)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(key_words); i++)
        if (strcmp(key_words[i].line, line) == 0)
            return key_words[i].words;
    return NULL;
}

const char *desk_words(const char *context, const char *line)
{
    const char *general = view_words(line);
    const struct command *command = command_find(line);
    size_t i;

    for (i = 0; i < ARRAY_LEN(key_words); i++) {
        if (strcmp(key_words[i].line, line) != 0)
            continue;
        if (key_words[i].context && strcmp(key_words[i].context, context) == 0)
            return key_words[i].words;
        if (!key_words[i].context)
            general = key_words[i].words;
    }
    if (!general)
        general = desk_command_help(line);
    return general || !command ? general : command->summary;
}
