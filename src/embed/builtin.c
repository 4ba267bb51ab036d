/*
 * The model that carrel ships, built into the program by the assembler: its pages are the
 * program's own file, read when they are touched and dropped when memory is short.
 */
#include "internal.h"

#include <pthread.h>

#ifdef CARREL_MODEL

__asm__(".section .rodata\n"
        ".balign 4096\n"
        ".global embed_model_file\nembed_model_file:\n"
        ".incbin \"" CARREL_MODEL "\"\n"
        ".global embed_model_file_end\nembed_model_file_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const char embed_model_file[], embed_model_file_end[];

static struct embed_model *builtin;
static pthread_once_t builtin_once = PTHREAD_ONCE_INIT;

static void builtin_open(void)
{
    struct error err;

    if (embed_open_memory(&builtin, embed_model_file,
                          (size_t)(embed_model_file_end - embed_model_file), &err)
        != ERR_OK)
        die("the built-in model: %s", err.message);
}

const struct embed_model *embed_builtin(void)
{
    pthread_once(&builtin_once, builtin_open);
    return builtin;
}

#else

const struct embed_model *embed_builtin(void)
{
    return NULL;
}

#endif
