/*
 * Training as a command: texts in, a model out, with what it is worth.
 */
#include "commands.h"
#include "own_file.h"

#include "carrel/clock.h"
#include "carrel/embed.h"
#include "carrel/file.h"
#include "carrel/jsonw.h"
#include "carrel/kinds.h"
#include "carrel/library.h"
#include "carrel/sources.h"
#include "carrel/train.h"
#include "carrel/vectors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_MS 250
#define BETTER_ERRORS 2 /* standard errors that a new model must be ahead */

struct train_call {
    struct command_call *call;
    struct trainer *trainer;
    int64_t started, shown;
    long seen;
    bool terminal;
};

static void train_line(struct train_call *run, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A line that the next one overwrites. */
static void train_line(struct train_call *run, const char *fmt, ...)
{
    struct str text = STR_INIT;
    int64_t now = clock_ticks_ms();
    va_list ap;

    if (!run->terminal || now - run->shown < PROGRESS_MS)
        return;
    run->shown = now;
    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\r\033[K%s", text.ptr);
    str_free(&text);
}

static void train_line_end(const struct train_call *run)
{
    if (run->terminal)
        fputs("\r\033[K", stderr);
}

static bool train_cancelled(const struct train_call *run)
{
    return run->call->cancel && atomic_load(run->call->cancel);
}

static int train_record(void *ctx, const struct record *record)
{
    struct train_call *run = ctx;

    run->seen++;
    trainer_add(run->trainer, record->title, record->abstract);
    return train_cancelled(run) ? ERR_CANCELLED : 0;
}

static void train_reject(void *ctx, long line, const char *why)
{
    struct train_call *run = ctx;

    train_line_end(run);
    fprintf(stderr, "line %ld: %s\n", line, why);
}

static int train_reading(void *ctx, int64_t done, int64_t size)
{
    struct train_call *run = ctx;

    if (size > 0)
        train_line(run, "reading: %ld papers, %d%%", run->seen, (int)(done * 100 / size));
    else
        train_line(run, "reading: %ld papers", run->seen);
    return train_cancelled(run);
}

static int train_read(struct train_call *run, struct error *err)
{
    struct parse_sink sink = { .ctx = run, .record = train_record, .reject = train_reject };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < run->call->option_count && result == ERR_OK; i++) {
        if (strcmp(run->call->options[i].name, "--input") != 0)
            continue;
        result =
            parse_file(run->call->options[i].value, PARSE_AUTO, &sink, train_reading, NULL, err);
    }
    train_line_end(run);
    return result;
}

static void train_progress(void *ctx, const struct train_progress *progress)
{
    struct train_call *run = ctx;
    double seconds = (double)(clock_ticks_ms() - run->started) / 1000;

    train_line(run, "epoch %d of %d, step %ld of %ld, loss %.3f, %.0f s left", progress->epoch,
               progress->epochs, progress->step, progress->steps, progress->loss,
               seconds * (double)(progress->steps - progress->step) / (double)progress->step);
}

static int train_options(struct command_call *call, struct train_options *options,
                         struct error *err)
{
    long dim = 0, epochs = 0, seed = 0;
    int result = call_number(call, "--dim", 64, EMBED_DIM_MAX, &dim, err);

    if (result == ERR_OK && dim % 64 != 0)
        return error_set(err, ERR_USAGE, "--dim takes a multiple of 64");
    if (result == ERR_OK)
        result = call_number(call, "--epochs", 1, 1000, &epochs, err);
    if (result == ERR_OK)
        result = call_number(call, "--seed", 1, INT32_MAX, &seed, err);
    options->dim = (int)dim;
    options->epochs = (int)epochs;
    options->seed = (uint64_t)seed;
    return result;
}

static void report_model(struct jsonw *w, const struct embed_info *info, size_t bytes,
                         double seconds)
{
    jsonw_key_string(w, "model", info->name);
    jsonw_key_int(w, "dim", info->dim);
    jsonw_key_int(w, "words", info->words);
    jsonw_key_int(w, "buckets", info->buckets);
    jsonw_key_int(w, "bytes", (int64_t)bytes);
    jsonw_key_int(w, "papers", info->docs);
    jsonw_key_int(w, "tokens", info->tokens);
    jsonw_key_int(w, "epochs", info->epochs);
    jsonw_key_double(w, "seconds", seconds);
    jsonw_key_double(w, "title_hit", info->title_hit);
    jsonw_key_double(w, "sentence_hit", info->sentence_hit);
}

static void report_text(struct str *out, const struct embed_info *info, size_t bytes,
                        double seconds)
{
    str_printf(out,
               "%s: %d dimensions, %" PRIu32 " words, %" PRIu32 " buckets, %zu bytes\n"
               "trained on %" PRId64 " papers (%" PRId64 " words) in %.0f s, %d epochs\n"
               "papers kept out that are found first: by their title %.1f%%, by a sentence "
               "%.1f%%\n",
               info->name, info->dim, info->words, info->buckets, bytes, info->docs, info->tokens,
               seconds, info->epochs, info->title_hit * 100, info->sentence_hit * 100);
}

/* Trains on what was added; the bytes and the model that borrows them are the caller's. */
static int train_run(struct train_call *run, struct str *bytes, struct embed_model **model,
                     struct error *err)
{
    int result;

    run->started = clock_ticks_ms();
    result = trainer_run(run->trainer, err);
    train_line_end(run);
    if (result == ERR_OK)
        result = trainer_model(run->trainer, bytes, err);
    if (result == ERR_OK)
        result = embed_open_memory(model, bytes->ptr, bytes->len, err);
    return result;
}

static double train_seconds(const struct train_call *run)
{
    return (double)(clock_ticks_ms() - run->started) / 1000;
}

/* Where --output says; its first bytes tell a model, whoever has made it. */
static struct own_file train_output(const struct train_call *run)
{
    return (struct own_file){ .library = run->call->app->library,
                              .path = call_option(run->call, "--output"),
                              .mark = EMBED_MARK,
                              .command = "train",
                              .force = call_has(run->call, "--force") };
}

/* ---- from files ---- */

static int train_from_files(struct train_call *run, const struct train_options *options,
                            struct error *err)
{
    const struct own_file own = train_output(run);
    struct embed_model *model = NULL;
    struct str bytes = STR_INIT;
    struct jsonw w;
    int result;

    if (!own.path)
        return error_set(err, ERR_USAGE, "where to? carrel train --input FILE --output FILE");
    run->trainer = trainer_new(options);
    result = own_file_check(&own, err); /* not only when all is done */
    if (result == ERR_OK)
        result = train_read(run, err);
    if (result == ERR_OK)
        result = train_run(run, &bytes, &model, err);
    if (result == ERR_OK)
        result = own_file_write(&own, bytes.ptr, bytes.len, err);
    if (result == ERR_OK && call_has(run->call, "--json")) {
        jsonw_start(&w, &run->call->out);
        jsonw_object(&w);
        jsonw_key_int(&w, "version", 1);
        report_model(&w, embed_info(model), bytes.len, train_seconds(run));
        jsonw_end(&w);
        str_add_char(&run->call->out, '\n');
    } else if (result == ERR_OK) {
        report_text(&run->call->out, embed_info(model), bytes.len, train_seconds(run));
    }
    embed_close(model);
    str_free(&bytes);
    trainer_free(run->trainer);
    return result;
}

/* ---- from the library ---- */

struct tuning {
    struct train_score before, after;
    double difference, error; /* of 1 / rank, and its standard error */
    bool better, installed;
};

static int tune_read(struct train_call *run, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare_once(
        &stmt, store, "SELECT title, abstract FROM work_text WHERE abstract != '' ORDER BY id",
        err);

    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        run->seen++;
        trainer_add(run->trainer, stmt_text(stmt, 0), stmt_text(stmt, 1));
        train_line(run, "reading: %ld papers", run->seen);
    }
    if (result == ERR_OK)
        stmt_free(stmt);
    train_line_end(run);
    return result != ERR_OK ? result : step;
}

