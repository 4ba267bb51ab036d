/* Any bytes as a model: opening says no or yields one that every call can use without harm. */
#include "embed/internal.h"

#include "carrel/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char text[] = "The attention of \xCE\xB1 graphs, unheardof x";
    struct model_header *copy = mem_alloc(size + sizeof *copy);
    float vector[EMBED_DIM_MAX];
    struct embed_term term;
    struct embed_model *model;
    size_t len;

    memcpy(copy, bytes, size);
    if (size >= sizeof *copy && bytes[size - 1] % 8 != 0) /* mostly past the header's own hash */
        copy->header_hash = model_header_hash(copy);
    if (embed_open_memory(&model, copy, size, NULL) == ERR_OK) {
        embed_text(model, text, "network", vector);
        embed_term(model, &term, "unheardof", 9);
        embed_term(model, &term, "the", 3);
        embed_word_stem(model, model->info.words - 1, &len);
        embed_word_stem(model, 0, &len);
        embed_verify(model, NULL);
        embed_close(model);
    }
    free(copy);
    return 0;
}
