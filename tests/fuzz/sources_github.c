/* Places and answers of GitHub; and any text as a README and as citation files. */
#include "sources_round.h"

#include "carrel/repository.h"

/* Blocks say no more than what they were made of, but for marks and dividers, and are lines. */
static void add_block(void *ctx, const struct readme_block *block)
{
    if (strchr(block->text, '\n') || !utf8_valid(block->text, strlen(block->text)))
        abort();
    *(size_t *)ctx += strlen(block->text);
}

/* Words are part of what they were made of: never longer, and clean where it was. */
static void readme(const uint8_t *bytes, size_t size)
{
    struct repository repository = { 0 };
    struct arena *arena = arena_new();
    struct str words = STR_INIT, clean = STR_INIT;
    size_t read = 0, i;

    utf8_clean(&clean, (const char *)bytes, size);
    readme_words(&words, clean.ptr, 1000);
    readme_papers(&repository, arena, clean.ptr);
    citation_papers(&repository, arena, "CITATION.cff", clean.ptr);
    citation_papers(&repository, arena, "a.bib", clean.ptr);
    if (repository.paper_count > REPOSITORY_MENTIONS)
        abort();
    for (i = 0; i < repository.paper_count; i++)
        if (!utf8_valid(repository.papers[i].id, strlen(repository.papers[i].id)))
            abort();
    readme_blocks(clean.ptr, add_block, &read);
    if (read > 4 * clean.len || words.len > 1004 || !utf8_valid(words.ptr, words.len))
        abort();
    str_free(&words);
    str_free(&clean);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const streams[] = { "repositories", NULL };

    fuzz_round(source_find("github"), streams, bytes, size);
    readme(bytes, size);
    return 0;
}