/* Into the library's models/, and its vectors will be made; then it serves. */
static int tune_install(struct store *store, const struct embed_info *info, const struct str *bytes,
                        struct error *err)
{
    struct vectors_model model = { .kind = VECTORS_FILE, .content = info->id, .dim = info->dim };
    char *folder = path_join(store_dir(store), "models"), *name, *path;
    int result = folder_make(folder, err);

    snprintf(model.name, sizeof model.name, "%s", info->name);
    name = mem_printf("%s.bin", model.name);
    path = path_join(folder, name);
    if (result == ERR_OK)
        result = file_write(path, bytes->ptr, bytes->len, err);
    if (result == ERR_OK)
        result = store_begin(store, err);
    if (result == ERR_OK) {
        result = vectors_prepare(store, &model, err);
        if (result == ERR_OK)
            result = store_commit(store, err);
        else
            store_rollback(store);
    }
    free(path);
    free(name);
    free(folder);
    return result;
}

static int tune_embed_progress(void *ctx, int64_t done, int64_t total)
{
    struct train_call *run = ctx;
    double seconds = train_seconds(run);

    train_line(run, "embedding: %" PRId64 " of %" PRId64 " papers, %.0f s left", done, total,
               done > 0 ? seconds * (double)(total - done) / (double)done : 0);
    return train_cancelled(run);
}

/* If this is stopped, a worker goes on with it; if it dies, the next worker sees what is due. */
static int tune_embed(struct train_call *run, struct store *store, struct error *err)
{
    struct library_embedding options = { .progress = tune_embed_progress, .ctx = run };
    int64_t added;
    int result;

    run->started = clock_ticks_ms();
    result = library_embed(store, &options, &added, err);
    train_line_end(run);
    if (result == ERR_CANCELLED && embed_job_due(store, run->call->app, NULL) == ERR_OK && err)
        error_set(err, ERR_CANCELLED,
                  "stopped; the new model is kept, and a worker will finish its vectors");
    return result;
}

