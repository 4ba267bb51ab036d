/*
 * Papers at hand: what is shown, marked, noted, cited, exchanged and put in order.
 * Options and help; what they do is in cmd_*.c.
 */
#include "manual.h"

#include <stddef.h>

const struct command_option show_options[] = {
    { "--json", NULL, "the record as JSON" },
    { "--text", NULL, "readable text (default)" },
    { "--bibtex", NULL, "as an entry of BibTeX" },
    { "--biblatex", NULL, "the same in biblatex's words" },
    { "--ris", NULL, "as RIS" },
    { "--csl", NULL, "as CSL-JSON (for pandoc and other programs that format citations)" },
    { 0 },
};

const struct command_option changes_options[] = {
    { "--since", "VERSION", "read (default), first, v2, or the day of one: 2024-03-05" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char changes_help[] =
    "Without ID: the papers that you have read and that were replaced or withdrawn since (the\n"
    "query is:changed). With ID: its versions, and word by word what changed in title, authors,\n"
    "comment, categories, venue and abstract: [-removed-]{+added+}; and in its text, where the\n"
    "PDFs of both versions were processed. A paper that you have not read is held against the\n"
    "version before its newest. 'carrel mark seen ID' says that you know, as does marking it read\n"
    "again; at the desk: D in a paper, or :changes.";

const struct command_option cite_options[] = {
    { "--style", "STYLE",
      "references instead of keys: apa, ieee, chicago, mla, acm, or a .csl file (by pandoc)" },
    { "--as", "FORM",
      "key (default, one a line); tex, pandoc or typst; bibtex, biblatex, ris, csl: entries" },
    { "--to", "FILE", "add entries to this .bib file that it lacks, and print their keys in it" },
    { "--biblatex", NULL, "with --to: in biblatex's words" },
    { 0 },
};

const char cite_help[] =
    "Keys are those of 'carrel export --format bibtex' and the others (docs/EXCHANGE.md); they\n"
    "are made by the setting cite.key, and come with entries that were imported. A word that ends\n"
    "with .bib is a file like that of --to. It is only ever added to: a paper is there already\n"
    "when an entry has its DOI or arXiv number, else its title. Nothing is added to a file that\n"
    "export writes anew (its first line says so), which would lose it, nor behind an entry whose\n"
    "closing bracket is missing, which would swallow it.";

const struct command_option lint_options[] = {
    { "--fix", NULL, "make the edits that lint proposes" },
    { "--only", "RULE", "look for this alone" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char lint_help[] =
    "Looks at all papers, or at those of a query, and changes nothing: what an edit would mend is\n"
    "shown as --fix FIELD=VALUE. With --fix these edits are made, all of them as one step, which\n"
    "'carrel undo' takes back. Rules: no-title, no-authors, no-date, no-doi, bad-doi, bad-isbn,\n"
    "bad-issn, wrong-year (before its arXiv number, or not its DOI's), capitals, title-end,\n"
    "encoding (text in a wrong character set), braces, swallowed (a field that goes on into the\n"
    "next ones), bad-field (a misspelt one: yaer), bad-year, bad-month, bad-pages, bad-type,\n"
    "bad-names, macro (a @string that the file has not), dangling (a crossref that leads nowhere), "
    "same-key (two papers brought one),\n"
    "two-keys (two entries of one paper: by the first it is written), twice (perhaps one paper:\n"
    "see 'carrel duplicates').";

const struct command_option import_options[] = {
    { "--format", "FORMAT",
      "auto (default), bibtex (also biblatex), ris, csl, zotero, papis, jsonl, arxiv-mail, "
      "arxiv-atom, oai, rss, hf, pwc, crossref, opml" },
    { "--tags", NULL, "keywords of a bibliography become tags (else they are subjects)" },
    { "--write", NULL, "feeds of an OPML file: add them to the settings (else they are printed)" },
    { "--background", NULL, "as a job: the desk or a worker does it" },
    { "--json", NULL, "print the counts (or the job) as JSON" },
    { 0 },
};

const char import_help[] =
    "JSONL has one record on each line, of which only the title must be there: id, title,\n"
    "abstract, authors, categories, published, updated, doi, venue, comment, url, pdf_url,\n"
    "code_urls, tasks, methods, aliases, versions, attribution, tags, notes, state, starred. A\n"
    "field of another name is told and passed over.\n"
    "A record joins a paper that is here by its ids, or by title and authors; the latter are\n"
    "counted as merged, 'carrel duplicates --merged' lists them, and 'carrel split ID' takes one\n"
    "apart.\n"
    "A list of feeds (OPML, as readers of feeds write it) becomes sections of the settings: they\n"
    "are printed, or added behind what is there with --write. Feeds that the settings have\n"
    "already are passed over; one that says http is asked by https.";

const struct command_option export_options[] = {
    { "--format", "FORMAT",
      "site (a website's folder), json (its data alone), jsonl, atom, bibtex, biblatex, ris, csl, "
      "opml (the feeds of the settings); without it what the ending of FILE says (.bib is bibtex, "
      ".ris, .jsonl, .atom, .opml; FOLDER/ is json), jsonl where it has none" },
    { "--query", "QUERY", "only what this query finds" },
    { "-o", "FOLDER|FILE", "where to write; - is standard output" },
    { "--limit", "N", "entries of an Atom feed (default 100)" },
    { "--tracker", "URL",
      "site: tell the carrel whose carrel.js this is how it is used (site.tracker)" },
    { "--force", NULL,
      "replace a file that carrel did not write, too; write a website without papers" },
    { "--tex-accents", NULL, "bibtex, biblatex: {\\'e} for é, for programs that know ASCII only" },
    { "--json", NULL, "print the counts as JSON" },
    { 0 },
};

const char export_help[] =
    "--format site writes a folder that is a website: home, search, papers, months, topics,\n"
    "repositories, results, numbers, feeds. It works from a disk, a memory stick or any web\n"
    "server, below any path; no program stands behind it, and search runs in the page.\n"
    "--format json writes the data alone. Either writes only what has changed, removes what is\n"
    "gone, and leaves whatever else lies in the folder; the same library gives the same bytes on\n"
    "any day. Notes, marks and what was read stay here; tags and saved queries are published.\n"
    "A single file is not written where nothing is found (a feed may be empty), and what this\n"
    "library has not written there, or has changed since, is replaced with --force only (a .bib\n"
    "says in its first line that it is export's).\n"
    "At the desk the marked papers are written, where some are; --query goes before them.\n"
    "docs/WEBSITE.md tells the files, and how to publish them.\n";

const char mark_help[] = "STATE is read, unread, later, skip, star or unstar; or seen: the "
                         "newest version of a paper that\n"
                         "you have read is no news to you.";

const char tags_help[] =
    "methods/bayes lies below methods: tag:methods finds both, and counts are of both, each paper\n"
    "once. rename and rm are of the tag and all that lie below it, as one step of undo. At the\n"
    "desk gT shows the tree.";

const char collection_help[] =
    "A collection has a name and its papers an order: collection move NAME ID 1 brings one to the\n"
    "front, +1 and -1 one down and up (at the desk - and + in the list of collection:NAME). It is\n"
    "there as long as papers are in it. rename to another collection's name joins both. A name is\n"
    "one word (my-list), as a tag's and a saved query's is: it needs no quotes anywhere.";

const struct command_option shelf_options[] = {
    { "--limit", "N", "at most N of them" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char review_help[] =
    "At the desk ':review 25 10m' (gs) shows the unread papers of the list, or the marked ones,\n"
    "one after the other with a clock: r, L and x lead on, p pauses, E ends it with a summary, U\n"
    "there takes all of it back. Leaving is a pause: ':review' alone goes on, also after a\n"
    "restart. This command lists them, newest first; counts are of the papers' marks as they are\n"
    "now.";

const char queue_help[] =
    "Papers that are put off (mark later) come by priority, from 9 down to -9, 0 is usual; of one\n"
    "priority in the order in which they were put off. 'search is:later' has the same order; the\n"
    "desk's Queue (gq) too, where + and - raise and lower what is under the cursor or marked.";

const char edit_help[] =
    "Fields are title, authors (\"A B; C D\"), date (2020, 2020-07 or 2020-07-05), venue, doi,\n"
    "arxiv and abstract. What you say goes before what any source says, also of later harvests\n"
    "and when its document is read again; an empty VALUE takes it back. Without FIELD=VALUE a\n"
    "form opens in $EDITOR; - reads such a form from standard input. A DOI or an arXiv number\n"
    "that another paper has makes the two one, as merge does, when their titles are alike; else\n"
    "it is refused, since the number may be mistyped, and merge ID ID insists. undo takes all of\n"
    "it back. A field of the form that is changed elsewhere while it is open, and in it, is\n"
    "told; a form that cannot be saved stays, and is named.\n"
    "    carrel edit file:3662ff519e485810 date=2009-06 doi=10.1145/1542476.1542528";

const char note_help[] = "With TEXT (or - for standard input) the note is set; without, "
                         "$VISUAL or $EDITOR opens it. An empty note\n"
                         "is deleted. What somebody else, or a peer, writes into the note while "
                         "the editor is open\n"
                         "stays, above yours. Where yours cannot be saved, its file stays and is "
                         "named.";

const struct command_option highlights_options[] = {
    { "--query", "QUERY", "only in papers that this query finds" },
    { "--find", "WORDS", "only those with this in quote, note or title" },
    { "--format", "FORMAT", "text (default), md or json" },
    { "-o", "FILE", "where to write; - is standard output" },
    { "--force", NULL, "replace a file that carrel did not write, too" },
    { "--json", NULL, "as --format json" },
    { 0 },
};

const char highlights_help[] =
    "Of one paper, or of all, in order of the text. They are made in the Reader (T on a paper): v\n"
    "or V selects, H highlights, e writes a note, X removes, gh lists (x removes there). A\n"
    "highlight is kept as its words and what stands around them, so it is found again when the\n"
    "document is read anew: \"state\" is same, moved, near (a few letters are others) or lost.\n"
    "undo takes each step back. gH at the desk shows all of them; note and rm name one by its\n"
    "\"id\" in --json.";

const struct command_option rm_options[] = {
    { "--query", "QUERY", "all papers that this query finds" },
    { "--dry-run", NULL, "show what would go, and remove nothing" },
    { "--yes", NULL, "although the query is empty, which finds the whole library" },
    { 0 },
};

const char rm_help[] =
    "A removed paper is nowhere but in the bin: 'carrel bin' lists it, undo and 'carrel bin\n"
    "restore ID' bring it back with all that you have said of it. What sources and files bring of\n"
    "it later goes into the bin, too; 'carrel add ID' brings it back. It is removed on all\n"
    "machines that sync. Its documents and highlights stay. All that a query finds, as one step\n"
    "of undo:\n"
    "    carrel rm --query 'added:today source:bibtex'";

const struct command_option bin_options[] = {
    { "--limit", "N", "list: at most N papers, the last removed first (default 50)" },
    { "--ids", NULL, "list: names alone, one a line; of all, unless --limit says how many" },
    { "--all", NULL, "restore: whatever is in the bin, as one step of undo" },
    { "--yes", NULL, "empty: although nothing takes that back" },
    { "--json", NULL, "list: answer as JSON" },
    { 0 },
};

const char bin_help[] =
    "restore takes names of papers as all commands do. empty drops what is in the bin for good;\n"
    "the papers stay removed, and what sources bring of them goes into the bin again. A paper of\n"
    "which nothing is left may come again, once it is restored, from a source, a file or 'carrel\n"
    "add'.";

const struct command_option undo_options[] = {
    { "--list", NULL, "take nothing back: list the steps, newest first" },
    { "--past-imports", NULL, "what was done before the last import" },
    { "--limit", "N", "list: at most N steps (default 20)" },
    { "--json", NULL, "list: answer as JSON, with the ids of all papers of a step" },
    { 0 },
};

const char undo_help[] =
    "A step is what one command did, on however many papers; it is told by the title of the first\n"
    "one and how many more there were. The history lies in the library: undo and redo go on after\n"
    "a restart, and what the desk did the command line can take back. A new step ends what could\n"
    "be done again. What another machine has changed since stays, and is told.\n\n"
    "An import is a step, too, that undo takes back only when it is asked to: undo import takes\n"
    "back the last one, whatever was done since. Papers that nothing else has spoken of go into\n"
    "the bin (redo, or importing them again, brings them back), words that it has replaced stand\n"
    "again, and what it has added to papers that were here stays.";

const struct command_option query_options[] = {
    { "--force", NULL, "rm: although an alert uses it" },
    { "--json", NULL, "list: answer as JSON" },
    { 0 },
};

const char query_help[] =
    "query add NAME QUERY saves a query as a feed; query rm NAME "
    "forgets it, with --force though\n"
    "an alert uses it; query list shows all. query move NAME PLACE puts it "
    "elsewhere in their\n"
    "order, which is that of the sidebar (1 is the first, +1 one further "
    "down, -1 one up).\n"
    "A saved query composes: query:NAME inside another query. Its list has the papers\n"
    "that its number counts, those with all of its words; a search by hand may\n"
    "fall back to most of them, and says so.";
