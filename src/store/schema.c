/*
 * Migrations: numbered SQL files, built in, applied in order inside one transaction under the write
 * lock, so that two processes that open a new library at once do it once. They only go forward.
 */
#include "ops_internal.h"

#include <stdio.h>

#define SCHEMA_FILE(name, path)                                                                    \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #name "\n" #name ":\n"                                                      \
            ".incbin \"" path "\"\n"                                                               \
            ".byte 0\n"                                                                            \
            ".previous\n");                                                                        \
    extern const char name[]

#define SCHEMA_QUOTE(number) #number
#define SCHEMA_TEXT(number) SCHEMA_QUOTE(number)

SCHEMA_FILE(schema_0001, "src/store/schema/0001.sql");
SCHEMA_FILE(schema_0002, "src/store/schema/0002.sql");
SCHEMA_FILE(schema_0003, "src/store/schema/0003.sql");
SCHEMA_FILE(schema_0004, "src/store/schema/0004.sql");
SCHEMA_FILE(schema_0005, "src/store/schema/0005.sql");
SCHEMA_FILE(schema_0006, "src/store/schema/0006.sql");
SCHEMA_FILE(schema_0007, "src/store/schema/0007.sql");
SCHEMA_FILE(schema_0008, "src/store/schema/0008.sql");
SCHEMA_FILE(schema_0009, "src/store/schema/0009.sql");
SCHEMA_FILE(schema_0010, "src/store/schema/0010.sql");
SCHEMA_FILE(schema_0011, "src/store/schema/0011.sql");
SCHEMA_FILE(schema_0012, "src/store/schema/0012.sql");
SCHEMA_FILE(schema_0013, "src/store/schema/0013.sql");
SCHEMA_FILE(schema_0014, "src/store/schema/0014.sql");
SCHEMA_FILE(schema_0015, "src/store/schema/0015.sql");
SCHEMA_FILE(schema_0016, "src/store/schema/0016.sql");
SCHEMA_FILE(schema_0017, "src/store/schema/0017.sql");
SCHEMA_FILE(schema_0018, "src/store/schema/0018.sql");
SCHEMA_FILE(schema_0019, "src/store/schema/0019.sql");
SCHEMA_FILE(schema_0020, "src/store/schema/0020.sql");
SCHEMA_FILE(schema_0021, "src/store/schema/0021.sql");
SCHEMA_FILE(schema_0022, "src/store/schema/0022.sql");
SCHEMA_FILE(schema_0023, "src/store/schema/0023.sql");
SCHEMA_FILE(schema_0024, "src/store/schema/0024.sql");
SCHEMA_FILE(schema_0025, "src/store/schema/0025.sql");
SCHEMA_FILE(schema_0026, "src/store/schema/0026.sql");
SCHEMA_FILE(schema_0027, "src/store/schema/0027.sql");
SCHEMA_FILE(schema_0028, "src/store/schema/0028.sql");
SCHEMA_FILE(schema_0029, "src/store/schema/0029.sql");
SCHEMA_FILE(schema_0030, "src/store/schema/0030.sql");
SCHEMA_FILE(schema_0031, "src/store/schema/0031.sql");
SCHEMA_FILE(schema_0032, "src/store/schema/0032.sql");
SCHEMA_FILE(schema_0033, "src/store/schema/0033.sql");
SCHEMA_FILE(schema_0034, "src/store/schema/0034.sql");
SCHEMA_FILE(schema_0035, "src/store/schema/0035.sql");
SCHEMA_FILE(schema_0036, "src/store/schema/0036.sql");
SCHEMA_FILE(schema_0037, "src/store/schema/0037.sql");

static const char *const migrations[] = {
    schema_0001, schema_0002, schema_0003, schema_0004, schema_0005, schema_0006, schema_0007,
    schema_0008, schema_0009, schema_0010, schema_0011, schema_0012, schema_0013, schema_0014,
    schema_0015, schema_0016, schema_0017, schema_0018, schema_0019, schema_0020, schema_0021,
    schema_0022, schema_0023, schema_0024, schema_0025, schema_0026, schema_0027, schema_0028,
    schema_0029, schema_0030, schema_0031, schema_0032, schema_0033, schema_0034, schema_0035,
    schema_0036, schema_0037
};

/* What a migration moves by code, after its SQL; by the version it leads to, or NULL. */
static int (*const conversions[STORE_SCHEMA_VERSION + 1])(struct store *, struct error *) = {
    [8] = vocabulary_convert, [15] = repositories_convert, [30] = ops_convert,
    [31] = ops_convert_stars, [33] = cited_keys_convert,
};

_Static_assert(sizeof migrations / sizeof *migrations == STORE_SCHEMA_VERSION,
               "a migration for each schema version");

static int schema_number(struct store *store, const char *sql, int64_t *value, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare_once(&stmt, store, sql, err);

    if (result == ERR_OK) {
        result = stmt_step(stmt, err);
        *value = result == 1 ? stmt_int(stmt, 0) : 0;
        result = result < 0 ? result : ERR_OK;
    }
    stmt_free(stmt);
    return result;
}

static int schema_version(struct store *store, int64_t *version, struct error *err)
{
    return schema_number(store, "PRAGMA user_version", version, err);
}

/* One statement, so that what another process commits meanwhile is seen whole or not at all. */
int schema_check(struct store *store, struct error *err)
{
    int64_t version = 0, foreign = 0;
    int result =
        schema_number(store,
                      "SELECT CASE WHEN user_version = 0 THEN EXISTS (SELECT 1 FROM sqlite_schema) "
                      "ELSE application_id != " SCHEMA_TEXT(
                          STORE_APPLICATION_ID) " END "
                                                "FROM pragma_user_version, pragma_application_id",
                      &foreign, err);

    if (result == ERR_OK && foreign)
        return error_set(err, ERR_FAILED,
                         "%s/library.db is a database of another program; carrel leaves it alone",
                         store->dir);
    if (result == ERR_OK)
        result = schema_version(store, &version, err);
    if (result == ERR_OK && version > STORE_SCHEMA_VERSION)
        return error_set(err, ERR_VERSION,
                         "%s was made by a newer carrel (library version %lld, this one knows %d); "
                         "update carrel",
                         store->dir, (long long)version, STORE_SCHEMA_VERSION);
    return result;
}

static int schema_apply(struct store *store, int64_t from, struct error *err)
{
    char pragma[100];
    int64_t version;
    int result = ERR_OK;

    for (version = from; version < STORE_SCHEMA_VERSION && result == ERR_OK; version++) {
        result = store_exec(store, migrations[version], err);
        if (result == ERR_OK && conversions[version + 1])
            result = conversions[version + 1](store, err);
    }
    if (result != ERR_OK)
        return result;
    snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d; PRAGMA application_id = %d",
             STORE_SCHEMA_VERSION, STORE_APPLICATION_ID);
    return store_exec(store, pragma, err);
}

int schema_migrate(struct store *store, struct error *err)
{
    int64_t version;
    int result = schema_version(store, &version, err);

    if (result != ERR_OK)
        return result;
    if (version == STORE_SCHEMA_VERSION)
        return ERR_OK;
    if (store->read_only)
        return error_set(err, ERR_READONLY,
                         "%s needs an update of its tables, but may not be written", store->dir);
    result = store_begin(store, err);
    if (result != ERR_OK)
        return result;
    result = schema_check(store, err); /* another process may have been first, or newer */
    if (result == ERR_OK)
        result = schema_version(store, &version, err);
    if (result == ERR_OK)
        result = schema_apply(store, version, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return error_context(err, "cannot prepare the library in %s", store->dir);
}
