/*
 * Training as a command: texts in, a model out, with what it is worth.
 */
#include "commands.h"

#include "carrel/clock.h"
#include "carrel/embed.h"
#include "carrel/file.h"
#include "carrel/jsonw.h"
#include "carrel/sources.h"
#include "carrel/train.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_MS 250

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

static void train_report(struct command_call *call, const struct embed_info *info, size_t bytes,
                         double seconds)
{
    struct jsonw w;

    if (!call_has(call, "--json")) {
        str_printf(&call->out,
                   "%s: %d dimensions, %" PRIu32 " words, %" PRIu32 " buckets, %zu bytes\n"
                   "trained on %" PRId64 " papers (%" PRId64 " words) in %.0f s, %d epochs\n"
                   "papers kept out that are found first: by their title %.1f%%, by a sentence "
                   "%.1f%%\n",
                   info->name, info->dim, info->words, info->buckets, bytes, info->docs,
                   info->tokens, seconds, info->epochs, info->title_hit * 100,
                   info->sentence_hit * 100);
        return;
    }
    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "model", info->name);
    jsonw_key_int(&w, "dim", info->dim);
    jsonw_key_int(&w, "words", info->words);
    jsonw_key_int(&w, "buckets", info->buckets);
    jsonw_key_int(&w, "bytes", (int64_t)bytes);
    jsonw_key_int(&w, "papers", info->docs);
    jsonw_key_int(&w, "tokens", info->tokens);
    jsonw_key_int(&w, "epochs", info->epochs);
    jsonw_key_double(&w, "seconds", seconds);
    jsonw_key_double(&w, "title_hit", info->title_hit);
    jsonw_key_double(&w, "sentence_hit", info->sentence_hit);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

static int train_from_files(struct train_call *run, struct train_options *options,
                            struct error *err)
{
    const char *output = call_option(run->call, "--output");
    struct embed_model *model = NULL;
    struct str bytes = STR_INIT;
    int result;

    if (!output)
        return error_set(err, ERR_USAGE, "where to? carrel train --input FILE --output FILE");
    run->trainer = trainer_new(options);
    result = train_read(run, err);
    run->started = clock_ticks_ms();
    if (result == ERR_OK)
        result = trainer_run(run->trainer, err);
    train_line_end(run);
    if (result == ERR_OK)
        result = trainer_model(run->trainer, &bytes, err);
    if (result == ERR_OK)
        result = embed_open_memory(&model, bytes.ptr, bytes.len, err);
    if (result == ERR_OK)
        result = file_write(output, bytes.ptr, bytes.len, err);
    if (result == ERR_OK)
        train_report(run->call, embed_info(model), bytes.len,
                     (double)(clock_ticks_ms() - run->started) / 1000);
    embed_close(model);
    str_free(&bytes);
    trainer_free(run->trainer);
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
    return result == ERR_OK ? train_from_files(&run, &options, err) : result;
}
