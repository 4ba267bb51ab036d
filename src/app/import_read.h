/* What `import` reads, whatever it is: a file of any format, or another program's library. */
#ifndef CARREL_APP_IMPORT_READ_H
#define CARREL_APP_IMPORT_READ_H

#include "carrel/sources.h"

struct import_source {
    const char *path; /* "-": standard input */
    enum parse_format format;
    bool tags; /* keywords of entries become tags, too */
    const struct parse_sink *sink;
    int (*progress)(void *ctx, int64_t done, int64_t size); /* as parse_file's; may be NULL */
    const atomic_bool *cancel;                              /* of folders; may be NULL */
};

/* Records go to the sink, as parse_file has it; a folder is a library of Zotero's or of Papis'. */
int import_read(const struct import_source *source, struct parse_info *info, struct error *err);

#endif
