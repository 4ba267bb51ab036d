/*
 * The command table: what carrel can do, for the command line, the prompt, help, completion and the
 * man page.
 */
#include "commands.h"
#include "manual.h"

#include <string.h>

static const struct command commands[] = {
    { "search", "[--] QUERY", CMD_CLI, "find papers", search_help, search_options, cmd_search },
    { "show", "ID", CMD_CLI | CMD_DESK | CMD_SELECTION, "one paper, whole", NULL, show_options,
      cmd_show },
    { "changes", "[ID|-...]", CMD_CLI,
      "what differs between the version of a paper that you read and the newest", changes_help,
      changes_options, cmd_changes },
    { "cite", "[FILE.bib] ID|-...", CMD_CLI,
      "citation keys of papers, references to them, or entries for a .bib file", cite_help,
      cite_options, cmd_cite },
    { "lint", "[QUERY]", CMD_CLI | CMD_DESK | CMD_WRITES,
      "what looks wrong with papers, and mend it", lint_help, lint_options, cmd_lint },
    { "sync", "", CMD_CLI | CMD_DESK | CMD_NO_STORE, "fetch what is new from the sources",
      sync_help, sync_options, cmd_sync },
    { "add", "ID|URL|FILE...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_CREATES,
      "fetch papers by arXiv number, DOI or URL; take documents from files; clone repositories",
      add_help, add_options, cmd_add },
    { "import", "FILE|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_CREATES,
      "read papers from files; .gz as it is", import_help, import_options, cmd_import },
    { "export", "[ID|-...]", CMD_CLI | CMD_DESK | CMD_MARKED,
      "write a website, its JSON, JSONL, an Atom feed or a bibliography", export_help,
      export_options, cmd_export },
    { "mark", "STATE ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "mark papers read, unread, later, skip, star", mark_help, NULL, cmd_mark },
    { "tag", "TAG ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION, "put a tag on papers",
      NULL, NULL, cmd_tag },
    { "untag", "TAG ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "take a tag off papers", NULL, NULL, cmd_untag },
    { "tags", "list | rename TAG WORD | rm TAG", CMD_CLI | CMD_DESK | CMD_WRITES,
      "the tree of tags; a branch called otherwise, or taken off", tags_help, json_only, cmd_tags },
    { "collect", "COLLECTION ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "put papers into a collection, at its end", collection_help, NULL, cmd_collect },
    { "uncollect", "COLLECTION ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "take papers out of a collection", NULL, NULL, cmd_uncollect },
    { "collection",
      "list | show COLLECTION | move COLLECTION ID PLACE | rename COLLECTION WORD | rm COLLECTION",
      CMD_CLI | CMD_DESK | CMD_WRITES, "collections: papers in an order that you give them",
      collection_help, shelf_options, cmd_collection },
    { "review", "", CMD_CLI, "reviews that were held: what became of how many papers, and how fast",
      review_help, shelf_options, cmd_review },
    { "queue", "", CMD_CLI, "what is put off, in its order, and how far it was read", queue_help,
      shelf_options, cmd_queue },
    { "priority", "N ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "put papers off with a priority: 9 comes first, +1 and -1 move", queue_help, NULL,
      cmd_priority },
    { "edit", "ID [FIELD=VALUE...|-]", CMD_CLI | CMD_WRITES,
      "say what a paper's title, authors, date, venue, DOI or arXiv number is", edit_help, NULL,
      cmd_edit },
    { "note", "ID [TEXT|-]", CMD_CLI | CMD_WRITES, "write a note about a paper", note_help, NULL,
      cmd_note },
    { "jot", "TEXT ID|-...", CMD_CLI | CMD_WRITES | CMD_SELECTION,
      "put a line more into the notes of papers", NULL, NULL, cmd_jot },
    { "rm", "ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "take papers out of the library, into the bin", rm_help, rm_options, cmd_rm },
    { "bin", "[list | restore ID|-...|--all | empty]", CMD_CLI | CMD_DESK | CMD_WRITES,
      "papers that were removed: look at them, bring them back", bin_help, bin_options, cmd_bin },
    { "undo", "[STEPS | import]", CMD_CLI | CMD_DESK | CMD_WRITES,
      "take back the last mark, tag, note, edit, removal, highlight, saved query, merge or "
      "dismissed alert",
      undo_help, undo_options, cmd_undo },
    { "redo", "[STEPS]", CMD_CLI | CMD_DESK | CMD_WRITES, "do again what undo has taken back",
      undo_help, NULL, cmd_redo },
    { "merge", "ID ID", CMD_CLI | CMD_DESK | CMD_WRITES, "say that two papers are one work", NULL,
      NULL, cmd_merge },
    { "split", "ID [ID]", CMD_CLI | CMD_DESK | CMD_WRITES,
      "take the last merge of a work apart, or keep two apart", NULL, NULL, cmd_split },
    { "query", "add NAME QUERY | rename NAME WORD | move NAME PLACE | rm NAME | list",
      CMD_CLI | CMD_DESK | CMD_WRITES, "saved queries, your feeds", query_help, query_options,
      cmd_query },
    { "alert",
      "add WORD | rm NAME | list | log [NAME] | test NAME | retry [NAME] | dismiss NUMBER|NAME|all",
      CMD_CLI | CMD_DESK | CMD_WRITES, "be told of new, replaced, withdrawn and rising papers",
      alert_help, alert_options, cmd_alert },
    { "digest", "", CMD_CLI | CMD_DESK | CMD_WRITES, "what a day or a week has brought",
      digest_help, digest_options, cmd_digest },
    { "tables", "[TASK [DATASET]]", CMD_CLI,
      "results on data sets, task by task; methods and data sets", tables_help, tables_options,
      cmd_tables },
    { "repositories", "", CMD_CLI | CMD_DESK, "the code that papers of the library link to",
      repositories_help, repositories_options, cmd_repositories },
    { "serve", "", CMD_CLI | CMD_NO_STORE, "the library over HTTP", serve_help, serve_options,
      cmd_serve },
    { "health", "[URL]", CMD_CLI | CMD_NO_STORE, "whether a service is alive and ready",
      health_help, health_options, cmd_health },
    { "token", "new | list | revoke ID", CMD_CLI | CMD_WRITES | CMD_CREATES,
      "access tokens for the service", token_help, token_options, cmd_token },
    { "audit", "", CMD_CLI, "what was written through the service, by which token", audit_help,
      audit_options, cmd_audit },
    { "webhook", "list | show ID | redeliver ID... | test NAME", CMD_CLI | CMD_WRITES,
      "who is told of harvests and documents, and what could not be told", webhook_help,
      webhook_options, cmd_webhook },
    { "peer", "list | add WORD URL|FOLDER | rm PEER", CMD_CLI | CMD_NO_STORE,
      "other machines that this library is kept the same with", peer_help, peer_options, cmd_peer },
    { "repo", "ID [log|tree|file|diff|blame|refs|readme|activity|fetch|remove [PATH]]",
      CMD_CLI | CMD_DESK | CMD_WRITES, "look into a cloned repository", repo_help, repo_options,
      cmd_repo },
    { "trends", "", CMD_CLI | CMD_DESK, "what rises: upvotes, comments, stars over time",
      trends_help, trends_options, cmd_trends },
    { "topics", "", CMD_CLI | CMD_DESK, "words and phrases that burst now, with their papers",
      topics_help, topics_options, cmd_topics },
    { "stats", "", CMD_CLI | CMD_DESK, "what is in the library and how it is used", stats_help,
      stats_options, cmd_stats },
    { "doctor", "", CMD_CLI | CMD_DESK | CMD_WRITES, "check the library; --fix mends", NULL,
      doctor_options, cmd_doctor },
    { "train", "", CMD_CLI | CMD_NO_STORE, "adapt the embedding model to your papers, or make one",
      train_help, train_options, cmd_train },
    { "jobs", "[list | show ID | retry ID... | cancel ID... | add KIND [JSON]]",
      CMD_CLI | CMD_DESK | CMD_WRITES, "the queue of background work", jobs_help, jobs_options,
      cmd_jobs },
    { "worker", "", CMD_CLI | CMD_WRITES, "work the queue of jobs", worker_help, worker_options,
      cmd_worker },
    { "backup", "FILE", CMD_CLI | CMD_DESK, "copy the library into one file, while it is in use",
      backup_help, backup_options, cmd_backup },
    { "restore", "FILE", CMD_CLI | CMD_WRITES | CMD_NO_STORE, "bring a backup back", NULL,
      restore_options, cmd_restore },
    { "related", "ID|-...", CMD_CLI | CMD_DESK | CMD_SELECTION, "papers like these", related_help,
      related_options, cmd_related },
    { "recommend", "", CMD_CLI | CMD_DESK, "what you may want to read next", recommend_help,
      recommend_options, cmd_recommend },
    { "duplicates", "", CMD_CLI, "papers that may be one and the same", duplicates_help,
      duplicates_options, cmd_duplicates },
    { "process", "ID|URL|FILE|FOLDER...",
      CMD_CLI | CMD_DESK | CMD_WRITES | CMD_CREATES | CMD_SELECTION,
      "read documents into the library", process_help, process_options, cmd_process },
    { "read", "ID|FILE", CMD_CLI | CMD_DESK | CMD_NO_STORE, "the text of a document", read_help,
      read_options, cmd_read },
    { "highlights", "[ID] | note HIGHLIGHT TEXT | rm HIGHLIGHT", CMD_CLI | CMD_DESK | CMD_WRITES,
      "what you have highlighted in documents, with notes", highlights_help, highlights_options,
      cmd_highlights },
    { "eval", "", CMD_CLI | CMD_NO_STORE, "measure search on test collections", eval_help,
      eval_options, cmd_eval },
    { "demo", "[COMMAND WORD...]", CMD_CLI | CMD_NO_STORE, "a filled library to try carrel on",
      demo_help, demo_options, cmd_demo },
    { "dump", "VIEW [ID|QUERY]", CMD_CLI | CMD_NO_STORE,
      "any view of the desk without a terminal: text, JSON, ANSI or SVG", dump_help, dump_options,
      cmd_dump },
    { "config", "[KEY]", CMD_CLI | CMD_DESK | CMD_NO_STORE, "show settings", config_help,
      config_options, cmd_config },
    { "paths", "", CMD_CLI | CMD_DESK | CMD_NO_STORE, "where things are", NULL, json_only,
      cmd_paths },
    { "completion", "bash|zsh|fish | words [--] WORD...", CMD_CLI | CMD_NO_STORE,
      "completion for your shell", completion_help, NULL, cmd_completion },
    { "help", "[COMMAND|carrel|config|query|api]", CMD_CLI | CMD_NO_STORE,
      "this, or more about one command", NULL, help_options, cmd_help },
};

const struct command *command_at(size_t i)
{
    return i < ARRAY_LEN(commands) ? &commands[i] : NULL;
}

const struct command *command_find(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

const char *command_instead(const char *name)
{
    static const char *const words[] = { "delete", "remove", "del" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i], name) == 0)
            return "rm takes papers out of the library, into the bin, from which undo and bin "
                   "restore bring them back; mark skip puts one aside (-is:skip leaves them out)";
    return NULL;
}

int command_unknown(const char *name, struct error *err)
{
    struct nearest nearest = { .typed = name };
    size_t i;

    if (command_instead(name))
        return error_set(err, ERR_USAGE, "no command '%s': %s", name, command_instead(name));
    for (i = 0; i < ARRAY_LEN(commands); i++)
        nearest_offer(&nearest, commands[i].name);
    return error_set(err, ERR_USAGE, "no command '%s'%s%s%s; see: carrel help", name,
                     nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
                     nearest.best ? "'?" : "");
}
