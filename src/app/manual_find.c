/*
 * Searching, reading what is found and what is made of it: search, related, tables, trends, digest.
 * Options and help; what they do is in cmd_*.c.
 */
#include "manual.h"

#include <stddef.h>

const struct command_option search_options[] = {
    { "--mode", "MODE", "hybrid (default where there are vectors), lexical, semantic" },
    { "--no-priors", NULL, "no advantage for new papers and for those called like the query" },
    { "--in", "WHAT", "works (default), text (the pages of documents), repositories, or all" },
    { "--limit", "N", "at most N hits (default 20)" },
    { "--offset", "N", "leave out the first N" },
    { "--after", "CURSOR", "continue behind an answer's \"next\"" },
    { "--sort", "ORDER",
      "relevance, date, added, read (in the Reader; the rest behind), queue (only what is put off) "
      "or trending (by upvotes a day)" },
    { "--explain", NULL, "say how the query was understood and why each hit stands there" },
    { "--json", NULL, "answer as JSON" },
    { "--ids", NULL, "ids only, one a line; all of them unless --limit is given" },
    { "--format", "trec", "TREC run lines (with --batch)" },
    { "--batch", "FILE", "queries from FILE, one a line: qid<TAB>query" },
    { "--depth", "N", "hits for each query of a batch (default 1000)" },
    { 0 },
};

const char search_help[] =
    "QUERY is words, joined by AND; \"phrases\"; -word or NOT to leave out; OR and brackets;\n"
    "prefix*. Fields: title: abstract: author: cat:cs.CL cat:math.* date:2024-03..2025\n"
    "date:7d added:today is:unread|read|reading|later|skip|starred|tagged|withdrawn\n"
    "is:replaced|changed (since you read it) has:code|pdf|text|doi|note|tag|abstract\n"
    "tag:NAME\n"
    "(and those below it, NAME/...) collection:NAME venue:nature venue:\"physical review\"\n"
    "(words of the journal or conference; neuro* begins a word) key:lee2024lamps key:lee*\n"
    "source:arxiv source:hf source:MY-FEED doi:10.1145/* id:ID near:ID query:NAME (a saved\n"
    "query). Of a paper's code: stars:>500 language:python topic:nlp license:MIT. kind:repository\n"
    "(or --in repositories) finds the repositories themselves: the same fields, date: is when\n"
    "something was pushed, words are looked for in name, description, topics and README, and any\n"
    "other field is about a paper that links to them.\n"
    "An id, DOI or their URL alone finds that paper. Without words the newest come first; of\n"
    "is:reading (what you have open in the Reader) those you read last; is:later and collection:\n"
    "have the order of the queue and the collection.\n"
    "Bare words also find what means nearly the same; --mode lexical finds words only. Phrases,\n"
    "fields, filters and -word hold for every hit; AND, OR and prefix* mean just that. A category\n"
    "typed as a word (cs.CL) is a filter. --ids lists exact matches only.";

