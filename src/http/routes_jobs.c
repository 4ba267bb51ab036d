/*
 * Routes that make jobs (scrapes, documents, repositories, texts), and those of the queue itself.
 */
#include "internal.h"

#define JSON_MAX 65536
#define TEXT_MAX (4 << 20)

#define PAGE_PARAMS(what)                                                                          \
    { .name = "limit",                                                                             \
      .type = PARAM_INT,                                                                           \
      .least = 1,                                                                                  \
      .most = 1000,                                                                                \
      .help = "at most so many " what " (50)" },                                                   \
    {                                                                                              \
        .name = "cursor", .type = PARAM_INT, .least = 1, .most = INT64_MAX,                        \
        .help = "the `next` of an earlier answer"                                                  \
    }

static const struct param no_params[] = { { 0 } };
static const struct param page_params[] = { PAGE_PARAMS("scrapes"), { 0 } };
static const struct param status_params[] = {
    { .name = "job", .help = "the job's number; without it: what is under way" }, { 0 }
};
static const struct param id_params[] = {
    { .name = "id", .in_path = true, .required = true, .help = "the job's number" }, { 0 }
};
static const struct param jobs_params[] = {
    { .name = "state",
      .type = PARAM_CHOICE,
      .values = "queued|running|done|failed|cancelled",
      .help = "only these" },
    { .name = "kind",
      .type = PARAM_CHOICE,
      .values = "clone|doctor|embed|harvest|import|process|webhook",
      .help = "only these" },
    PAGE_PARAMS("jobs"),
    { 0 },
};
static const struct param audit_params[] = {
    { .name = "limit",
      .type = PARAM_INT,
      .least = 1,
      .most = 1000,
      .option = "--limit",
      .help = "at most so many rows (50)" },
    { .name = "cursor",
      .type = PARAM_INT,
      .least = 1,
      .most = INT64_MAX,
      .option = "--before",
      .help = "the `next` of an earlier answer" },
    { 0 },
};

/* ---- bodies ---- */

#define WISHES                                                                                     \
    { "query", FIELD_TEXT, .least = 1, .most = 900,                                                \
      .help = "only what this finds, in the source's own syntax (arXiv, Hugging Face)" },          \
        { "categories", FIELD_TEXTS, .most = 50,                                                   \
          .help = "only these: cs.CL, math.NA (arXiv); with a query: within them" },               \
        { "since", FIELD_DAY, .help = "what is new or changed since that day" },                   \
    {                                                                                              \
        "max", FIELD_INT, .least = 1, .most = 1000000, .help = "at most so many of each source"    \
    }

static const struct field scrape_fields[] = {
    { "sources", FIELD_TEXTS, .least = 1, .most = 30,
      .help =
          "their names: arxiv, huggingface, pwc, github, or those of the configuration; without "
          "this member: all that are enabled and can be asked so",
      .example = "arxiv" },
    WISHES,
    { 0 },
};
static const struct field source_fields[] = { WISHES, { 0 } };
static const struct field pdf_fields[] = {
    { "url", FIELD_URL, .help = "where the PDF is" },
    { "id", FIELD_TEXT, .least = 1, .most = 400, .help = "of a paper: its PDF is fetched",
      .instead = true },
    { 0 },
};
static const struct field github_fields[] = {
    { "url", FIELD_URL, .required = true, .most = 2000,
      .help = "of a Git repository, at GitHub or elsewhere",
      .example = "https://github.com/owner/name" },
    { 0 },
};
static const struct field text_fields[] = {
    { "title", FIELD_TEXT, .least = 1, .most = 1000, .help = "what it is called" },
    { "text", FIELD_TEXT, .required = true, .least = 1, .most = TEXT_MAX,
      .help = "the text itself" },
    { "url", FIELD_URL, .help = "where it is from; nothing is fetched there" },
    { 0 },
};

static const struct body scrape_body = { "Scrape", scrape_fields, .optional = true };
static const struct body source_body = { "ScrapeSource", source_fields, .optional = true };
static const struct body pdf_body = { "ProcessPdf", pdf_fields,
                                      .media = "application/pdf|multipart/form-data" };
