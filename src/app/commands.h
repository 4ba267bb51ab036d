/* The commands' functions, by the file that holds them; the table is commands.c. */
#ifndef CARREL_APP_COMMANDS_H
#define CARREL_APP_COMMANDS_H

#include "carrel/app.h"

int cmd_search(struct command_call *call, struct error *err);
int cmd_show(struct command_call *call, struct error *err);
int cmd_lint(struct command_call *call, struct error *err);
int cmd_changes(struct command_call *call, struct error *err);
int cmd_cite(struct command_call *call, struct error *err);
int cmd_stats(struct command_call *call, struct error *err);
int cmd_repositories(struct command_call *call, struct error *err);
int cmd_serve(struct command_call *call, struct error *err);
int cmd_health(struct command_call *call, struct error *err);
int cmd_audit(struct command_call *call, struct error *err);
int cmd_peer(struct command_call *call, struct error *err);
int cmd_webhook(struct command_call *call, struct error *err);
int cmd_token(struct command_call *call, struct error *err);
int cmd_repo(struct command_call *call, struct error *err);
int cmd_trends(struct command_call *call, struct error *err);
int cmd_topics(struct command_call *call, struct error *err);
int cmd_tables(struct command_call *call, struct error *err);
int cmd_add(struct command_call *call, struct error *err);
int cmd_sync(struct command_call *call, struct error *err);
int cmd_import(struct command_call *call, struct error *err);
int cmd_export(struct command_call *call, struct error *err);
int cmd_rm(struct command_call *call, struct error *err);
/* That so many records are of papers that were removed, and what brings them back; nothing of 0. */
void say_binned(struct str *out, int64_t count);
/* "added:FROM..TO", to the millisecond: what came into the library then, appended. */
void query_of_added(struct str *out, int64_t from, int64_t to);
/* What became of the records of an import, as members of the object that is open. */
struct import_counts;
struct jsonw;
void report_counts(struct jsonw *w, const struct import_counts *counts);
int cmd_bin(struct command_call *call, struct error *err);
int cmd_mark(struct command_call *call, struct error *err);
int cmd_tag(struct command_call *call, struct error *err);
int cmd_untag(struct command_call *call, struct error *err);
int cmd_edit(struct command_call *call, struct error *err);
int cmd_review(struct command_call *call, struct error *err);
int cmd_queue(struct command_call *call, struct error *err);
int cmd_priority(struct command_call *call, struct error *err);
int cmd_collect(struct command_call *call, struct error *err);
int cmd_uncollect(struct command_call *call, struct error *err);
int cmd_collection(struct command_call *call, struct error *err);
int cmd_tags(struct command_call *call, struct error *err);
int cmd_jot(struct command_call *call, struct error *err);
int cmd_note(struct command_call *call, struct error *err);
int cmd_undo(struct command_call *call, struct error *err);
int cmd_redo(struct command_call *call, struct error *err);
int cmd_merge(struct command_call *call, struct error *err);
int cmd_split(struct command_call *call, struct error *err);
int cmd_alert(struct command_call *call, struct error *err);
int cmd_digest(struct command_call *call, struct error *err);
int cmd_demo(struct command_call *call, struct error *err);
int cmd_query(struct command_call *call, struct error *err);
int cmd_doctor(struct command_call *call, struct error *err);
int cmd_train(struct command_call *call, struct error *err);
int cmd_backup(struct command_call *call, struct error *err);
int cmd_restore(struct command_call *call, struct error *err);
int cmd_dump(struct command_call *call, struct error *err);
int cmd_config(struct command_call *call, struct error *err);
int cmd_paths(struct command_call *call, struct error *err);
int cmd_completion(struct command_call *call, struct error *err);
int cmd_related(struct command_call *call, struct error *err);
int cmd_duplicates(struct command_call *call, struct error *err);
int cmd_recommend(struct command_call *call, struct error *err);
int cmd_eval(struct command_call *call, struct error *err);
int cmd_jobs(struct command_call *call, struct error *err);
int cmd_worker(struct command_call *call, struct error *err);
int cmd_process(struct command_call *call, struct error *err);
int cmd_highlights(struct command_call *call, struct error *err);
int cmd_read(struct command_call *call, struct error *err);
int cmd_help(struct command_call *call, struct error *err);

/* Whether the word behind this option is its value (app.c). */
bool option_wants(const struct command_option *option, const char *word);
/* A page on the terminal, as pixels (read_picture.c). */
int read_picture(struct command_call *call, const char *what, struct error *err);

/* Puts work into the queue instead of doing it, and answers with the job (cmd_jobs.c). */
struct job_request;
int job_hand_over(struct command_call *call, const struct job_request *request, struct error *err);

/* help.c: global options in their order, NULL behind the last; "(time, default 30s)" */
const char *help_global(size_t i, const char **help);
void help_setting_type(struct str *out, const struct config_option *option);
#define PARAGRAPH_GOES_ON 60 /* of a help text: a line as long as this is no paragraph's last */
/* help_flow.c: columns of the terminal, 88 at most and where there is none. */
int help_width(void);
/* "  LEFT   words", the words from `column` on. */
void help_row(struct str *out, const char *left, size_t column, const char *text, int width);

#endif
