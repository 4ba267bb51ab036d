/*
 * What the tests of sync share: libraries, papers, what of two must be the same, and machines
 * around a folder.
 */
#include "sync_test.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/publish.h"

#include <sys/stat.h>
#include <unistd.h>

static char *root, *empty;

static char *make_root(void)
{
    char *made = path_temporary("sync"); /* in $TMPDIR: a soak wants no disk */

    assert_non_null(mkdtemp(made));
    return made;
}

/* A copy of one that was made: migrating is what takes the time. */
char *sync_test_library(void)
{
    static int number;
    struct store_options options = { .create = true };
    struct store *store;
    char *dir, *command;

    if (!root)
        root = make_root();
    if (!empty) {
        empty = mem_printf("%s/empty", root);
        must(store_open(&store, empty, &options, err));
        store_close(store);
    }
    dir = mem_printf("%s/%d", root, number++);
    command = mem_printf("cp -r %s %s", empty, dir);
    assert_int_equal(system(command), 0);
    free(command);
    return dir;
}

int sync_test_end(void **state)
{
    char *command;
    int result = 0;

    (void)state;
    sync_test_clock(0);
    if (root) {
        command = mem_printf("rm -rf %s", root);
        result = system(command);
        free(command);
    }
    free(root);
    free(empty);
    root = empty = NULL;
    return result;
}

void sync_test_clock(int64_t ms)
{
    char seconds[32], text[48];

    if (ms == 0) {
        unsetenv("CARREL_CLOCK");
        return;
    }
    time_format(seconds, ms);
    snprintf(text, sizeof text, "%.19s.%03dZ", seconds, (int)(ms % 1000));
    setenv("CARREL_CLOCK", text, 1);
}

struct store *sync_test_open(const char *dir)
{
    struct store_options options = { .busy_ms = 5000 };
    struct store *store;

    must(store_open(&store, dir, &options, err));
    return store;
}

void sync_test_import(const char *dir, const char *line)
{
    struct importer *importer;
    struct arena *arena = arena_new();
    char *copy = arena_strdup(arena, line), *parts[8] = { 0 }, *name;
    struct record record = { .source = "jsonl" };
    size_t k;

    for (k = 0; k < 8 && copy; k++)
        parts[k] = strsep(&copy, "|");
    record.id = parts[0] && *parts[0] ? parts[0] : NULL;
    record.title = parts[1];
    while (parts[2] && *parts[2] && (name = strsep(&parts[2], ";")))
        text_list_add(&record.authors, arena, name, strlen(name));
    record.published = parts[3] && *parts[3] ? parts[3] : NULL;
    record.doi = parts[4] && *parts[4] ? parts[4] : NULL;
    record.version = parts[5] ? atoi(parts[5]) : 0;
    if (parts[6] && *parts[6])
        record.source = parts[6];
    record.abstract = parts[7] && *parts[7] ? parts[7] : NULL;
    must(importer_new(&importer, dir, err));
    must(importer_add(importer, &record, err));
    must(importer_finish(importer, NULL, err));
    importer_free(importer);
    arena_free(arena);
}

int64_t sync_test_find(struct store *store, const char *id)
{
    int64_t work = 0;

    must(works_find(store, &work, id, err));
    return work;
}

struct dumping {
    struct str *out;
    struct store *store;
};

static int dump_work(void *ctx, const struct publish_key *key)
{
    struct dumping *dumping = ctx;
    struct arena *arena = arena_new();
    struct work_full full;
    struct record record;
    size_t i;

    /* The line of `export --format jsonl`. */
    must(publish_record(dumping->store, arena, key->id, &record, err));
    record_to_json(dumping->out, &record);
    must(works_full(dumping->store, arena, key->id, &full, err));
    str_printf(dumping->out, "\n  %d %d %s |", (int)full.row.state, (int)full.row.starred,
               full.row.tags);
    for (i = 0; i < full.aliases.len; i++)
        str_printf(dumping->out, " %s", full.aliases.items[i]);
    str_add_char(dumping->out, '\n');
    arena_free(arena);
    return 0;
}