static const struct body github_body = { .name = "ProcessGithub", .fields = github_fields };
static const struct body text_body = { .name = "ProcessText", .fields = text_fields };

#define SCRAPES(path, name, summary, body)                                                         \
    {                                                                                              \
        "POST", path, "scrape", name, summary, SCOPE_WRITE, no_params, NULL, handle_scrape,        \
            "JobMade", NULL, JSON_MAX, body, 202, ROUTE_JOB                                        \
    }

const struct route http_routes_jobs[] = {
    SCRAPES("/scrape", "scrape", "Fetch what is new at sources", &scrape_body),
    SCRAPES("/scrape/arxiv", "scrapeArxiv", "Fetch what is new at arXiv", &source_body),
    SCRAPES("/scrape/huggingface", "scrapeHuggingface", "Fetch what is new at Hugging Face",
            &source_body),
    SCRAPES("/scrape/pwc", "scrapePwc", "Read the archive of Papers with Code", &source_body),
    { "GET", "/scrape/status", "scrape", "scrapeStatus", "Scrapes under way, or one of them",
      SCOPE_READ, status_params, .handle = handle_scrape_status, .answer = "ScrapeStatus",
      .flags = ROUTE_FINDS },
    { "GET", "/scrape/history", "scrape", "scrapeHistory", "Scrapes, newest first, by pages",
      SCOPE_READ, page_params, .handle = handle_scrape_history, .answer = "Jobs" },
    { "POST", "/process/pdf", "process", "processPdf",
      "Read a PDF into the library: from an address, of a paper, or sent along", SCOPE_WRITE,
      no_params, .handle = handle_process_pdf, .answer = "JobMade", .body_max = JSON_MAX,
      .body = &pdf_body, .status = 202, .flags = ROUTE_JOB | ROUTE_STREAMS | ROUTE_FINDS },
    { "POST", "/process/github", "process", "processGithub",
      "Clone a repository, or fetch what is new of it", SCOPE_WRITE, no_params,
      .handle = handle_process_github, .answer = "JobMade", .body_max = JSON_MAX,
      .body = &github_body, .status = 202, .flags = ROUTE_JOB },
    { "POST", "/process/text", "process", "processText", "Take a text into the library",
      SCOPE_WRITE, no_params, .handle = handle_process_text, .answer = "JobMade",
      .body_max = TEXT_MAX + JSON_MAX, .body = &text_body, .status = 202, .flags = ROUTE_JOB },
    { "GET", "/process/status/{id}", "process", "processStatus", "Where such a job stands",
      SCOPE_READ, id_params, .handle = handle_process_status, .answer = "JobStatus" },
    { "POST", "/jobs/{id}/cancel", "jobs", "cancelJob", "End a job", SCOPE_WRITE, id_params,
      .handle = handle_job_cancel, .answer = "JobStatus", .flags = ROUTE_CONFLICTS },
    { "POST", "/jobs/{id}/retry", "jobs", "retryJob", "Try a job again that failed or was ended",
      SCOPE_WRITE, id_params, .handle = handle_job_retry, .answer = "JobStatus",
      .flags = ROUTE_CONFLICTS },
    { "DELETE", "/jobs/{id}", "jobs", "deleteJob", "End a job", SCOPE_WRITE, id_params,
      .handle = handle_job_cancel, .answer = "JobStatus", .flags = ROUTE_CONFLICTS },
    { "GET", "/jobs/{id}", "jobs", "job", "One job, whole, with its story", SCOPE_READ, id_params,
      .command = "jobs show --json", .answer = "Job" },
    { "GET", "/jobs", "jobs", "jobs", "The queue of background work, newest first, by pages",
      SCOPE_READ, jobs_params, .handle = handle_jobs, .answer = "Jobs" },
    { "GET", "/audit", "service", "audit", "What was written through the service, newest first",
      SCOPE_ADMIN, audit_params, .command = "audit --json", .answer = "Audit" },
    { 0 },
};
