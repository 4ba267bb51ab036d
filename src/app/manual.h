/* Options and help of the commands, for the table of commands.c; an array of options ends with a
 * NULL name. */
#ifndef CARREL_APP_MANUAL_H
#define CARREL_APP_MANUAL_H

#include "carrel/app.h"

/* manual_find.c */
extern const struct command_option search_options[];
extern const struct command_option tables_options[];
extern const struct command_option repositories_options[];
extern const struct command_option trends_options[];
extern const struct command_option topics_options[];
extern const struct command_option stats_options[];
extern const struct command_option digest_options[];
extern const struct command_option related_options[];
extern const struct command_option duplicates_options[];
extern const struct command_option recommend_options[];
extern const struct command_option eval_options[];
extern const struct command_option train_options[];
extern const char search_help[];
extern const char tables_help[];
extern const char repositories_help[];
extern const char trends_help[];
extern const char topics_help[];
extern const char stats_help[];
extern const char digest_help[];
extern const char related_help[];
extern const char duplicates_help[];
extern const char recommend_help[];
extern const char eval_help[];
extern const char train_help[];

/* manual_papers.c */
extern const struct command_option show_options[];
extern const struct command_option changes_options[];
extern const struct command_option cite_options[];
extern const struct command_option lint_options[];
extern const struct command_option import_options[];
extern const struct command_option export_options[];
extern const struct command_option shelf_options[];
extern const struct command_option highlights_options[];
extern const struct command_option rm_options[];
extern const struct command_option bin_options[];
extern const struct command_option undo_options[];
extern const struct command_option query_options[];
extern const char changes_help[];
extern const char cite_help[];
extern const char lint_help[];
extern const char import_help[];
extern const char export_help[];
extern const char mark_help[];
extern const char tags_help[];
extern const char collection_help[];
extern const char review_help[];
extern const char queue_help[];
extern const char edit_help[];
extern const char note_help[];
extern const char highlights_help[];
extern const char rm_help[];
extern const char bin_help[];
extern const char undo_help[];
extern const char query_help[];

/* manual_harvest.c */
extern const struct command_option sync_options[];
extern const struct command_option add_options[];
extern const struct command_option process_options[];
extern const struct command_option read_options[];
extern const struct command_option repo_options[];
extern const struct command_option alert_options[];
extern const struct command_option jobs_options[];
extern const struct command_option worker_options[];
extern const char sync_help[];
extern const char add_help[];
extern const char process_help[];
extern const char read_help[];
extern const char repo_help[];
extern const char alert_help[];
extern const char jobs_help[];
extern const char worker_help[];

/* manual_machine.c */
extern const struct command_option serve_options[];
extern const struct command_option health_options[];
extern const struct command_option token_options[];
extern const struct command_option audit_options[];
extern const struct command_option webhook_options[];
extern const struct command_option peer_options[];
extern const struct command_option doctor_options[];
extern const struct command_option backup_options[];
extern const struct command_option restore_options[];
extern const struct command_option demo_options[];
extern const struct command_option dump_options[];
extern const struct command_option config_options[];
extern const struct command_option help_options[];
extern const struct command_option json_only[];
extern const char serve_help[];
extern const char health_help[];
extern const char token_help[];
extern const char audit_help[];
extern const char webhook_help[];
extern const char peer_help[];
extern const char backup_help[];
extern const char demo_help[];
extern const char dump_help[];
extern const char config_help[];
extern const char completion_help[];

#endif
