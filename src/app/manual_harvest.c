/*
 * What comes in, and the work behind it: sync, add, documents, repositories, jobs, alerts.
 * Options and help; what they do is in cmd_*.c.
 */
#include "manual.h"

#include <stddef.h>

const struct command_option sync_options[] = {
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

const char sync_help[] =
    "Sources are [source \"NAME\"] sections of the configuration; without any, arXiv with the\n"
    "categories cs.AI, cs.CL, cs.CV, cs.LG and stat.ML is read by OAI-PMH, and Hugging Face's\n"
    "daily and trending papers beside it. Where there are sections, only their sources are read.\n"
    "Kinds: arxiv, huggingface (list = daily|weekly|monthly|trending|linked, query = WORDS), pwc,\n"
    "github (see 'carrel help repositories'), and kind = feed with a url for any RSS or Atom feed\n"
    "('carrel import' reads lists of them). With --due a source is asked as often as 'every'\n"
    "says, and ends after [harvest] slice to go on with the next run. A peer with an address\n"
    "('carrel help peer') is asked for leave before each request, and all peers are exchanged\n"
    "with at the end (--due: those that are due).\n"
    "An interrupted sync goes on where it stopped. Exit code 3: something could not be fetched,\n"
    "and the output says what.";

const struct command_option add_options[] = {
    { "--clone", NULL, "clone repositories; of one that is cloned fetch what is new" },
    { "--as", "REPO",
      "what is cloned is this repository, which papers link to; fetched from where it lies" },
    { "--background", NULL, "clone as a job: the desk or a worker does it" },
    { "--text", NULL, "their full text too, where Hugging Face has it (carrel read ID)" },
    { "--stop", NULL, "repositories: what is known stays, but only papers keep them up to date" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char add_help[] =
    "Addresses that end with .git, ssh addresses and folders with a repository are cloned, other\n"
    "pages of GitHub with --clone: once whole, then what is new. Progress shows on a terminal; ^C\n"
    "leaves nothing half behind. Keys for ssh come from your agent; nobody is asked for a\n"
    "password. A folder is a repository of its own (repo:local/...) unless --as says which it is\n"
    "a copy of.";

const struct command_option process_options[] = {
    { "--password-file", "FILE", "passwords to try, one a line" },
    { "--again", NULL, "also what the library has already" },
    { "--background", NULL, "as jobs: the desk or a worker does it" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char process_help[] =
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

const struct command_option read_options[] = {
    { "--text", NULL, "all of its text (default)" },
    { "--outline", NULL, "its headings and their pages" },
    { "--references", NULL, "its bibliography; an arrow leads to what is in the library" },
    { "--page", "N", "the text of one page" },
    { "--picture", "[kitty|sixel|blocks]", "that page of a PDF, else the first, as a picture" },
    { "--columns", "N", "with --picture: at most so many columns wide" },
    { "--password-file", "FILE", "passwords to try, one a line" },
    { 0 },
};

const char read_help[] =
    "Text in reading order: columns one after the other, words whole that were broken at a line's\n"
    "end, without running heads and page numbers, notes and figures behind the paragraph they\n"
    "stand in. A paper's text is the one that process has put into the library; a file is read\n"
    "anew. --picture asks the terminal what it can show: kitty's graphics protocol, sixel, else\n"
    "half blocks, two pixels in a character. In tmux, kitty's protocol needs: tmux set -g\n"
    "allow-passthrough on. ui.pictures chooses once and for all.";

const struct command_option repo_options[] = {
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

const char repo_help[] =
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

const struct command_option alert_options[] = {
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

const char alert_help[] =
    "alert add NAME --on EVENT [--query QUERY] watches what imports and harvests bring from now\n"
    "on; EVENT is new (a paper that was not here), replaced (its version number grew), withdrawn,\n"
    "or trend: what is sampled of a paper has come to be more than --over N, more than --velocity\n"
    "N a day, or more than --zscore N above its like, as trends computes them; of several, all.\n"
    "Each event comes to a rule once, and a paper to a rule on a trend once for ever; what is\n"
    "past its numbers when the rule is made is no news.\n"
    "alert log tells what has fired, newest first; alert dismiss NUMBER|NAME|all puts it away;\n"
    "alert rm NAME ends a rule, and what it told stays; alert test NAME shows what the rule would\n"
    "tell if what is here came now, and writes nothing.\n"
    "A command can be told: [alert] run = PROGRAM WORD... in the configuration, or [alert\n"
    "\"NAME\"] for one rule. It is run without a shell behind an import, a sync or alert log, and\n"
    "reads the new rows as JSON. What fails is tried three times, with a pause between\n"
    "(alert.backoff), and stays in the log; what cannot start is tried until it does. alert retry\n"
    "[NAME] tells at once what was given up or waits for its next try. It is told of a row at\n"
    "least once: twice, when carrel dies in between. alert test NAME --run runs it now.";

const struct command_option jobs_options[] = {
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

const char jobs_help[] =
    "jobs lists the queue; jobs show ID tells the whole story of one; jobs retry ID runs a failed\n"
    "or cancelled one again, and with it what fell with it; jobs cancel ID takes one out, or\n"
    "tells it to stop; jobs add KIND [JSON] puts one in. Jobs survive crashes and power cuts; the\n"
    "desk works them in the background, and so does carrel worker. A job that fails is tried\n"
    "again after a growing pause; when its attempts are used up it stays in the list as failed.";

const struct command_option worker_options[] = {
    { "--once", NULL, "end when there is nothing left to do" },
    { "--threads", "N", "jobs at a time (default: worker.threads)" },
    { "--kind", "KIND", "only jobs of this kind" },
    { "--json", NULL, "print the counts at the end as JSON" },
    { 0 },
};

const char worker_help[] =
    "Runs until SIGTERM (exit code 0; what runs goes back to the queue). With --once it ends when\n"
    "nothing is left that could run, and waits up to a minute for pauses between attempts. Any\n"
    "number of workers may run at once.";
