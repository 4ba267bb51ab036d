/*
 * Commands about carrel itself: doctor, backup, restore, dump, config, paths, completion.
 */
#include "commands.h"
#include "doctor.h"

#include "carrel/clock.h"
#include "carrel/complete.h"
#include "carrel/file.h"
#include "carrel/jobs.h"
#include "carrel/jsonw.h"
#include "carrel/kinds.h"
#include "carrel/library.h"
#include "carrel/peers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct doctor_talk {
    struct command_call *call;
    struct jsonw *w;
};

static void doctor_line(void *ctx, bool ok, const char *what)
{
    struct doctor_talk *talk = ctx;

    if (talk->w) {
        jsonw_object(talk->w);
        jsonw_key_bool(talk->w, "ok", ok);
        jsonw_key_string(talk->w, "what", what);
        jsonw_end(talk->w);
    } else {
        str_printf(&talk->call->out, "%s  %s\n", ok ? "ok " : "BAD", what);
    }
}

int cmd_doctor(struct command_call *call, struct error *err)
{
    struct doctor_talk talk = { .call = call };
    bool json = call_has(call, "--json");
    struct job_request job = { .kind = "doctor",
                               .payload = call_has(call, "--fix") ? "{\"fix\":true}" : NULL,
                               .key = call_has(call, "--fix") ? "doctor-fix" : "doctor" };
    struct jsonw w;
    long problems = 0;
    int result;

    if (call->desk || call_has(call, "--background"))
        return job_hand_over(call, &job, err);
    if (json) {
        jsonw_start(&w, &call->out);
        jsonw_object(&w);
        jsonw_key_int(&w, "version", 1);
        jsonw_key(&w, "checks");
        jsonw_array(&w);
        talk.w = &w;
    }
    result = app_doctor(call->app, call->store,
                        &(struct doctor_options){ .fix = call_has(call, "--fix"),
                                                  .cancel = call->cancel,
                                                  .line = doctor_line,
                                                  .ctx = &talk },
                        &problems, err);
    if (json) {
        jsonw_end(&w);
        jsonw_key_int(&w, "problems", problems);
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
    }
    if (result == ERR_OK && problems > 0)
        return error_set(err, ERR_CORRUPT, "%ld problem%s%s", problems, problems == 1 ? "" : "s",
                         call_has(call, "--fix")
                             ? " left; restore a backup, or import again"
                             : "; 'carrel doctor --fix' mends what can be mended");
    return result;
}

struct backup_talk {
    const char *what;
    int64_t shown;
    bool terminal, any;
};

static void backup_progress(void *ctx, const char *what, int64_t done, int64_t total)
{
    struct backup_talk *talk = ctx;
    int64_t now = clock_ticks_ms();

    if (!talk->terminal || now - talk->shown < 200)
        return;
    talk->shown = now;
    talk->any = true;
    fprintf(stderr, "\r\033[K%s: %s, %" PRId64 " of %" PRId64 " MiB", talk->what, what, done >> 20,
            total >> 20);
}