const struct command_option tables_options[] = {
    { "--metric", "METRIC", "order a table by this metric (its name, or its number from 1)" },
    { "--reverse", NULL, "the other way round" },
    { "--limit", "N", "at most N rows of a table" },
    { "--find", "WORDS", "only names that have this in them" },
    { "--methods", NULL, "methods instead of tasks; or the one of that name" },
    { "--datasets", NULL, "data sets instead of tasks; or the one of that name" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char tables_help[] = "Without TASK: all tasks. With it: its data sets, each with its "
                           "best result. With DATASET: the\n"
                           "table of results in the order of its first metric, with paper "
                           "and code; names of several words\n"
                           "go in quotes. What is there comes from the archive of Papers "
                           "with Code (CC-BY-SA-4.0): import\n"
                           "its dumps evaluation-tables, methods and datasets.";

const struct command_option repositories_options[] = {
    { "--sort", "stars|pushed|name|added", "the order (default: stars)" },
    { "--limit", "N", "at most N repositories (default 50)" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char repositories_help[] =
    "Papers link to code; of the repositories at GitHub each sync asks for some: first those of\n"
    "papers you marked, then those of new papers, then the rest in turn. Facts and README are\n"
    "kept, stars sampled once a day. Switch it on in the configuration:\n"
    "    [source \"github\"]\n"
    "        token-file = ~/.config/carrel/github-token\n"
    "Without a token GitHub answers 60 requests an hour, with one 5,000. 'carrel add URL' asks\n"
    "for one repository now, whether it is known or not, and from then on it is kept up to date\n"
    "(until 'carrel add --stop URL'); 'carrel show repo:github.com/OWNER/NAME' tells all about\n"
    "it. At the desk: gR, and gc from a paper to its code.";

const struct command_option trends_options[] = {
    { "--metric", "METRIC", "upvotes (default), comments, stars, citations: what is counted" },
    { "--window", "WINDOW", "velocity over the last 7d (default), 30d ..." },
    { "--category", "CATEGORY", "only papers in cs.CL, math.* ..." },
    { "--limit", "N", "at most N papers (default 20)" },
    { "--sort", "TREND", "velocity (default), zscore, value, acceleration" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char trends_help[] =
    "Each sync notes what sources count; a day without a sync is a gap, shown as such and never\n"
    "filled in. Velocity is the slope of a line through the window's samples, in units a day;\n"
    "acceleration how much that has changed since the window before. z says how far a velocity\n"
    "lies above the median of papers of the same category and age, in robust standard deviations.";

const struct command_option topics_options[] = {
    { "--category", "CATEGORY", "only papers in cs.CL, math.* ..." },
    { "--period", "week|month", "count by weeks (26 of them, the default) or 30 days (24)" },
    { "--clusters", NULL, "groups of recent papers by their vectors, and how they grow" },
    { "--limit", "N", "at most N topics (default 20)" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char topics_help[] =
    "Words and phrases of titles and abstracts that appear in many more papers now than their own\n"
    "past lets expect (bursts, J. Kleinberg 2002), heaviest first, with the newest papers behind\n"
    "each. The line is their share of all papers, period by period; a part of a phrase that is\n"
    "mostly seen in it is left out. --clusters groups the papers of the last four periods by what\n"
    "they mean, called by the phrases that tell them from the others; x says how their share has\n"
    "grown against the periods before, those that grew most surely come first.";

const struct command_option stats_options[] = {
    { "--weeks", "N", "look back N weeks (default 26)" },
    { "--category", "CATEGORY", "papers, categories and authors of cs.CL, math.* ... alone" },
    { "--limit", "N", "at most N rows of each list (default 15)" },
    { "--bursts", NULL, "also what bursts, which takes longer" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char stats_help[] =
    "Papers published a week, in all and by category; authors of these weeks and of all papers;\n"
    "what you have read, starred, put off, skipped, noted and tagged a day (what is undone does\n"
    "not count); papers sampled a day; records by source, links by kind, documents by state; how\n"
    "websites are used that send events ('carrel help serve'): views, clicks, searches and\n"
    "visitors a day, the papers seen most, what is searched for. Weeks end with today. The desk's\n"
    "Analytics draws the same.\n"
    "With --category the papers, categories, authors and bursts are those of that category; the\n"
    "numbers on top and all else are of the whole library, and the first line says so.";

const struct command_option digest_options[] = {
    { "--period", "PERIOD", "day (today) or week (default: the last seven days)" },
    { "--since", "DATE", "from that day on" },
    { "--format", "FORMAT", "text (default), md, html or json" },
    { "--query", "QUERY", "what this query finds, instead of the saved ones" },
    { "-o", "FILE", "where to write; - is standard output" },
    { "--force", NULL, "replace a file that carrel did not write, too" },
    { 0 },
};

const char digest_help[] =
    "What came in those days by saved query (all papers, when none is saved), the alerts that\n"
    "fired, what was replaced or withdrawn (no rule is needed), what rises where there are\n"
    "samples, and the state of the reading list. Days are of UTC. The HTML is one page by itself.";

const struct command_option related_options[] = {
    { "--limit", "N", "at most N papers (default 20)" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char related_help[] =
    "Near in meaning (vectors), and bound by authors or links; each with what speaks for it.\n"
    "Several ids mean: more like these together.";

const struct command_option duplicates_options[] = {
    { "--limit", "N", "at most N pairs (default 50)" },
    { "--all", NULL, "compare every paper with its neighbours, not only the newest 2,000" },
    { "--merged", NULL, "what was merged without being asked to, newest first" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char duplicates_help[] =
    "Pairs that may be one work: the same title, or documents or abstracts that are nearly the\n"
    "same (of documents: an estimate). Nothing is merged by this; 'carrel merge ID ID' does, and\n"
    "'carrel split ID ID' keeps two apart for good. At the desk: gD, or :duplicates. --merged\n"
    "lists what joined a paper by itself; 'carrel split ID' takes the last one apart.";

const struct command_option recommend_options[] = {
    { "--limit", "N", "at most N papers (default 20)" },
    { "--self-test", NULL, "how well it would have done on your own past" },
    { "--explain", NULL, "what it learned from, and the self-test" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char recommend_help[] =
    "Unread papers by expected interest, learned from what you starred, tagged, noted, read and\n"
    "skipped; each with the words that speak for it. Every seventh is one the model is unsure of,\n"
    "marked '?'. --self-test learns from your earlier marks and counts how many of the later ones\n"
    "are among its first 20, beside newest-first.";

const struct command_option eval_options[] = {
    { "--set", "FOLDER", "a test collection; may be repeated (default: those in $CARREL_SHARED)" },
    { "--mode", "MODE", "only lexical, semantic or hybrid, beside bm25()" },
    { "--ablation", NULL, "what each part of the hybrid ranking is worth" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char eval_help[] =
    "A collection is a folder with docs.jsonl (id, title, text), queries.jsonl (id, text) and\n"
    "qrels.tsv (query, document, grade). Each is imported into a scratch library, searched, and\n"
    "compared with a plain FTS5 table (porter, OR of the words, bm25()) of the same documents.\n"
    "p is that of a paired sign-flip test on nDCG@10 against bm25().";

const struct command_option train_options[] = {
    { "--input", "FILE", "titles and abstracts to learn from (default: the library); repeatable" },
    { "--output", "FILE", "where the model goes (default: the library, if it is better)" },
    { "--force", NULL, "replace a file that is no model, too" },
    { "--epochs", "N", "times over all papers (default 8; 3 when adapting)" },
    { "--dim", "N", "numbers a vector: a multiple of 64 (default 256)" },
    { "--seed", "N", "the same seed and input give the same file (default 1)" },
    { "--json", NULL, "figures as JSON" },
    { 0 },
};

const char train_help[] =
    "Learns which words mean alike. Without --input the shipped model is adapted to the library's\n"
    "own papers, and serves from then on if it finds papers that were kept out better than the\n"
    "present one. With --input a model is made from nothing; files are those that import reads, -\n"
    "is standard input. docs/EMBEDDINGS.md says how it works.";
