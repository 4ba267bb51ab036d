/*
 * The command table: what carrel can do, for the command line, the prompt, help, completion and the
 * man page.
 */
#include "commands.h"

#include <string.h>
#include <strings.h>

static const struct command_option json_only[] = { { "--json", NULL, "answer as JSON" }, { 0 } };

static const struct command_option config_options[] = {
    { "--check", NULL, "look whether keys and themes do what they say" },
    { "--json", NULL, "answer as JSON" },
    { 0 }
};

static const struct command_option search_options[] = {
    { "--mode", "MODE", "hybrid (default where there are vectors), lexical, semantic" },
    { "--no-priors", NULL, "no advantage for new papers and for those called like the query" },
    { "--in", "WHAT", "works (default), text (the pages of documents), repositories, or all" },
    { "--limit", "N", "at most N hits (default 20)" },
    { "--offset", "N", "leave out the first N" },
    { "--after", "CURSOR", "continue behind an answer's \"next\"" },
    { "--sort", "ORDER",
      "relevance, date, added, read (in the Reader), queue (put off) or trending (by upvotes a "
      "day)" },
    { "--explain", NULL, "say how the query was understood and why each hit stands there" },
    { "--json", NULL, "answer as JSON" },
    { "--ids", NULL, "ids only, one a line; all of them unless --limit is given" },
    { "--format", "trec", "TREC run lines (with --batch)" },
    { "--batch", "FILE", "queries from FILE, one a line: qid<TAB>query" },
    { "--depth", "N", "hits for each query of a batch (default 1000)" },
    { 0 },
};
static const struct command_option alert_options[] = {
    { "--on", "EVENT", "add: new, replaced (a newer version), withdrawn or trend" },
    { "--query", "QUERY", "add: only papers that this query finds" },
    { "--metric", "METRIC", "add, on trend: upvotes (default), comments, stars, citations" },
    { "--over", "N", "add, on trend: more than so many" },
    { "--velocity", "N", "add, on trend: more than so many a day, as 'trends' computes it" },
    { "--zscore", "N", "add, on trend: faster than its like by more than so many deviations" },
    { "--run", NULL, "test: runs the command on it" },
    { "--all", NULL, "log: what is dismissed as well" },
    { "--limit", "N", "log, test: at most N, newest first (default 100, of test 10)" },
    { "--json", NULL, "list, log, test: answer as JSON" },
    { 0 },
};
static const struct command_option query_options[] = {
    { "--force", NULL, "rm: although an alert uses it" },
    { "--json", NULL, "list: answer as JSON" },
    { 0 },
};
static const struct command_option highlights_options[] = {
    { "--query", "QUERY", "only in papers that this query finds" },
    { "--find", "WORDS", "only those with this in quote, note or title" },
    { "--format", "FORMAT", "text (default), md or json" },
    { "-o", "FILE", "where to write; - is standard output" },
    { "--json", NULL, "as --format json" },
    { 0 },
};
static const struct command_option shelf_options[] = {
    { "--limit", "N", "at most N of them" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option undo_options[] = {
    { "--list", NULL, "take nothing back: list the steps, newest first" },
    { "--limit", "N", "list: at most N steps (default 20)" },
    { "--json", NULL, "list: answer as JSON" },
    { 0 },
};
static const struct command_option digest_options[] = {
    { "--period", "PERIOD", "day (today) or week (default: the last seven days)" },
    { "--since", "DATE", "from that day on" },
    { "--format", "FORMAT", "text (default), md, html or json" },
    { "--query", "QUERY", "what this query finds, instead of the saved ones" },
    { "-o", "FILE", "where to write; - is standard output" },
    { 0 },
};
static const struct command_option show_options[] = {
    { "--json", NULL, "the record as JSON" },
    { "--text", NULL, "readable text (default)" },
    { "--bibtex", NULL, "as an entry of BibTeX" },
    { "--biblatex", NULL, "the same in biblatex's words" },
    { "--ris", NULL, "as RIS" },
    { "--csl", NULL, "as CSL-JSON (for pandoc and other programs that format citations)" },
    { 0 },
};
static const struct command_option changes_options[] = {
    { "--since", "VERSION", "read (default), first, v2, or the day of one: 2024-03-05" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option cite_options[] = {
    { "--style", "STYLE",
      "references instead of keys: apa, ieee, chicago, mla, acm, or a .csl file (by pandoc)" },
    { "--as", "FORM",
      "key (default, one a line); tex, pandoc or typst; bibtex, biblatex, ris, csl: entries" },
    { "--to", "FILE", "add entries to this .bib file that it lacks, and print their keys in it" },
    { "--biblatex", NULL, "with --to: in biblatex's words" },
    { 0 },
};
static const struct command_option lint_options[] = {
    { "--fix", NULL, "make the edits that lint proposes" },
    { "--only", "RULE", "look for this alone" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option import_options[] = {
    { "--format", "FORMAT",
      "auto (default), bibtex (also biblatex), ris, csl, zotero, papis, jsonl, arxiv-mail, "
      "arxiv-atom, oai, rss, hf, pwc, crossref, opml" },
    { "--tags", NULL, "keywords of a bibliography become tags (else they are subjects)" },
    { "--write", NULL, "feeds of an OPML file: add them to the settings (else they are printed)" },
    { "--background", NULL, "as a job: the desk or a worker does it" },
    { "--json", NULL, "print the counts (or the job) as JSON" },
    { 0 },
};
static const char export_help[] =
    "--format site writes a folder that is a website: home, search, papers, months, topics,\n"
    "repositories, results, numbers, feeds. It works from a disk, a memory stick or any web\n"
    "server, below any path; no program stands behind it, and search runs in the page.\n"
    "--format json writes the data alone. Either writes only what has changed, removes what is\n"
    "gone, and leaves whatever else lies in the folder; the same library gives the same bytes on\n"
    "any day. Notes, marks and what was read stay here; tags and saved queries are published.\n"
    "A single file is not written where nothing is found (a feed may be empty), and a .bib that\n"
    "export has not written itself is replaced with --force only.\n"
    "docs/WEBSITE.md tells the files, and how to publish them.\n";
static const struct command_option export_options[] = {
    { "--format", "FORMAT",
      "site (a website's folder), json (its data alone), jsonl (default), atom, bibtex, biblatex, "
      "ris, csl, opml (the feeds of the settings)" },
    { "--query", "QUERY", "only what this query finds" },
    { "-o", "FOLDER|FILE", "where to write; - is standard output" },
    { "--limit", "N", "entries of an Atom feed (default 100)" },
    { "--tracker", "URL",
      "site: tell the carrel whose carrel.js this is how it is used (site.tracker)" },
    { "--force", NULL, "replace a .bib that was not written by export, too" },
    { "--tex-accents", NULL, "bibtex, biblatex: {\\'e} for é, for programs that know ASCII only" },
    { "--json", NULL, "print the counts as JSON" },
    { 0 },
};
static const struct command_option tables_options[] = {
    { "--metric", "METRIC", "order a table by this metric (its name, or its number from 1)" },
    { "--reverse", NULL, "the other way round" },
    { "--limit", "N", "at most N rows of a table" },
    { "--find", "WORDS", "only names that have this in them" },
    { "--methods", NULL, "methods instead of tasks; or the one of that name" },
    { "--datasets", NULL, "data sets instead of tasks; or the one of that name" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option repositories_options[] = {
    { "--sort", "stars|pushed|name|added", "the order (default: stars)" },
    { "--limit", "N", "at most N repositories (default 50)" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option serve_options[] = {
    { "--listen", "HOST:PORT", "where (default: serve.listen, 127.0.0.1:8577; port 0: any)" },
    { "--describe", "openapi|postman",
      "print the interface as such a document, and serve nothing" },
    { 0 },
};
static const struct command_option health_options[] = {
    { "--live", NULL, "being alive is enough, ready or not" },
    { "--json", NULL, "the service's own words" },
    { 0 },
};
static const struct command_option webhook_options[] = {
    { "--state", "STATE", "list: waiting, sending, delivered, dead or cancelled" },
    { "--limit", "N", "list: deliveries, the newest first (default: 50)" },
    { "--dead", NULL, "redeliver: all dead letters" },
    { "--json", NULL, "as JSON" },
    { 0 },
};
static const struct command_option peer_options[] = {
    { "--token-file", "FILE", "add: file with a token of that service, of scope sync" },
    { "--json", NULL, "list: as JSON" },
    { 0 },
};
static const struct command_option token_options[] = {
    { "--scope", "SCOPE", "new: read (default), events, write (implies both), sync, admin" },
    { "--expires", "TIME", "new: how long it holds (default 30d)" },
    { "--note", "TEXT", "new: what it is for" },
    { "--json", NULL, "list: answer as JSON" },
    { 0 },
};
static const struct command_option audit_options[] = {
    { "--limit", "N", "at most N rows (default 50)" },
    { "--before", "ROW", "older ones: the \"next\" of an earlier answer" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option repo_options[] = {
    { "--at", "REVISION", "at a branch, tag, hash, day (2021-03-04), or a paper's day (its id)" },
    { "--limit", "N", "log, tree: at most N (default 100; of tree all)" },
    { "--skip", "N", "log, tree: leave out the first N" },
    { "--author", "WORDS", "log: only commits whose author's name or address has these in it" },
    { "--all", NULL, "log: of all branches" },
    { "--graph", NULL, "log: draw branches and merges beside the commits" },
    { "--plain", NULL, "file: without line numbers" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option trends_options[] = {
    { "--metric", "METRIC", "upvotes (default), comments, stars, citations: what is counted" },
    { "--window", "WINDOW", "velocity over the last 7d (default), 30d ..." },
    { "--category", "CATEGORY", "only papers in cs.CL, math.* ..." },
    { "--limit", "N", "at most N papers (default 20)" },
    { "--sort", "TREND", "velocity (default), zscore, value, acceleration" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option topics_options[] = {
    { "--category", "CATEGORY", "only papers in cs.CL, math.* ..." },
    { "--period", "week|month", "count by weeks (26 of them, the default) or 30 days (24)" },
    { "--clusters", NULL, "groups of recent papers by their vectors, and how they grow" },
    { "--limit", "N", "at most N topics (default 20)" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option stats_options[] = {
    { "--weeks", "N", "look back N weeks (default 26)" },
    { "--category", "CATEGORY", "papers, categories and authors of cs.CL, math.* ... alone" },
    { "--limit", "N", "at most N rows of each list (default 15)" },
    { "--bursts", NULL, "also what bursts, which takes longer" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option doctor_options[] = {
    { "--fix", NULL, "rebuild what can be rebuilt" },
    { "--background", NULL, "as a job: the desk or a worker does it" },
    { "--json", NULL, "findings (or the job) as JSON" },
    { 0 },
};
static const struct command_option jobs_options[] = {
    { "--state", "STATE", "list: only queued, running, done, failed or cancelled ones" },
    { "--kind", "KIND", "list: only of this kind" },
    { "--limit", "N", "list: at most N of each state (default 200)" },
    { "--priority", "N", "add: higher first (default 0)" },
    { "--after", "ID", "add: wait for that job; repeatable" },
    { "--delay", "TIME", "add: not before 30s, 2h ..." },
    { "--key", "KEY", "add: only one open job may have this key" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option worker_options[] = {
    { "--once", NULL, "end when there is nothing left to do" },
    { "--threads", "N", "jobs at a time (default: worker.threads)" },
    { "--kind", "KIND", "only jobs of this kind" },
    { "--json", NULL, "print the counts at the end as JSON" },
    { 0 },
};
static const struct command_option backup_options[] = {
    { "--with-files", NULL, "also files of documents that can be fetched again" },
    { 0 },
};
static const struct command_option restore_options[] = {
    { "--force", NULL, "replace a library that has works in it" },
    { 0 },
};
static const struct command_option related_options[] = {
    { "--limit", "N", "at most N papers (default 20)" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option duplicates_options[] = {
    { "--limit", "N", "at most N pairs (default 50)" },
    { "--all", NULL, "compare every paper with its neighbours, not only the newest 2,000" },
    { "--merged", NULL, "what was merged without being asked to, newest first" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option recommend_options[] = {
    { "--limit", "N", "at most N papers (default 20)" },
    { "--self-test", NULL, "how well it would have done on your own past" },
    { "--explain", NULL, "what it learned from, and the self-test" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option eval_options[] = {
    { "--set", "FOLDER", "a test collection; may be repeated (default: those in $CARREL_SHARED)" },
    { "--mode", "MODE", "only lexical, semantic or hybrid, beside bm25()" },
    { "--ablation", NULL, "what each part of the hybrid ranking is worth" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option train_options[] = {
    { "--input", "FILE", "titles and abstracts to learn from (default: the library); repeatable" },
    { "--output", "FILE", "where the model goes (default: the library, if it is better)" },
    { "--epochs", "N", "times over all papers (default 8; 3 when adapting)" },
    { "--dim", "N", "numbers a vector: a multiple of 64 (default 256)" },
    { "--seed", "N", "the same seed and input give the same file (default 1)" },
    { "--json", NULL, "figures as JSON" },
    { 0 },
};
static const struct command_option process_options[] = {
    { "--password-file", "FILE", "passwords to try, one a line" },
    { "--again", NULL, "also what the library has already" },
    { "--background", NULL, "as jobs: the desk or a worker does it" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};
static const struct command_option read_options[] = {
    { "--text", NULL, "all of its text (default)" },
    { "--outline", NULL, "its headings and their pages" },
    { "--references", NULL, "its bibliography; an arrow leads to what is in the library" },
    { "--page", "N", "the text of one page" },
    { "--picture", "[kitty|sixel|blocks]", "that page of a PDF, else the first, as a picture" },
    { "--columns", "N", "with --picture: at most so many columns wide" },
    { "--password-file", "FILE", "passwords to try, one a line" },
    { 0 },
};
static const struct command_option dump_options[] = {
    { "--keys", "KEYS", "keys to press first, as vim writes them: jj<CR>/word<Esc>" },
    { "--size", "WxH", "screen size, 20x5 to 500x200 (default 80x24)" },
    { "--json", NULL, "what is shown, as data" },
    { "--ansi", NULL, "with colours" },
    { "--svg", NULL, "as a picture" },
    { 0 },
};
static const struct command_option help_options[] = {
    { "--man", NULL, "a page of the manual, as roff: carrel (default), config, query or api" }, { 0 }
};

static const struct command_option add_options[] = {
    { "--clone", NULL, "clone repositories; of one that is cloned fetch what is new" },
    { "--as", "REPO",
      "what is cloned is this repository, which papers link to; fetched from where it lies" },
    { "--background", NULL, "clone as a job: the desk or a worker does it" },
    { "--text", NULL, "their full text too, where Hugging Face has it (carrel read ID)" },
    { "--stop", NULL, "repositories: what is known stays, but only papers keep them up to date" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

static const struct command_option sync_options[] = {
    { "--source", "NAME", "only this source, and no peer; repeatable" },
    { "--since", "DATE", "from this day on (a first harvest takes the last 30 days)" },
    { "--max", "N", "at most N records of each source" },
    { "--due", NULL, "only sources and peers that their schedule says" },
    { "--peer", "PEER", "no source: exchange with this peer ('all': with each) alone" },
    { "--again", NULL, "ask a source again that has refused to serve us" },
    { "--status", NULL, "fetch nothing: tell where the sources stand" },
    { "--background", NULL,
      "as jobs, one of each source and peer: the desk or a worker does them" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

static const char sync_help[] =
    "Sources are [source \"NAME\"] sections of the configuration; without any, arXiv with the\n"
    "categories cs.AI, cs.CL, cs.CV, cs.LG and stat.ML is read by OAI-PMH, and Hugging Face's "
    "daily "
    "and\n"
    "trending papers beside it. Where there are sections, only their sources are read. Kinds: "
    "arxiv,\n"
    "huggingface (list = daily|weekly|monthly|trending|linked, query = WORDS), pwc, github (see\n"
    "'carrel help repositories'), and kind = feed with a url for any RSS or Atom feed ('carrel\n"
    "import' reads lists of them). With --due a source is asked as often as 'every' says, and "
    "ends\n"
    "after [harvest] slice to go on with the next run. A peer with an address ('carrel help\n"
    "peer') is asked for leave before each request, and all peers are exchanged with at the end\n"
    "(--due: those that are due).\n"
    "An interrupted sync goes on where it stopped. Exit code 3: "
    "something could not be fetched, and the output says what.";
static const char search_help[] =
    "QUERY is words, joined by AND; \"phrases\"; -word or NOT to leave out; OR and brackets; "
    "prefix*.\n"
    "Fields: title: abstract: author: cat:cs.CL cat:math.* date:2024-03..2025 date:7d added:today\n"
    "is:unread|read|reading|later|skip|starred|tagged|withdrawn is:replaced|changed (since you\n"
    "read it) "
    "has:code|pdf|text|doi|note|tag|abstract "
    "tag:NAME\n"
    "(and those below it, NAME/...) collection:NAME\n"
    "source:arxiv source:hf source:MY-FEED doi:10.1145/* id:ID near:ID query:NAME (a saved "
    "query).\n"
    "Of a paper's code: stars:>500 language:python topic:nlp license:MIT. kind:repository (or "
    "--in\n"
    "repositories) finds the repositories themselves: the same fields, date: is when something "
    "was\n"
    "pushed, words are looked for in name, description, topics and README, and any other field is\n"
    "about a paper that links to them.\n"
    "An id, DOI or their URL alone finds that paper. Without words the newest come first; of "
    "is:reading\n"
    "(what you have open in the Reader) those you read last; is:later and collection: have the\n"
    "order of the queue and the collection.\n"
    "Bare words also find what means nearly the same; --mode lexical finds words only.\n"
    "Phrases, fields, filters and -word hold for every hit; AND, OR and prefix* mean just that.\n"
    "A category typed as a word (cs.CL) is a filter. --ids lists exact matches only.";
static const char import_help[] =
    "JSONL has one record on each line, of which only the title must be there: id, title,\n"
    "abstract, authors, categories, published, updated, doi, venue, comment, url, pdf_url,\n"
    "code_urls, tasks, methods, aliases, versions, attribution, tags, notes, state, starred. A "
    "field of\n"
    "another name is told and passed over.\n"
    "A record joins a paper that is here by its ids, or by title and authors; the latter are\n"
    "counted as merged, 'carrel duplicates --merged' lists them, and 'carrel split ID' takes one\n"
    "apart.\n"
    "A list of feeds (OPML, as readers of feeds write it) becomes sections of the settings: they\n"
    "are printed, or added behind what is there with --write. Feeds that the settings have\n"
    "already are passed over; one that says http is asked by https.";
static const char changes_help[] =
    "Without ID: the papers that you have read and that were replaced or withdrawn since (the "
    "query\n"
    "is:changed). With ID: its versions, and word by word what changed in title, authors, "
    "comment,\n"
    "categories, venue and abstract: [-removed-]{+added+}; and in its text, where the PDFs of "
    "both\n"
    "versions were processed. A paper that you have not read is held against the version before\n"
    "its newest. 'carrel mark seen ID' says that you know, as does marking it read again; at the\n"
    "desk: D in a paper, or :changes.";
static const char mark_help[] = "STATE is read, unread, later, skip, star or unstar; or seen: the "
                                "newest version of a paper that\n"
                                "you have read is no news to you.";
static const char alert_help[] =
    "alert add NAME --on EVENT [--query QUERY] watches what imports and harvests bring from now\n"
    "on; EVENT is new (a paper that was not here), replaced (its version number grew), withdrawn,\n"
    "or trend: what is sampled of a paper has come to be more than --over N, more than --velocity "
    "N\n"
    "a day, or more than --zscore N above its like, as trends computes them; of several, all. "
    "Each\n"
    "event comes to a rule once, and a paper to a rule on a trend once for ever; what is past its\n"
    "numbers when the rule is made is no news.\n"
    "alert log tells what has fired, newest first; alert dismiss NUMBER|NAME|all puts it away;\n"
    "alert rm NAME ends a rule, and what it told stays; alert test NAME shows what the rule would\n"
    "tell if what is here came now, and writes nothing.\n"
    "A command can be told: [alert] run = PROGRAM WORD... in the configuration, or [alert "
    "\"NAME\"]\n"
    "for one rule. It is run without a shell behind an import, a sync or alert log, and reads the "
    "new\n"
    "rows as JSON. What fails is tried three times, with a pause between (alert.backoff), and\n"
    "stays in the log; what cannot start is tried until it does. alert retry [NAME] tells at once\n"
    "what was given up or waits for its next try. It is told of a row at least once: twice, when\n"
    "carrel dies in between. alert test NAME --run runs it now.";
static const char digest_help[] =
    "What came in those days by saved query (all papers, when none is saved), the alerts that\n"
    "fired, what was replaced or withdrawn (no rule is needed), what rises where there are\n"
    "samples, and the state of the reading list. Days are of UTC. The HTML is one page by itself.";
static const char query_help[] = "query add NAME QUERY saves a query as a feed; query rm NAME "
                                 "forgets it, with --force though\n"
                                 "an alert uses it; query list shows all.\n"
                                 "A saved query composes: query:NAME inside another query.";
static const char edit_help[] =
    "Fields are title, authors (\"A B; C D\"), date (2020, 2020-07 or 2020-07-05), venue, doi, "
    "arxiv\n"
    "and abstract. What you say goes before what any source says, also of later harvests and when\n"
    "its document is read again; an empty VALUE takes it back. Without FIELD=VALUE a form opens "
    "in\n"
    "$EDITOR; - reads such a form from standard input. A DOI or an arXiv number that another "
    "paper\n"
    "has makes the two one, as merge does, when their titles are alike; else it is refused, since\n"
    "the number may be mistyped, and merge ID ID insists. undo takes all of it back.\n"
    "    carrel edit file:3662ff519e485810 date=2009-06 doi=10.1145/1542476.1542528";
static const char note_help[] = "With TEXT (or - for standard input) the note is set; without, "
                                "$VISUAL or $EDITOR opens it. An empty note\n"
                                "is deleted.";
static const char related_help[] =
    "Near in meaning (vectors), and bound by authors or links; each with what speaks for it.\n"
    "Several ids mean: more like these together.";
static const char duplicates_help[] =
    "Pairs that may be one work: the same title, or documents or abstracts that are nearly the "
    "same\n"
    "(of documents: an estimate). Nothing is merged by this; 'carrel merge ID ID' does, and\n"
    "'carrel split ID ID' keeps two apart for good. At the desk: gD, or :duplicates.\n"
    "--merged lists what joined a paper by itself; 'carrel split ID' takes the last one apart.";
static const char recommend_help[] =
    "Unread papers by expected interest, learned from what you starred, tagged, noted, read and\n"
    "skipped; each with the words that speak for it. Every seventh is one the model is unsure of,\n"
    "marked '?'. --self-test learns from your earlier marks and counts how many of the later ones\n"
    "are among its first 20, beside newest-first.";
static const char eval_help[] =
    "A collection is a folder with docs.jsonl (id, title, text), queries.jsonl (id, text) and\n"
    "qrels.tsv (query, document, grade). Each is imported into a scratch library, searched, and\n"
    "compared with a plain FTS5 table (porter, OR of the words, bm25()) of the same documents.\n"
    "p is that of a paired sign-flip test on nDCG@10 against bm25().";
static const char train_help[] =
    "Learns which words mean alike. Without --input the shipped model is adapted to the library's "
    "own\n"
    "papers, and serves from then on if it finds papers that were kept out better than the present "
    "one.\nWith --input a model is made from nothing; files are those that import reads, - is "
    "standard input.\ndocs/EMBEDDINGS.md says how it works.";
static const char jobs_help[] =
    "jobs lists the queue; jobs show ID tells the whole story of one; jobs retry ID runs a failed\n"
    "or cancelled one again, and with it what fell with it; jobs cancel ID takes one out, or "
    "tells\n"
    "it to stop; jobs add KIND [JSON] puts one in. Jobs survive crashes and power cuts; the desk\n"
    "works them in the background, and so does carrel worker. A job that fails is tried again\n"
    "after a growing pause; when its attempts are used up it stays in the list as failed.";
static const char worker_help[] =
    "Runs until SIGTERM (exit code 0; what runs goes back to the queue). With --once it ends when\n"
    "nothing is left that could run, and waits up to a minute for pauses between attempts. Any\n"
    "number of workers may run at once.";
static const char backup_help[] = "All that cannot be fetched again is in the one file: papers, "
                                  "tags, marks, notes, queries, and\n"
                                  "the files of documents that came from this machine. Files that "
                                  "came from the network are left\n"
                                  "out unless --with-files is given; their text is in it either "
                                  "way. Works while the library is in\n"
                                  "use; exit code 3 when a document's file is gone or damaged. "
                                  "'carrel restore FILE' brings it all\n"
                                  "back.";
static const char process_help[] =
    "Reads each PDF, text, Markdown, HTML or TeX file, and those below a folder, into the\n"
    "library: its text to be searched (search --in text) and read (read ID), as part of the\n"
    "paper it is. The PDF of an ID or at an https address is fetched first, within the budget of\n"
    "its server and going on where it broke off; PDFs of arXiv are for your own use. Says what\n"
    "became of it: done; repaired (broken, or in fonts without letters, but some of it could be "
    "had); scanned (pictures of\n"
    "pages); encrypted (needs a password); refused (no document, or broken beyond that); limit\n"
    "(would take more than process.time-limit or process.memory-limit). Each is read by a\n"
    "confined process of its own kind: a file that crashes it costs that file alone. The exit\n"
    "code is 3 when one gave no text. [process] fetch = later fetches what you mark so.";
static const char read_help[] =
    "Text in reading order: columns one after the other, words whole that were broken at a line's\n"
    "end, without running heads and page numbers, notes and figures behind the paragraph they\n"
    "stand in. A paper's text is the one that process has put into the library; a file is read "
    "anew.\n"
    "--picture asks the terminal what it can show: kitty's graphics protocol, sixel, else half "
    "blocks, two\npixels in a character. In tmux, kitty's protocol needs: tmux set -g "
    "allow-passthrough on. ui.pictures\nchooses once and for all.";
static const char highlights_help[] =
    "Of one paper, or of all, in order of the text. They are made in the Reader (T on a paper): v "
    "or\n"
    "V selects, H highlights, e writes a note, X removes, gh lists. A highlight is kept as its "
    "words\n"
    "and what stands around them, so it is found again when the document is read anew: \"state\" "
    "is\n"
    "same, moved, near (a few letters are others) or lost. undo takes each step back. gH at the\n"
    "desk shows all of them; note and rm name one by its \"id\" in --json.";
static const char dump_help[] =
    "VIEW is today, library, search, paper, reader, page, tables, duplicates, trending, topics,\n"
    "analytics, repositories, repository, code, jobs, job, harvest, source, log or help; paper,\n"
    "repository, job, source, reader and page (\"ID 3\") and tables (\"TASK > DATASET\") take "
    "what\n"
    "they should show, repositories a paper, code a place in a clone: \"ID log v1.0\",\n"
    "\"ID file:12 - PATH\" (- is the tip), \"ID diff A..B\". What is not there is exit code 4.";
static const char completion_help[] = "Prints a script; in bash: eval \"$(carrel completion "
                                      "bash)\". The script asks 'completion words'\n"
                                      "what may stand in place of the last WORD.";
static const char tables_help[] = "Without TASK: all tasks. With it: its data sets, each with its "
                                  "best result. With DATASET: the\n"
                                  "table of results in the order of its first metric, with paper "
                                  "and code; names of several words\n"
                                  "go in quotes. What is there comes from the archive of Papers "
                                  "with Code (CC-BY-SA-4.0): import\n"
                                  "its dumps evaluation-tables, methods and datasets.";
static const char repositories_help[] =
    "Papers link to code; of the repositories at GitHub each sync asks for some: first those of\n"
    "papers you marked, then those of new papers, then the rest in turn. Facts and README are\n"
    "kept, stars sampled once a day. Switch it on in the configuration:\n"
    "    [source \"github\"]\n"
    "        token-file = ~/.config/carrel/github-token\n"
    "Without a token GitHub answers 60 requests an hour, with one 5,000. 'carrel add URL' asks "
    "for\n"
    "one repository now, whether it is known or not, and from then on it is kept up to date "
    "(until\n"
    "'carrel add --stop URL'); 'carrel show repo:github.com/OWNER/NAME' tells all about it.\n"
    "At the desk: gR, and gc from a paper to its code.";
static const char serve_help[] =
    "The library over HTTP, until SIGTERM or an interrupt: search, papers, repositories, trends,\n"
    "topics, jobs, and as a WebSocket what happens; with a token of the scope write scrapes and\n"
    "documents, too. /docs tells all, /openapi.json for programs. It works the queue of jobs "
    "(worker.threads) and harvests what is\n"
    "due (harvest.background), as the desk does. On this machine alone unless\n"
    "serve.listen says otherwise; then, or when $PORT is set (0.0.0.0:$PORT), serve.secret-file\n"
    "must be there and every request needs a token ('carrel help token').\n"
    "Websites send what is seen, followed and searched for there by\n"
    "    <script defer src=\"https://SERVICE/carrel.js\" data-token=\"TOKEN\"></script>\n"
    "with a token of the scope events, or by POST /events/pageview, /click and /search. It is\n"
    "counted without cookies or addresses; 'carrel stats', the desk's Analytics and "
    "/metrics/popular,\n"
    "/trending, /summary and /realtime show it. docs/ANALYTICS.md tells more.";
static const char health_help[] =
    "Asks the service at URL, else the one that 'serve' with the same settings (or $PORT) is: "
    "exit\n"
    "code 0 when it can read the library and is not stopping, 1 when not or when nobody answers\n"
    "within five seconds. Needs no library and no token; for the health checks of containers.";
static const char token_help[] =
    "token new prints a token for the service, alone; it is signed with the secret in\n"
    "serve.secret-file, and is not kept: token list shows ids, scopes and until when they hold,\n"
    "token revoke ID takes one back at once. To change the secret, put the new file first:\n"
    "tokens that the older ones signed hold until they expire.";
static const char audit_help[] =
    "Requests to the service that changed something, or would have: when, the beginning of the\n"
    "token's id ('carrel token list' has whose it is), from where, the answer's status, what it "
    "was\n"
    "and what came of it. The newest 10,000 are kept.";
static const char webhook_help[] =
    "A webhook is told, over HTTP and signed, what a harvest has brought and what documents say:\n"
    "    [webhook \"site\"]\n"
    "        url = https://example.org/carrel/\n"
    "        secret-file = ~/.config/carrel/site.secret\n"
    "        on = scraper-complete               # and document-processed; default: both\n"
    "It begins with what happens from then on. 'sync' sends at its end, 'worker', the desk and "
    "the\n"
    "service all the time; what fails is tried again with longer and longer pauses "
    "(webhook.backoff)\n"
    "and is a dead letter after webhook.attempts. webhook redeliver ID, or --dead, tries again;\n"
    "webhook test NAME sends a ping now and shows the answer. docs/INTEGRATION.md has a receiver.";
static const char peer_help[] =
    "A peer is another machine with a library of yours: the address of its 'carrel serve', or a\n"
    "folder that both can write (a stick, a share, a folder that some other tool copies):\n"
    "    carrel peer add server https://carrel.example.org --token-file ~/server.token\n"
    "    carrel peer add stick /media/stick/carrel\n"
    "That is a [peer \"NAME\"] section in the configuration with url and token-file; peer rm "
    "takes\n"
    "it out. 'carrel sync' exchanges with all of them, and the desk and the service do so every "
    "15\n"
    "minutes: every = 1h, or 0s for only when asked. The first one with an address is asked for "
    "leave before each request to a source, so\n"
    "that all machines keep one pace: lease = yes|no|required, docs/SCRAPER.md.";
static const char repo_help[] =
    "Looks into a clone, which 'carrel add PATH', 'carrel add URL.git' or 'carrel add --clone ID'\n"
    "makes: a bare one, below the library. Without a word: what it is made of. Words:\n"
    "    log [PATH]   tree [PATH]   file PATH   diff [A | A..B | A...B]   blame PATH   refs\n"
    "    readme       activity      fetch (what is new)                   remove (the clone)\n"
    "diff shows what commit A changed, what differs between A and B, or (with three dots) what B "
    "has\n"
    "changed since both parted; an empty A or B is the tip of the default branch.\n"
    "Names that are no UTF-8 or have blanks at their ends are shown as Git quotes them, and may "
    "be\n"
    "typed so: carrel repo ID file '\"caf\\351.txt\"'.\n"
    "--at arxiv:1706.03762 shows the code as of that paper's day: the commit on which the default\n"
    "branch stood then. Of a paper that is dated by year or month alone it is the last day of the\n"
    "month of its arXiv number, else of its date, and that is told. A folder's clone is called\n"
    "repo:local/PARENT/NAME.";
static const char add_help[] =
    "Addresses that end with .git, ssh addresses and folders with a repository are cloned, other\n"
    "pages of GitHub with --clone: once whole, then what is new. Progress shows on a terminal; ^C\n"
    "leaves nothing half behind. Keys for ssh come from your agent; nobody is asked for a "
    "password.\n"
    "A folder is a repository of its own (repo:local/...) unless --as says which it is a copy of.";
static const char trends_help[] =
    "Each sync notes what sources count; a day without a sync is a gap, shown as such and never\n"
    "filled in. Velocity is the slope of a line through the window's samples, in units a day;\n"
    "acceleration how much that has changed since the window before. z says how far a velocity "
    "lies\n"
    "above the median of papers of the same category and age, in robust standard deviations.";
static const char topics_help[] =
    "Words and phrases of titles and abstracts that appear in many more papers now than their own "
    "past\n"
    "lets expect (bursts, J. Kleinberg 2002), heaviest first, with the newest papers behind each. "
    "The\n"
    "line is their share of all papers, period by period; a part of a phrase that is mostly seen "
    "in it\n"
    "is left out. --clusters groups the papers of the last four periods by what they mean, called\n"
    "by the phrases that tell them from the others; x says how their share has grown against the\n"
    "periods before, those that grew most surely come first.";
static const char stats_help[] =
    "Papers published a week, in all and by category; authors of these weeks and of all papers;\n"
    "what you have read, starred, put off, skipped, noted and tagged a day (what is undone does\n"
    "not count); papers sampled a day; records by source, links by kind, documents by state; how\n"
    "websites are used that send events ('carrel help serve'): views, clicks, searches and "
    "visitors\n"
    "a day, the papers seen most, what is searched for. Weeks end with today. The desk's "
    "Analytics\n"
    "draws the same.\n"
    "With --category the papers, categories, authors and bursts are those of that category; the\n"
    "numbers on top and all else are of the whole library, and the first line says so.";
static const char review_help[] =
    "At the desk ':review 25 10m' (gs) shows the unread papers of the list, or the marked ones, one\n"
    "after the other with a clock: r, L, x and s lead on, p pauses, E ends it with a summary, U there\n"
    "takes all of it back. Leaving is a pause: ':review' alone goes on, also after a restart. This\n"
    "command lists them, newest first; counts are of the papers' marks as they are now.";
static const char tags_help[] =
    "methods/bayes lies below methods: tag:methods finds both, and counts are of both, each paper\n"
    "once. rename and rm are of the tag and all that lie below it, as one step of undo. At the desk\n"
    "gT shows the tree.";
static const char queue_help[] =
    "Papers that are put off (mark later) come by priority, from 9 down to -9, 0 is usual; of one\n"
    "priority in the order in which they were put off. 'search is:later' has the same order; the\n"
    "desk's Queue (gq) too, where + and - raise and lower what is under the cursor or marked.";
static const char collection_help[] =
    "A collection has a name and its papers an order: collection move NAME ID 1 brings one to the\n"
    "front, +1 and -1 one down and up (at the desk - and + in the list of collection:NAME). It is\n"
    "there as long as papers are in it. rename to another collection's name joins both.";
static const char undo_help[] =
    "A step is what one command did, on however many papers. The history lies in the library: "
    "undo\n"
    "and redo go on after a restart, and what the desk did the command line can take back. A new\n"
    "step ends what could be done again. What another machine has changed since stays, and is "
    "told.";
static const char config_help[] =
    "Without KEY: every setting that is set and where it comes from. With KEY: its value.\n"
    "'carrel help config' lists all settings. --check tells of keys that collide, cannot be "
    "reached or run\n"
    "nothing, with their lines, and of themes that cannot be read; the exit code is 1 then.";

static const char cite_help[] =
    "Keys are those of 'carrel export --format bibtex' and the others (docs/EXCHANGE.md); they are "
    "made\n"
    "by the setting cite.key, and come with entries that were imported.\n"
    "A word that ends with .bib is a file like that of --to. It is only ever added to: a paper is "
    "there\n"
    "already when an entry has its DOI or arXiv number, else its title.";

static const char lint_help[] =
    "Looks at all papers, or at those of a query, and changes nothing: what an edit would mend is\n"
    "shown as --fix FIELD=VALUE. With --fix these edits are made, those of a paper as one step, "
    "which\n"
    "'carrel undo' takes back. Rules: no-title, no-authors, no-date, no-doi, bad-doi, bad-isbn,\n"
    "bad-issn, wrong-year (before its arXiv number, or not its DOI's), capitals, title-end, "
    "encoding\n"
    "(text in a wrong character set), braces, dangling (a crossref that leads nowhere), same-key,\n"
    "twice (perhaps one paper: see 'carrel duplicates').";

static const struct command_option demo_options[] = {
    { "--tutor", NULL, "with ten short lessons" },
    { "--keep", NULL, "leave the folder there (carrel -L FOLDER opens it again)" },
    { 0 },
};
static const char demo_help[] =
    "The starter papers and sixty made-up new ones, a document with a highlight, notes, tags, saved\n"
    "queries, an alert, repositories, a month of upvotes: something in every room. It lies in a\n"
    "temporary folder that is gone when you leave, needs no network and asks for nothing. Your hooks,\n"
    "webhooks, commands of alerts and peers hear nothing of it. A COMMAND is run there instead of the\n"
    "desk: carrel demo trends.";

static const struct command commands[] = {
    { "search", "[--] QUERY", CMD_CLI, "find papers", search_help, search_options, cmd_search },
    { "show", "ID", CMD_CLI | CMD_DESK | CMD_SELECTION, "one paper, whole", NULL, show_options,
      cmd_show },
    { "changes", "[ID|-...]", CMD_CLI,
      "what differs between the version of a paper that you read and the newest", changes_help,
      changes_options, cmd_changes },
    { "cite", "[FILE.bib] ID|-...", CMD_CLI,
      "citation keys of papers, references to them, or entries for a .bib file", cite_help,
      cite_options, cmd_cite },
    { "lint", "[QUERY]", CMD_CLI | CMD_DESK | CMD_WRITES,
      "what looks wrong with papers, and mend it", lint_help, lint_options, cmd_lint },
    { "sync", "", CMD_CLI | CMD_DESK | CMD_NO_STORE, "fetch what is new from the sources",
      sync_help, sync_options, cmd_sync },
    { "add", "ID|URL|FILE...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_CREATES,
      "fetch papers by arXiv number, DOI or URL; take documents from files; clone repositories",
      add_help, add_options, cmd_add },
    { "import", "FILE|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_CREATES,
      "read papers from files; .gz as it is", import_help, import_options, cmd_import },
    { "export", "", CMD_CLI | CMD_DESK,
      "write a website, its JSON, JSONL, an Atom feed or a bibliography", export_help,
      export_options, cmd_export },
    { "mark", "STATE ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "mark papers read, unread, later, skip, star", mark_help, NULL, cmd_mark },
    { "tag", "TAG ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION, "put a tag on papers",
      NULL, NULL, cmd_tag },
    { "untag", "TAG ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "take a tag off papers", NULL, NULL, cmd_untag },
    { "tags", "list | rename TAG WORD | rm TAG", CMD_CLI | CMD_DESK | CMD_WRITES,
      "the tree of tags; a branch called otherwise, or taken off", tags_help, json_only, cmd_tags },
    { "collect", "COLLECTION ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "put papers into a collection, at its end", collection_help, NULL, cmd_collect },
    { "uncollect", "COLLECTION ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "take papers out of a collection", NULL, NULL, cmd_uncollect },
    { "collection",
      "list | show COLLECTION | move COLLECTION ID PLACE | rename COLLECTION WORD | rm COLLECTION",
      CMD_CLI | CMD_DESK | CMD_WRITES, "collections: papers in an order that you give them",
      collection_help, shelf_options, cmd_collection },
    { "review", "", CMD_CLI, "reviews that were held: what became of how many papers, and how fast",
      review_help, shelf_options, cmd_review },
    { "queue", "", CMD_CLI, "what is put off, in its order, and how far it was read", queue_help,
      shelf_options, cmd_queue },
    { "priority", "N ID|-...", CMD_CLI | CMD_DESK | CMD_WRITES | CMD_SELECTION,
      "put papers off with a priority: 9 comes first, +1 and -1 move", queue_help, NULL,
      cmd_priority },
    { "edit", "ID [FIELD=VALUE...|-]", CMD_CLI | CMD_WRITES,
      "say what a paper's title, authors, date, venue, DOI or arXiv number is", edit_help, NULL,
      cmd_edit },
    { "note", "ID [TEXT|-]", CMD_CLI | CMD_WRITES, "write a note about a paper", note_help, NULL,
      cmd_note },
    { "jot", "TEXT ID|-...", CMD_CLI | CMD_WRITES | CMD_SELECTION,
      "put a line more into the notes of papers", NULL, NULL, cmd_jot },
    { "undo", "[STEPS]", CMD_CLI | CMD_DESK | CMD_WRITES,
      "take back the last mark, tag, note, edit, highlight, saved query, merge or dismissed alert",
      undo_help, undo_options, cmd_undo },
    { "redo", "[STEPS]", CMD_CLI | CMD_DESK | CMD_WRITES, "do again what undo has taken back",
      undo_help, NULL, cmd_redo },
    { "merge", "ID ID", CMD_CLI | CMD_DESK | CMD_WRITES, "say that two papers are one work", NULL,
      NULL, cmd_merge },
    { "split", "ID [ID]", CMD_CLI | CMD_DESK | CMD_WRITES,
      "take the last merge of a work apart, or keep two apart", NULL, NULL, cmd_split },
    { "query", "add NAME QUERY | rename NAME WORD | rm NAME | list", CMD_CLI | CMD_DESK | CMD_WRITES,
      "saved queries, your feeds", query_help, query_options, cmd_query },
    { "alert",
      "add WORD | rm NAME | list | log [NAME] | test NAME | retry [NAME] | dismiss NUMBER|NAME|all",
      CMD_CLI | CMD_DESK | CMD_WRITES, "be told of new, replaced, withdrawn and rising papers",
      alert_help, alert_options, cmd_alert },
    { "digest", "", CMD_CLI | CMD_DESK | CMD_WRITES, "what a day or a week has brought", digest_help,
      digest_options, cmd_digest },
    { "tables", "[TASK [DATASET]]", CMD_CLI,
      "results on data sets, task by task; methods and data sets", tables_help, tables_options,
      cmd_tables },
    { "repositories", "", CMD_CLI | CMD_DESK, "the code that papers of the library link to",
      repositories_help, repositories_options, cmd_repositories },
    { "serve", "", CMD_CLI | CMD_NO_STORE, "the library over HTTP", serve_help, serve_options,
      cmd_serve },
    { "health", "[URL]", CMD_CLI | CMD_NO_STORE, "whether a service is alive and ready",
      health_help, health_options, cmd_health },
    { "token", "new | list | revoke ID", CMD_CLI | CMD_WRITES | CMD_CREATES,
      "access tokens for the service", token_help, token_options, cmd_token },
    { "audit", "", CMD_CLI, "what was written through the service, by which token", audit_help,
      audit_options, cmd_audit },
    { "webhook", "list | show ID | redeliver ID... | test NAME", CMD_CLI | CMD_WRITES,
      "who is told of harvests and documents, and what could not be told", webhook_help,
      webhook_options, cmd_webhook },
    { "peer", "list | add WORD URL|FOLDER | rm PEER", CMD_CLI | CMD_NO_STORE,
      "other machines that this library is kept the same with", peer_help, peer_options, cmd_peer },
    { "repo", "ID [log|tree|file|diff|blame|refs|readme|activity|fetch|remove [PATH]]",
      CMD_CLI | CMD_DESK | CMD_WRITES, "look into a cloned repository", repo_help, repo_options,
      cmd_repo },
    { "trends", "", CMD_CLI | CMD_DESK, "what rises: upvotes, comments, stars over time",
      trends_help, trends_options, cmd_trends },
    { "topics", "", CMD_CLI | CMD_DESK, "words and phrases that burst now, with their papers",
      topics_help, topics_options, cmd_topics },
    { "stats", "", CMD_CLI | CMD_DESK, "what is in the library and how it is used", stats_help,
      stats_options, cmd_stats },
    { "doctor", "", CMD_CLI | CMD_DESK | CMD_WRITES, "check the library; --fix mends", NULL,
      doctor_options, cmd_doctor },
    { "train", "", CMD_CLI | CMD_NO_STORE, "adapt the embedding model to your papers, or make one",
      train_help, train_options, cmd_train },
    { "jobs", "[list | show ID | retry ID... | cancel ID... | add KIND [JSON]]",
      CMD_CLI | CMD_DESK | CMD_WRITES, "the queue of background work", jobs_help, jobs_options,
      cmd_jobs },
    { "worker", "", CMD_CLI | CMD_WRITES, "work the queue of jobs", worker_help, worker_options,
      cmd_worker },
    { "backup", "FILE", CMD_CLI | CMD_DESK, "copy the library into one file, while it is in use",
      backup_help, backup_options, cmd_backup },
    { "restore", "FILE", CMD_CLI | CMD_WRITES | CMD_NO_STORE, "bring a backup back", NULL,
      restore_options, cmd_restore },
    { "related", "ID|-...", CMD_CLI | CMD_DESK | CMD_SELECTION, "papers like these", related_help, related_options,
      cmd_related },
    { "recommend", "", CMD_CLI | CMD_DESK, "what you may want to read next", recommend_help, recommend_options,
      cmd_recommend },
    { "duplicates", "", CMD_CLI, "papers that may be one and the same", duplicates_help,
      duplicates_options, cmd_duplicates },
    { "process", "ID|URL|FILE|FOLDER...",
      CMD_CLI | CMD_DESK | CMD_WRITES | CMD_CREATES | CMD_SELECTION,
      "read documents into the library", process_help, process_options, cmd_process },
    { "read", "ID|FILE", CMD_CLI | CMD_DESK | CMD_NO_STORE, "the text of a document", read_help,
      read_options, cmd_read },
    { "highlights", "[ID] | note HIGHLIGHT TEXT | rm HIGHLIGHT", CMD_CLI | CMD_DESK | CMD_WRITES,
      "what you have highlighted in documents, with notes", highlights_help, highlights_options,
      cmd_highlights },
    { "eval", "", CMD_CLI | CMD_NO_STORE, "measure search on test collections", eval_help,
      eval_options, cmd_eval },
    { "demo", "[COMMAND WORD...]", CMD_CLI | CMD_NO_STORE, "a filled library to try carrel on",
      demo_help, demo_options, cmd_demo },
    { "dump", "VIEW [ID|QUERY]", CMD_CLI | CMD_NO_STORE,
      "any view of the desk without a terminal: text, JSON, ANSI or SVG", dump_help, dump_options,
      cmd_dump },
    { "config", "[KEY]", CMD_CLI | CMD_DESK | CMD_NO_STORE, "show settings", config_help,
      config_options, cmd_config },
    { "paths", "", CMD_CLI | CMD_DESK | CMD_NO_STORE, "where things are", NULL, json_only,
      cmd_paths },
    { "completion", "bash|zsh|fish | words [--] WORD...", CMD_CLI | CMD_NO_STORE,
      "completion for your shell", completion_help, NULL, cmd_completion },
    { "help", "[COMMAND|carrel|config|query|api]", CMD_CLI | CMD_NO_STORE, "this, or more about one command", NULL,
      help_options, cmd_help },
};

const struct command *command_at(size_t i)
{
    return i < ARRAY_LEN(commands) ? &commands[i] : NULL;
}

const struct command *command_find(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* Levenshtein distance, for short names. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], la = strlen(a), lb = strlen(b), i, k;

    if (la > 40 || lb > 40)
        return 99;
    for (k = 0; k <= lb; k++)
        row[k] = k;
    for (i = 1; i <= la; i++) {
        size_t before = row[0];

        row[0] = i;
        for (k = 1; k <= lb; k++) {
            size_t above = row[k], best = before + (a[i - 1] != b[k - 1]);

            if (above + 1 < best)
                best = above + 1;
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            before = above;
            row[k] = best;
        }
    }
    return row[lb];
}

const char *command_nearest(const char *name)
{
    const char *best = NULL;
    size_t i, least = 3;

    for (i = 0; i < ARRAY_LEN(commands); i++) {
        size_t d = distance(name, commands[i].name);

        if (d < least
            || (strlen(name) > 2 && strncmp(commands[i].name, name, strlen(name)) == 0 && !best)) {
            least = d < least ? d : least;
            best = commands[i].name;
        }
    }
    return best;
}
