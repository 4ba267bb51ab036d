/*
 * The child: what it may not do, and what a file costs that hangs it, fills it, or kills it.
 */
#include "process_test.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/process.h"
#include "process/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char *write_bytes(const struct str *bytes)
{
    char *path = mem_strdup("/tmp/carrel-process-XXXXXX");
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(fd_write_all(fd, bytes->ptr, bytes->len, NULL), ERR_OK);
    close(fd);
    return path;
}

static void drop(char *path)
{
    unlink(path);
    free(path);
}

static char *write_test_pdf(struct test_pdf *pdf)
{
    struct str bytes = STR_INIT;
    char *path;

    pdf_write(pdf, &bytes);
    path = write_bytes(&bytes);
    str_free(&bytes);
    return path;
}

static char *write_paper_file(void)
{
    struct test_pdf pdf;

    write_paper(&pdf);
    return write_test_pdf(&pdf);
}

/* Forms that show forms that show forms, ten times each: 10^9 lines of text from 3 kB. */
static char *write_bomb(void)
{
    struct str bytes = STR_INIT, body = STR_INIT;
    char *path;
    int i, k;

    str_add(&bytes, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
                    "/Resources<</XObject<</X 10 0 R>>>>>>endobj\n"
                    "4 0 obj<</Length 5>>stream\n/X Do\nendstream endobj\n"
                    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>endobj\n");
    for (i = 0; i < 10; i++) {
        str_clear(&body);
        for (k = 0; k < 10; k++)
            str_add(&body, i < 9 ? "/X Do\n" : "BT /F 10 Tf 50 50 Td (word) Tj ET\n");
        str_printf(&bytes,
                   "%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length %zu/Resources<<"
                   "/Font<</F 5 0 R>>/XObject<</X %d 0 R>>>>>>stream\n%s\nendstream endobj\n",
                   10 + i, body.len, 11 + i, body.ptr);
    }
    str_add(&bytes, "trailer<</Root 1 0 R/Size 21>>\n%%EOF\n");
    path = write_bytes(&bytes);
    str_free(&bytes);
    str_free(&body);
    return path;
}

static struct document *process(struct processor *processor, const char *path)
{
    struct document *doc;
    struct error err = { 0 };

    if (process_file(processor, path, FORMAT_PDF, NULL, &doc, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return doc;
}

static void check_paper(struct processor *processor)
{
    char *path = write_paper_file();
    struct document *doc = process(processor, path);

    assert_int_equal(doc->state, DOCUMENT_DONE);
    find(doc, "Nobody asked for more colours");
    document_free(doc);
    drop(path);
}

static void test_same(void **state)
{
    struct processor *processor = processor_new(&(struct processor_options){ 0 });
    char *path = write_paper_file();
    struct document *doc = process(processor, path);
    struct test_pdf pdf;
    struct document *here;

    (void)state;
    write_paper(&pdf);
    here = extract_pdf_of(&pdf);
    assert_string_equal(doc->text, here->text);
    assert_int_equal(doc->citation_count, here->citation_count);
    document_free(here);
    document_free(doc);
    check_paper(processor);
    drop(path);
    processor_free(processor);
}

static void test_time(void **state)
{
    struct processor *processor =
        processor_new(&(struct processor_options){ .time_limit_ms = 700 });
    char *path = write_bomb();
    int64_t before = clock_ticks_ms();
    struct document *doc = process(processor, path);

    (void)state;
    assert_int_equal(doc->state, DOCUMENT_LIMIT);
    assert_non_null(doc->message);
    assert_true(clock_ticks_ms() - before >= 600 || strstr(doc->message, "memory"));
    document_free(doc);
    check_paper(processor);
    drop(path);
    processor_free(processor);
}

static void test_memory(void **state)
{
    struct processor *processor = processor_new(
        &(struct processor_options){ .time_limit_ms = 60000, .memory_limit = 24 << 20 });
    char *path = write_bomb();
    struct document *doc = process(processor, path);

    (void)state;
    assert_int_equal(doc->state, DOCUMENT_LIMIT);
    assert_non_null(strstr(doc->message, "memory-limit"));
    document_free(doc);
    check_paper(processor);
    drop(path);
    processor_free(processor);
}

/* Our child, as the kernel lists it. */
static pid_t only_child(void)
{
    char path[64], text[64] = "";
    FILE *file;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    file = fopen(path, "r");
    if (!file)
        return 0;
    if (!fgets(text, sizeof text, file))
        text[0] = '\0';
    fclose(file);
    return (pid_t)strtol(text, NULL, 10);
}

/* A child that died between two files is no fault of the next. */
static void test_killed_between(void **state)
{
    struct processor *processor = processor_new(&(struct processor_options){ 0 });
    pid_t child;

    (void)state;
    check_paper(processor);
    child = only_child();
    if (child > 0)
        kill(child, SIGKILL);
    check_paper(processor);
    assert_true(child == 0 || only_child() != child);
    processor_free(processor);
    assert_int_equal(only_child(), 0);
}

/* Pages that take long enough for progress to be told. */
enum { SLOW_PAGES = 60 };

/* Of the slow document: on a slow machine the one behind it tells of its progress, too. */
static void kill_child(void *ctx, uint32_t page, uint32_t pages)
{
    pid_t child = only_child();

    (void)page;
    if (pages != SLOW_PAGES)
        return;
    ++*(int *)ctx;
    if (child > 0)
        kill(child, SIGABRT); /* the sanitizers handle others themselves */
}

static char *write_slow(void)
{
    struct test_pdf pdf;
    int page, line;

    pdf_start(&pdf);
    for (page = 0; page < SLOW_PAGES; page++) {
        pdf_page(&pdf);
        for (line = 0; line < 1500; line++)
            pdf_line(&pdf, "F1", 10, 60 + line % 200, 60 + line % 700,
                     "A line of some words that stands over others of its like");
    }
    return write_test_pdf(&pdf);
}

static void test_crash(void **state)
{
    int told = 0;
    struct processor_options options = { .progress = kill_child, .ctx = &told };
    struct processor *processor = processor_new(&options);
    char *path = write_slow();
    struct document *doc = process(processor, path);

    (void)state;
    assert_true(told > 0);
    assert_int_equal(doc->state, DOCUMENT_REFUSED);
    assert_non_null(strstr(doc->message, "crashes the reader"));
    document_free(doc);
    check_paper(processor);
    drop(path);
    processor_free(processor);
}

static void set_cancel(void *ctx, uint32_t page, uint32_t pages)
{
    (void)page;
    if (pages == SLOW_PAGES)
        atomic_store((atomic_bool *)ctx, true);
}

static void test_cancel(void **state)
{
    atomic_bool cancel = false;
    struct processor_options options = { .progress = set_cancel,
                                         .ctx = &cancel,
                                         .cancel = &cancel };
    struct processor *processor = processor_new(&options);
    char *path = write_slow();
    struct document *doc;

    (void)state;
    assert_int_equal(process_file(processor, path, FORMAT_AUTO, NULL, &doc, NULL), ERR_CANCELLED);
    assert_null(doc);
    atomic_store(&cancel, false);
    check_paper(processor);
    drop(path);
    processor_free(processor);
}

static void test_encrypted(void **state)
{
    static const char encrypt[] =
        "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4"
        "/O<0000000000000000000000000000000000000000000000000000000000000000>"
        "/U<0000000000000000000000000000000000000000000000000000000000000000>>>";
    struct processor *processor = processor_new(&(struct processor_options){ 0 });
    struct str bytes = STR_INIT;
    struct test_pdf pdf;
    struct document *doc;
    char *path, *trailer;

    (void)state;
    write_paper(&pdf);
    pdf_write(&pdf, &bytes);
    trailer = strstr(bytes.ptr, "/Info 8 0 R");
    str_insert(&bytes, (size_t)(trailer - bytes.ptr), encrypt, strlen(encrypt));
    path = write_bytes(&bytes);
    doc = process(processor, path);
    assert_int_equal(doc->state, DOCUMENT_ENCRYPTED);
    assert_non_null(strstr(doc->message, "needs a password"));
    document_free(doc);
    assert_int_equal(process_file(processor, path, FORMAT_PDF, "guess", &doc, NULL), ERR_OK);
    assert_int_equal(doc->state, DOCUMENT_ENCRYPTED);
    assert_non_null(strstr(doc->message, "does not open"));
    document_free(doc);
    drop(path);
    str_free(&bytes);
    processor_free(processor);
}

static void test_files(void **state)
{
    struct processor *processor = processor_new(&(struct processor_options){ 0 });
    struct document *doc;
    struct error err;

    (void)state;
    assert_int_equal(process_file(processor, "/nonexistent.pdf", FORMAT_AUTO, NULL, &doc, &err),
                     ERR_IO);
    assert_non_null(strstr(err.message, "/nonexistent.pdf"));
    assert_int_equal(process_file(processor, "/tmp", FORMAT_AUTO, NULL, &doc, &err), ERR_IO);
    assert_non_null(strstr(err.message, "not a regular file"));
    processor_free(processor);
}

static void test_render(void **state)
{
    struct processor *processor = processor_new(&(struct processor_options){ 0 });
    struct page_image image;
    struct test_pdf pdf;
    char *path;
    size_t dark = 0, i;

    (void)state;
    pdf_start(&pdf);
    pdf_page(&pdf);
    str_add(&pdf.page[0], "0 0 0 rg 0 421 297.5 421 re f\n"); /* the upper left quarter */
    path = write_test_pdf(&pdf);
    assert_int_equal(process_render(processor, path, NULL, 0, 200, &image, NULL), ERR_OK);
    assert_int_equal(image.state, DOCUMENT_DONE);
    assert_int_equal(image.width, 200);
    assert_in_range(image.height, 282, 284);
    for (i = 0; i < (size_t)image.width * image.height; i++)
        dark += image.pixels[i * 3] < 128;
    assert_in_range(dark, 100 * 140, 101 * 143);
    assert_true(image.pixels[0] < 128);
    assert_true(image.pixels[((size_t)image.height * image.width - 1) * 3] > 128);
    page_image_free(&image);
    assert_int_equal(process_render(processor, path, NULL, 9, 200, &image, NULL), ERR_OK);
    assert_int_equal(image.state, DOCUMENT_REFUSED);
    assert_null(image.pixels);
    drop(path);
    processor_free(processor);
}

static void test_render_memory(void **state)
{
    struct processor *processor =
        processor_new(&(struct processor_options){ .memory_limit = 16 << 20 });
    char *path = write_paper_file();
    struct page_image image;

    (void)state;
    assert_int_equal(process_render(processor, path, NULL, 0, 4000, &image, NULL), ERR_OK);
    assert_int_equal(image.state, DOCUMENT_LIMIT);
    assert_null(image.pixels);
    drop(path);
    processor_free(processor);
}

/* In a process of its own: bits of what went through that must not. */
static int try_everything(void)
{
    bool confined;
    int bad = 0;
    void *page;

    if (sandbox_enter(&confined, NULL) != ERR_OK)
        return 99;
    if (!confined)
        return 98;
    bad |= open("/etc/passwd", O_RDONLY) >= 0 || errno != EPERM ? 1 : 0;
    bad |= socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM ? 2 : 0;
    bad |= kill(getppid(), 0) == 0 ? 4 : 0;
    page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bad |= page != MAP_FAILED ? 8 : 0;
    bad |= fork() >= 0 ? 16 : 0;
    bad |= unlink("/tmp/carrel-no-such-file") == 0 || errno != EPERM ? 32 : 0;
    return bad;
}

static void test_sandbox(void **state)
{
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        _exit(try_everything());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 98)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

const struct CMUnitTest child_tests[] = {
    cmocka_unit_test(test_same),      cmocka_unit_test(test_time),
    cmocka_unit_test(test_memory),    cmocka_unit_test(test_killed_between),
    cmocka_unit_test(test_crash),     cmocka_unit_test(test_cancel),
    cmocka_unit_test(test_encrypted), cmocka_unit_test(test_files),
    cmocka_unit_test(test_render),    cmocka_unit_test(test_render_memory),
    cmocka_unit_test(test_sandbox),
};
const size_t child_tests_len = ARRAY_LEN(child_tests);