static struct backup_options backup_begin(struct command_call *call, struct backup_talk *talk,
                                          const char *what)
{
    *talk = (struct backup_talk){ .what = what,
                                  .terminal =
                                      isatty(STDERR_FILENO) && !call->app->quiet && !call->desk };
    return (struct backup_options){ .all_files = call_has(call, "--with-files"),
                                    .force = call_has(call, "--force"),
                                    .cancel = call->cancel,
                                    .progress = backup_progress,
                                    .ctx = talk };
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

int cmd_backup(struct command_call *call, struct error *err)
{
    struct backup_counts counts;
    struct backup_talk talk;
    struct backup_options options = backup_begin(call, &talk, "backup");
    const char *file = call_path(call, call->argc == 1 ? call->argv[0] : NULL);
    bool there;
    int result;

    if (!file)
        return error_set(err, ERR_USAGE, "backup takes one file: carrel backup FILE");
    if (folder_exists(file))
        return error_set(err, ERR_USAGE, "%s is a folder; name a file", file);
    there = file_size(file) >= 0;
    result = library_backup(call->store, file, &options, &counts, err);
    if (talk.any)
        fputs("\r\033[K", stderr);
    if (result != ERR_OK)
        return result;
    str_printf(&call->say, "%s: %lld bytes, verified%s\n", file, (long long)file_size(file),
               there ? "; replaced the file there" : "");
    if (counts.files > 0)
        str_printf(&call->say, "with the file%s of %" PRId64 " document%s (%" PRId64 " bytes)\n",
                   plural(counts.files), counts.files, plural(counts.files), counts.bytes);
    if (counts.left > 0)
        str_printf(&call->say,
                   "without %" PRId64 " that can be fetched again (--with-files takes them too)\n",
                   counts.left);
    return counts.missing == 0
               ? ERR_OK
               : error_set(err, ERR_PARTIAL,
                           "the file%s of %" PRId64 " document%s %s gone or damaged and not in the "
                           "backup; 'carrel doctor' names what is gone",
                           plural(counts.missing), counts.missing, plural(counts.missing),
                           counts.missing == 1 ? "is" : "are");
}

/* "5 papers, last changed 2026-03-01T12:00:00Z"; a file of nothing has its own time. */
static void restore_say_age(struct command_call *call, const struct library_age *age)
{
    char at[32];

    time_format(at, age->changed > 0 ? age->changed : age->written);
    if (age->papers < 0)
        str_add(&call->say, "what was no sound library");
    else
        str_printf(&call->say, "%" PRId64 " paper%s, %s %s", age->papers, plural(age->papers),
                   age->changed > 0 ? "last changed" : "written", at);
}

static void restore_say(struct command_call *call, const char *file,
                        const struct restored *restored)
{
    int64_t files = restored->counts.files;
    char at[32];

    time_format(at, restored->backup.written);
    str_printf(&call->say, "restored into %s: ", call->app->library);
    restore_say_age(call, &restored->backup);
    if (files > 0)
        str_printf(&call->say, ", with the file%s of %" PRId64 " document%s", plural(files), files,
                   plural(files));
    str_printf(&call->say, " (%s is of %s)\n", file, at);
    if (!restored->kept)
        return;
    str_add(&call->say, "in the place of ");
    restore_say_age(call, &restored->before);
    str_printf(&call->say, "; kept as %s/library.db.before-restore\n", call->app->library);
}

int cmd_restore(struct command_call *call, struct error *err)
{
    struct restored restored;
    struct backup_talk talk;
    struct backup_options options = backup_begin(call, &talk, "restore");
    int result;

    if (call->argc != 1)
        return error_set(err, ERR_USAGE, "restore takes one file: carrel restore FILE");
    result = library_restore(call->argv[0], call->app->library, call_has(call, "--force"), &options,
                             &restored, err);
    if (talk.any)
        fputs("\r\033[K", stderr);
    if (result == ERR_OK)
        restore_say(call, call->argv[0], &restored);
    return result;
}

int cmd_dump(struct command_call *call, struct error *err)
{
    if (!call->app->faces)
        return error_set(err, ERR_FAILED, "there is no desk here to draw");
    return call->app->faces->dump(call, err);
}

/* ---- config and paths ---- */

struct config_talk {
    struct command_call *call;
    struct jsonw *w;
};

static void config_line(void *ctx, const char *key, const char *value, const char *from)
{
    struct config_talk *talk = ctx;

    if (talk->w) {
        jsonw_object(talk->w);
        jsonw_key_string(talk->w, "key", key);
        jsonw_key_string(talk->w, "value", value);
        jsonw_key_string(talk->w, "from", from);
        jsonw_end(talk->w);
    } else {
        str_printf(&talk->call->out, "%s = %s\t(%s)\n", key, value, from);
    }
}

int cmd_config(struct command_call *call, struct error *err)
{
    struct config_talk talk = { .call = call };
    struct jsonw w;
    const char *value;

    if (call_has(call, "--check") && call->argc == 0 && call->app->faces)
        return call->app->faces->check(call, err);
    if (call->argc > 1 || call_has(call, "--check"))
        return error_set(
            err, ERR_USAGE,
            "config takes at most one key, or --check alone; settings are changed in %s",
            call->app->config_file);
    if (call->argc == 1) {
        value = config_text(call->app->config, call->argv[0]);
        if (!value)
            return error_set(err, ERR_NOTFOUND, "%s is not set (see 'carrel help config')",
                             call->argv[0]);
        str_printf(&call->out, "%s\n", value);
        return ERR_OK;
    }
    if (call_has(call, "--json")) {
        jsonw_start(&w, &call->out);
        jsonw_array(&w);
        talk.w = &w;
    }
    config_each(call->app->config, config_line, &talk);
    if (talk.w) {
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
    } else if (call->out.len == 0) {
        str_printf(&call->say, "nothing is set; the file would be %s\n", call->app->config_file);
    }
    return ERR_OK;
}

/* Of a library that is there and can be read. */
static void own_machine(char out[MACHINE_SHORT], const struct app *app)
{
    const struct store_options options = { .read_only = true };
    struct store *store = NULL;

    if (store_open(&store, app->library, &options, NULL) != ERR_OK)
        store = NULL;
    peers_own_machine(out, store);
    store_close(store);
}

int cmd_paths(struct command_call *call, struct error *err)
{
    char *database = path_join(call->app->library, "library.db");
    char *cache = path_join(call->app->library, "cache"), machine[MACHINE_SHORT];
    const struct {
        const char *name, *value;
    } paths[] = { { "library", database },
                  { "cache", cache },
                  { "config", call->app->config_file },
                  { "machine", machine } };
    struct jsonw w;
    size_t i;

    (void)err;
    own_machine(machine, call->app);
    jsonw_start(&w, &call->out);
    if (call_has(call, "--json"))
        jsonw_object(&w);
    for (i = 0; i < ARRAY_LEN(paths); i++) {
        if (call_has(call, "--json"))
            jsonw_key_string(&w, paths[i].name, *paths[i].value ? paths[i].value : NULL);
        else if (*paths[i].value)
            str_printf(&call->out, "%-8s %s\n", paths[i].name, paths[i].value);
    }
    if (call_has(call, "--json")) {
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
    }
    free(cache);
    free(database);
    return ERR_OK;
}

/* ---- completion ---- */

static void completion_line(void *ctx, const char *text)
{
    str_printf(ctx, "%s\n", text);
}

/* What stands in front of the command: global options, of which one may be being typed. */
struct typed {
    int count; /* of the command's words */
    char **words;
    const char *global; /* the option whose value the last word is; NULL: none */
    bool desk;          /* the words are a desk's command */
};

static bool takes_value(const char *word)
{
    static const char *const options[] = { "-L", "--library", "-c", "--config", "--color" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(options); i++)
        if (strcmp(options[i], word) == 0)
            return true;
    return false;
}

/* The library that one of them names is the one to look into. */
static void completion_strip(struct typed *out, struct app *app, int count, char **words)
{
    int i = 0;

    *out = (struct typed){ .words = words };
    while (i < count - 1 && words[i][0] == '-' && !out->desk) {
        bool value = takes_value(words[i]);

        if (value && (words[i][1] == 'L' || str_starts(words[i], "--l")) && i + 1 < count - 1)
            app->library = words[i + 1];
        out->global = value && i + 1 == count - 1 ? words[i] : NULL;
        out->desk = strcmp(words[i], "--remote") == 0;
        i += value ? 2 : 1;
    }
    out->words = words + i;
    out->count = count - i;
}

/* What the shells' scripts ask: candidates for the last word, one a line; //files: files, too.
 * Says nothing else, whatever is wrong: somebody is typing. */
static int completion_answer(struct command_call *call)
{
    struct app app = *call->app;
    struct complete complete = { .app = &app, .each = completion_line, .ctx = &call->out };
    struct typed typed;
    struct error err;
    bool files;

    completion_strip(&typed, &app, call->argc - 1, call->argv + 1);
    complete.desk = typed.desk;
    if (app_open_store(&complete.store, &app, false, &err) != ERR_OK)
        complete.store = NULL;
    files = typed.global ? complete_global(&complete, typed.global, call->argv[call->argc - 1])
                         : complete_words(&complete, typed.count, typed.words);
    if (files)
        str_add(&call->out, "//files\n");
    store_close(complete.store);
    return ERR_OK;
}

/* bash cuts words at a colon; what stands before the last one is taken off the answer again. */
static const char completion_bash[] =
    "_carrel() {\n"
    "  local line=${COMP_LINE:0:COMP_POINT} words word current prefix= files=\n"
    "  read -ra words <<< \"$line\"\n"
    "  case $line in *' ') words+=('') ;; esac\n"
    "  current=${words[${#words[@]}-1]}\n"
    "  case $COMP_WORDBREAKS in *:*) prefix=${current%\"${current##*[:=]}\"} ;; esac\n"
    "  COMPREPLY=()\n"
    "  while IFS= read -r word; do\n"
    "    if [ \"$word\" = //files ]; then files=1; else COMPREPLY+=(\"${word#\"$prefix\"}\"); fi\n"
    "  done < <(carrel completion words -- \"${words[@]:1}\" 2>/dev/null)\n"
    "  case ${#COMPREPLY[@]}${COMPREPLY[0]} in 1*[:=]) compopt -o nospace ;; esac\n"
    "  [ -z \"$files\" ] || { compopt -o filenames; COMPREPLY+=($(compgen -f -- \"$current\")); }\n"
    "}\n"
    "complete -F _carrel carrel\n";

static const char completion_zsh[] =
    "#compdef carrel\n"
    "_carrel() {\n"
    "  local -a found\n"
    "  found=(${(f)\"$(carrel completion words -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
    "  if (( ${found[(I)//files]} )); then\n"
    "    found=(${found:#//files})\n"
    "    _files\n"
    "  fi\n"
    "  (( $#found )) || return\n"
    "  compadd -S '' -- ${(M)found:#*[:=]}\n"
    "  compadd -- ${found:#*[:=]}\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _carrel ]; then _carrel \"$@\"; else compdef _carrel carrel; fi\n";

static const char completion_fish[] =
    "function __carrel_complete\n"
    "  set -l words (commandline -opc) (commandline -ct)\n"
    "  for word in (carrel completion words -- $words[2..-1] 2>/dev/null)\n"
    "    if test $word = //files\n"
    "      __fish_complete_path (commandline -ct)\n"
    "    else\n"
    "      echo $word\n"
    "    end\n"
    "  end\n"
    "end\n"
    "complete -c carrel -f -a '(__carrel_complete)'\n";

int cmd_completion(struct command_call *call, struct error *err)
{
    const char *shell = call->argc > 0 ? call->argv[0] : "";

    if (call->argc > 1 && strcmp(shell, "words") == 0)
        return completion_answer(call);
    if (call->argc == 1 && strcmp(shell, "fish") == 0)
        str_add(&call->out, completion_fish);
    else if (call->argc == 1 && strcmp(shell, "bash") == 0)
        str_add(&call->out, completion_bash);
    else if (call->argc == 1 && strcmp(shell, "zsh") == 0)
        str_add(&call->out, completion_zsh);
    else
        return error_set(err, ERR_USAGE, "completion for which shell? bash, zsh or fish");
    return ERR_OK;
}
