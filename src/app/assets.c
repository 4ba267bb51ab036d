/*
 * Files built into the program, so that it runs from anywhere. The assembler reads them from where
 * make runs.
 */
#include "carrel/app.h"

#define ASSET(name, path)                                                                          \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #name "\n" #name ":\n"                                                      \
            ".incbin \"" path "\"\n"                                                               \
            ".global " #name "_end\n" #name "_end:\n"                                              \
            ".byte 0\n"                                                                            \
            ".previous\n");                                                                        \
    extern const char name[], name##_end[]

ASSET(asset_file_keys, "data/keys");
ASSET(asset_file_starter, "data/starter.jsonl");

const char *asset_keys(void)
{
    return asset_file_keys;
}

const char *asset_starter(size_t *len)
{
    *len = (size_t)(asset_file_starter_end - asset_file_starter);
    return asset_file_starter;
}