static void dump_rows(struct str *out, struct store *store, const char *sql)
{
    struct stmt *stmt;

    must(stmt_prepare(&stmt, store, sql, err));
    while (stmt_step(stmt, NULL) == 1)
        str_printf(out, "%s\n", stmt_text(stmt, 0));
    stmt_reset(stmt);
}

void sync_test_dump(struct str *out, struct store *store)
{
    struct dumping dumping = { .out = out, .store = store };

    must(publish_each(store, dump_work, &dumping, err));
    dump_rows(out, store,
              "SELECT name || ' ' || position || ' ' || query FROM saved_query ORDER BY position, "
              "name");
    dump_rows(
        out, store,
        "SELECT w.key || ' ' || r.state || ' ' || r.priority || ' ' || r.queued FROM reading r "
        "JOIN work w ON w.id = r.work_id ORDER BY 1");
    dump_rows(out, store,
              "SELECT c.name || ' ' || x.position || ' ' || w.key FROM collection_work x JOIN "
              "collection c ON c.id = x.collection_id JOIN work w ON w.id = x.work_id ORDER BY 1");
    dump_rows(out, store,
              "SELECT document || mark || ' ' || start || ' ' || quote FROM document_place ORDER "
              "BY document, mark");
    dump_rows(out, store,
              "SELECT uid || ' ' || quote || ' ' || note || changed FROM highlight ORDER BY uid");
    dump_rows(out, store,
              "SELECT w.key || ' ' || s.metric || ' ' || s.item || ' ' || s.day || ' ' || s.value "
              "FROM sample s JOIN work w ON w.id = s.work_id ORDER BY 1");
    dump_rows(out, store,
              "SELECT item || ' ' || field || ' ' || ifnull(value, '-') FROM op WHERE kind = "
              "'pair' ORDER BY item, field");
}

int64_t sync_test_send(struct store *from, struct store *to, size_t limit)
{
    struct sync_cursor cursor = { .machine = "" };
    struct sync_page page = { .more = true };
    struct str bytes = STR_INIT;
    int64_t changed = 0;

    while (page.more) {
        struct sync_answer answer;

        str_clear(&bytes);
        must(sync_page_write(&page, &bytes, from,
                             &(struct sync_wish){ .after = cursor, .limit = limit }, err));
        assert_true(sync_cursor_parse(&cursor, page.next));
        must(sync_take(&answer, to, bytes.ptr, bytes.len, err));
        changed += answer.taken + answer.added + answer.updated;
        if (answer.refused)
            fail_msg("refused: %s", answer.told);
    }
    str_free(&bytes);
    return changed;
}

/* ---- machines around a folder ---- */

char *stick;

struct store *stick_begin(char **dir)
{
    struct store *store;

    *dir = sync_test_library();
    store = sync_test_open(*dir);
    if (!stick) {
        stick = mem_printf("%s-stick", *dir);
        assert_int_equal(mkdir(stick, 0777), 0);
    }
    return store;
}

int stick_end(void **state)
{
    free(stick);
    stick = NULL;
    return sync_test_end(state);
}

int stick_try(struct store *store, struct sync_totals *totals, struct error *err)
{
    const struct sync_peer peer = { .name = "stick", .url = stick, .folder = true };

    return sync_exchange(store, &peer, totals, err);
}

struct sync_totals stick_exchange(struct store *store)
{
    struct sync_totals totals;

    must(stick_try(store, &totals, err));
    return totals;
}

struct peer_state stick_state(struct store *store)
{
    struct peer_state state;

    must(peer_state_get(&state, store, "stick", stick, err));
    return state;
}

void stick_tag(struct store *store, const char *name)
{
    must(state_tag(store, sync_test_find(store, "arxiv:2401.00001"), name, true, err));
}

bool stick_has_tag(struct store *store, const char *name)
{
    struct arena *arena = arena_new();
    struct work_full work;
    bool has;

    must(works_full(store, arena, sync_test_find(store, "arxiv:2401.00001"), &work, err));
    has = strstr(work.row.tags, name) != NULL;
    arena_free(arena);
    return has;
}

void sync_test_agree(struct store *a, struct store *b)
{
    struct str x = STR_INIT, y = STR_INIT;

    sync_test_dump(&x, a);
    sync_test_dump(&y, b);
    assert_string_equal(x.ptr, y.ptr);
    str_free(&x);
    str_free(&y);
}
