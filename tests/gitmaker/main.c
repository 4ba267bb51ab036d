/*
 * gitmaker FOLDER < SCRIPT         makes commits as a script says; \n and \t in texts are escapes
 *     put PATH TEXT | link PATH TARGET | module PATH | remove PATH | binary PATH BYTES
 *     copy PATH FILE               the bytes of a file
 *     many FOLDER COUNT            so many small files
 *     commit SECONDS AUTHOR: MESSAGE
 *     branch NAME | merge NAME | tag NAME
 * gitmaker FOLDER --commits N      N commits over some hundred files, as a benchmark's repository
 */
#include "maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BENCH_FILES 400
#define BENCH_LINES 120
#define BENCH_START 1262304000 /* 2010 */

static void unescape(char *text)
{
    char *from = text, *to = text;

    for (; *from; from++) {
        if (from[0] == '\\' && (from[1] == 'n' || from[1] == 't'))
            *to++ = *++from == 'n' ? '\n' : '\t';
        else
            *to++ = *from;
    }
    *to = '\0';
}

static void put_binary(struct maker *maker, const char *path, long size)
{
    char *bytes = calloc(1, (size_t)size + 1);
    long i;

    for (i = 0; bytes && i < size; i++)
        bytes[i] = (char)((i * 7 + i / 251) & 0xFF);
    if (bytes)
        maker_put(maker, path, bytes, (size_t)size);
    free(bytes);
}

static void put_copy(struct maker *maker, const char *path, const char *name)
{
    static char bytes[1 << 20];
    FILE *in = fopen(name, "rb");

    if (!in) {
        perror(name);
        exit(1);
    }
    maker_put(maker, path, bytes, fread(bytes, 1, sizeof bytes, in));
    fclose(in);
}

static void put_many(struct maker *maker, const char *folder, long count)
{
    char path[300], text[64];
    long i;

    for (i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/f%06ld.txt", folder, i);
        snprintf(text, sizeof text, "%ld\n", i);
        maker_text(maker, path, text);
    }
}

static void commit(struct maker *maker, char *rest)
{
    char *author = strchr(rest, ' '), *message = author ? strstr(author, ": ") : NULL;

    if (!message) {
        fprintf(stderr, "gitmaker: commit %s\n", rest);
        exit(1);
    }
    *message = '\0';
    unescape(message + 2);
    maker_commit(maker, author + 1, message + 2, atoll(rest), NULL);
}

static void run_line(struct maker *maker, char *line)
{
    char *word = strtok(line, " "), *rest = strtok(NULL, "");
    char *text = rest ? strchr(rest, ' ') : NULL;

    if (!word || *word == '#')
        return;
    rest = rest ? rest : line + strlen(line);
    if (strcmp(word, "commit") == 0) {
        commit(maker, rest);
        return;
    }
    if (text)
        *text++ = '\0';
    unescape(rest);
    if (text)
        unescape(text);
    text = text ? text : rest + strlen(rest);
    if (strcmp(word, "put") == 0)
        maker_text(maker, rest, text);
    else if (strcmp(word, "link") == 0)
        maker_link(maker, rest, text);
    else if (strcmp(word, "module") == 0)
        maker_module(maker, rest);
    else if (strcmp(word, "remove") == 0)
        maker_remove(maker, rest);
    else if (strcmp(word, "binary") == 0)
        put_binary(maker, rest, atol(text));
    else if (strcmp(word, "copy") == 0)
        put_copy(maker, rest, text);
    else if (strcmp(word, "many") == 0)
        put_many(maker, rest, atol(text));
    else if (strcmp(word, "branch") == 0)
        maker_branch(maker, rest);
    else if (strcmp(word, "merge") == 0)
        maker_merge(maker, rest);
    else if (strcmp(word, "tag") == 0)
        maker_tag(maker, rest);
    else {
        fprintf(stderr, "gitmaker: no such word: %s\n", word);
        exit(1);
    }
}

/* ---- a large one ---- */

static unsigned random_next(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void bench_write(struct maker *maker, unsigned versions[BENCH_LINES], long file)
{
    static const char *const words[] = { "attention", "tensor", "gradient", "kernel", "batch",
                                         "sample",    "model",  "layer",    "index",  "query" };
    static char text[BENCH_LINES * 64];
    char path[64];
    size_t len = 0;
    int i;

    for (i = 0; i < BENCH_LINES; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "    %s_%d = %s(%u)\n",
                                words[(file + i) % 10], i, words[(file + i * 3) % 10], versions[i]);
    snprintf(path, sizeof path, "src/part%ld/file%ld.py", file % 20, file);
    maker_put(maker, path, text, len);
}

static void bench(struct maker *maker, long commits)
{
    static unsigned versions[BENCH_FILES][BENCH_LINES];
    unsigned state = 7;
    char message[80];
    long i;

    maker_text(maker, "README.md", "# bench\n\nA large history. arXiv:1706.03762\n");
    maker_text(maker, "LICENSE",
               "MIT License\n\nPermission is hereby granted, free of charge, to "
               "any person obtaining a copy of this software\n");
    for (i = 0; i < BENCH_FILES; i++)
        bench_write(maker, versions[i], i);
    for (i = 0; i < commits; i++) {
        long file = random_next(&state) % BENCH_FILES;

        versions[file][random_next(&state) % BENCH_LINES] = (unsigned)i + 1;
        bench_write(maker, versions[file], file);
        snprintf(message, sizeof message, "change %ld of file %ld", i, file);
        maker_commit(maker, i % 3 ? "Ann Author" : "Bob Builder", message, BENCH_START + i * 9000,
                     NULL);
    }
}

int main(int argc, char **argv)
{
    static char line[1 << 20];
    struct maker maker;

    if (argc != 2 && !(argc == 4 && strcmp(argv[2], "--commits") == 0)) {
        fprintf(stderr, "usage: gitmaker FOLDER [--commits N] < SCRIPT\n");
        return 2;
    }
    maker_open(&maker, argv[1]);
    if (argc == 4)
        bench(&maker, atol(argv[3]));
    while (argc == 2 && fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        run_line(&maker, line);
    }
    maker_close(&maker);
    return 0;
}
