/*
 * Routes over the library that only read: most are a command with its answer in JSON.
 */
#include "internal.h"

#define LIMIT(up_to, what)                                                                         \
    {                                                                                              \
        .name = "limit", .type = PARAM_INT, .least = 1, .most = (up_to), .option = "--limit",      \
        .help = (what)                                                                             \
    }
#define ID(what)                                                                                   \
    {                                                                                              \
        .name = "id", .in_path = true, .required = true, .help = (what)                            \
    }

static const struct param search_params[] = {
    { .name = "q", .help = "the query, in carrel's language; empty: everything, newest first" },
    { .name = "mode",
      .type = PARAM_CHOICE,
      .values = "hybrid|lexical|semantic",
      .option = "--mode",
      .help = "words, vectors, or both" },
    { .name = "in",
      .type = PARAM_CHOICE,
      .values = "works|text|repositories|all",
      .option = "--in",
      .help = "papers, passages of documents, repositories, or all" },
    { .name = "sort",
      .type = PARAM_CHOICE,
      .values = "relevance|date|added|trending",
      .option = "--sort",
      .help = "the order" },
    LIMIT(1000, "at most so many hits (20)"),
    { .name = "cursor", .option = "--after", .help = "the `next` of an earlier answer" },
    { 0 },
};
static const struct param papers_params[] = {
    { .name = "query", .option = "", .help = "only papers that this query finds" },
    { .name = "sort",
      .type = PARAM_CHOICE,
      .values = "relevance|date|added",
      .option = "",
      .help = "the order (date, or relevance for a query with words)" },
    { .name = "limit",
      .type = PARAM_INT,
      .least = 1,
      .most = 200,
      .option = "",
      .help = "at most so many papers (50)" },
    { .name = "cursor", .option = "", .help = "the `next` of an earlier answer" },
    { 0 },
};
static const struct param paper_params[] = { ID("arxiv:1706.03762, doi:10.…, any id or its URL"),
                                             { 0 } };
static const struct param related_params[] = { ID("of the paper"),
                                               LIMIT(200, "at most so many papers (20)"),
                                               { 0 } };
static const struct param repos_params[] = {
    { .name = "sort",
      .type = PARAM_CHOICE,
      .values = "stars|pushed|name|added",
      .option = "--sort",
      .help = "the order" },
    LIMIT(1000, "at most so many repositories (50)"),
    { 0 },
};
static const struct param trends_params[] = {
    { .name = "metric", .option = "--metric", .help = "upvotes, comments, stars" },
    { .name = "window", .option = "--window", .help = "7d, 30d: velocity over so many days" },
    { .name = "category", .option = "--category", .help = "cs.CL, math.*" },
    { .name = "sort",
      .type = PARAM_CHOICE,
      .values = "velocity|zscore|value|acceleration",
      .option = "--sort",
      .help = "the order" },
    LIMIT(200, "at most so many papers (20)"),
    { 0 },
};
static const struct param topics_params[] = {
    { .name = "category", .option = "--category", .help = "cs.CL, math.*" },
    { .name = "period",
      .type = PARAM_CHOICE,
      .values = "week|month",
      .option = "--period",
      .help = "what is counted by" },
    LIMIT(200, "at most so many topics (20)"),
    { 0 },
};
const struct route http_routes_library[] = {
    { "GET", "/search", "library", "search", "Papers, passages and repositories that a query finds",
      SCOPE_READ, search_params, .command = "search --json", .answer = "SearchAnswer" },
    { "GET", "/papers/{id}/related", "library", "relatedPapers", "Papers like this one", SCOPE_READ,
      related_params, .command = "related --json", .answer = "List" },
    { "GET", "/papers/{id}", "library", "paper", "One paper, whole", SCOPE_READ, paper_params,
      .handle = handle_paper, .answer = "Paper" },
    { "GET", "/papers", "library", "papers", "Papers, by pages", SCOPE_READ, papers_params,
      .handle = handle_papers, .answer = "Papers" },
    { "GET", "/repos", "library", "repositories", "Repositories that papers link to", SCOPE_READ,
      repos_params, .command = "repositories --json", .answer = "Repositories" },
    { "GET", "/trends", "library", "trends", "What rises: upvotes, comments, stars over time",
      SCOPE_READ, trends_params, .command = "trends --json", .answer = "Trends" },
    { "GET", "/topics", "library", "topics", "Words and phrases that burst now", SCOPE_READ,
      topics_params, .command = "topics --json", .answer = "Topics" },
    { 0 },
};