static void tune_score(struct jsonw *w, const char *name, const struct train_score *score)
{
    jsonw_key(w, name);
    jsonw_object(w);
    jsonw_key_double(w, "title_hit", score->title_hit);
    jsonw_key_double(w, "sentence_hit", score->sentence_hit);
    jsonw_key_double(w, "mrr", (score->title_mrr + score->sentence_mrr) / 2);
    jsonw_end(w);
}

static void tune_report(struct train_call *run, const struct tuning *tuning,
                        const struct embed_info *info, size_t bytes, double seconds)
{
    struct jsonw w;

    if (call_has(run->call, "--json")) {
        jsonw_start(&w, &run->call->out);
        jsonw_object(&w);
        jsonw_key_int(&w, "version", 1);
        report_model(&w, info, bytes, seconds);
        tune_score(&w, "before", &tuning->before);
        tune_score(&w, "after", &tuning->after);
        jsonw_key_double(&w, "difference", tuning->difference);
        jsonw_key_double(&w, "standard_error", tuning->error);
        jsonw_key_bool(&w, "better", tuning->better);
        jsonw_key_bool(&w, "installed", tuning->installed);
        jsonw_end(&w);
        str_add_char(&run->call->out, '\n');
        return;
    }
    report_text(&run->call->out, info, bytes, seconds);
    str_printf(&run->call->out,
               "before: by their title %.1f%%, by a sentence %.1f%%; mean of 1/rank %+.4f "
               "(standard error %.4f)\n%s\n",
               tuning->before.title_hit * 100, tuning->before.sentence_hit * 100,
               tuning->difference, tuning->error,
               tuning->installed ? "better: the library is served by the new model"
               : tuning->better  ? "better"
                                 : "not better beyond chance: the library keeps the model it had");
}

/* Starts from the shipped model and is held against the one that serves. */
static int tune_train(struct train_call *run, struct store *store, struct tuning *tuning,
                      struct str *bytes, struct embed_model **model, struct error *err)
{
    const struct embed_model *serving;
    int result = vectors_model(&serving, store, err);

    if (result == ERR_OK)
        result = tune_read(run, store, err);
    if (result == ERR_OK)
        result = trainer_evaluate(run->trainer, serving, &tuning->before, err);
    if (result == ERR_OK)
        result = train_run(run, bytes, model, err);
    if (result == ERR_OK)
        result = trainer_evaluate(run->trainer, *model, &tuning->after, err);
    if (result != ERR_OK)
        return result;
    train_score_compare(&tuning->before, &tuning->after, &tuning->difference, &tuning->error);
    tuning->better = tuning->difference > BETTER_ERRORS * tuning->error;
    return ERR_OK;
}

static int tune_keep(struct train_call *run, struct store *store, const struct own_file *own,
                     struct tuning *tuning, const struct embed_info *info, const struct str *bytes,
                     struct error *err)
{
    int result = ERR_OK;

    if (own->path)
        return own_file_write(own, bytes->ptr, bytes->len, err);
    if (tuning->better)
        result = tune_install(store, info, bytes, err);
    if (result == ERR_OK && tuning->better)
        result = tune_embed(run, store, err);
    tuning->installed = tuning->better && result == ERR_OK;
    return result;
}

static int train_from_library(struct train_call *run, struct train_options *options,
                              struct error *err)
{
    struct tuning tuning = { 0 };
    const struct own_file own = train_output(run);
    struct embed_model *model = NULL;
    struct str bytes = STR_INIT;
    struct store *store;
    double seconds;
    int result = app_open_store(&store, run->call->app, false, err);

    if (result != ERR_OK)
        return result;
    store_set_cancel(store, run->call->cancel);
    options->base = embed_builtin();
    if (options->base && options->dim != 0 && options->dim != embed_info(options->base)->dim)
        result = error_set(err, ERR_USAGE,
                           "--dim is that of the shipped model (%d) unless "
                           "--input is given",
                           embed_info(options->base)->dim);
    run->trainer = trainer_new(options);
    if (result == ERR_OK && own.path)
        result = own_file_check(&own, err);
    if (result == ERR_OK)
        result = tune_train(run, store, &tuning, &bytes, &model, err);
    seconds = train_seconds(run);
    if (result == ERR_OK)
        result = tune_keep(run, store, &own, &tuning, embed_info(model), &bytes, err);
    if (result == ERR_OK)
        tune_report(run, &tuning, embed_info(model), bytes.len, seconds);
    train_score_free(&tuning.before);
    train_score_free(&tuning.after);
    embed_close(model);
    str_free(&bytes);
    trainer_free(run->trainer);
    store_close(store);
    return result;
}

int cmd_train(struct command_call *call, struct error *err)
{
    struct train_call run = { .call = call, .started = clock_ticks_ms() };
    struct train_options options = { .progress = train_progress,
                                     .ctx = &run,
                                     .cancel = call->cancel };
    int result = train_options(call, &options, err);

    if (call->argc > 0)
        return error_set(err, ERR_USAGE, "train takes options only; files go behind --input");
    run.terminal = isatty(STDERR_FILENO) && !call->app->quiet && !call->desk;
    if (result != ERR_OK)
        return result;
    return call_has(call, "--input") ? train_from_files(&run, &options, err)
                                     : train_from_library(&run, &options, err);
}
