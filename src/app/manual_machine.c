/*
 * The service, other machines, the library as files, and carrel itself.
 * Options and help; what they do is in cmd_*.c.
 */
#include "manual.h"

#include <stddef.h>

const struct command_option serve_options[] = {
    { "--listen", "HOST:PORT", "where (default: serve.listen, 127.0.0.1:8577; port 0: any)" },
    { "--describe", "openapi|postman",
      "print the interface as such a document, and serve nothing" },
    { 0 },
};

const char serve_help[] =
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

const struct command_option health_options[] = {
    { "--live", NULL, "being alive is enough, ready or not" },
    { "--json", NULL, "the service's own words" },
    { 0 },
};

const char health_help[] =
    "Asks the service at URL, else the one that 'serve' with the same settings (or $PORT) is:\n"
    "exit code 0 when it can read the library and is not stopping, 1 when not or when nobody\n"
    "answers within five seconds. Needs no library and no token; for the health checks of\n"
    "containers.";

const struct command_option token_options[] = {
    { "--scope", "SCOPE", "new: read (default), events, write (implies both), sync, admin" },
    { "--expires", "TIME", "new: how long it holds, 3653d at most (default 30d)" },
    { "--note", "TEXT", "new: what it is for" },
    { "--json", NULL, "list: answer as JSON" },
    { 0 },
};

const char token_help[] =
    "token new prints a token for the service, alone; it is signed with the secret in\n"
    "serve.secret-file, and is not kept: token list shows ids, scopes and until when they hold,\n"
    "token revoke ID takes one back at once. To change the secret, put the new file first:\n"
    "tokens that the older ones signed hold until they expire.";

const struct command_option audit_options[] = {
    { "--limit", "N", "at most N rows (default 50)" },
    { "--before", "ROW", "older ones: the \"next\" of an earlier answer" },
    { "--json", NULL, "answer as JSON" },
    { 0 },
};

const char audit_help[] =
    "Requests to the service that changed something, or would have: when, the beginning of the\n"
    "token's id ('carrel token list' has whose it is), from where, the answer's status, what it\n"
    "was and what came of it. The newest 10,000 are kept.";

const struct command_option webhook_options[] = {
    { "--state", "STATE", "list: waiting, sending, delivered, dead or cancelled" },
    { "--limit", "N", "list: deliveries, the newest first (default: 50)" },
    { "--dead", NULL, "redeliver: all dead letters" },
    { "--json", NULL, "as JSON" },
    { 0 },
};

const char webhook_help[] =
    "A webhook is told, over HTTP and signed, what a harvest has brought and what documents say:\n"
    "    [webhook \"site\"]\n"
    "        url = https://example.org/carrel/\n"
    "        secret-file = ~/.config/carrel/site.secret\n"
    "        on = scraper-complete               # and document-processed; default: both\n"
    "It begins with what happens from then on. 'sync' sends at its end, 'worker', the desk and\n"
    "the service all the time; what fails is tried again with longer and longer pauses\n"
    "(webhook.backoff) and is a dead letter after webhook.attempts. webhook redeliver ID, or\n"
    "--dead, tries again; webhook test NAME sends a ping now and shows the answer.\n"
    "docs/INTEGRATION.md has a receiver.";

const struct command_option peer_options[] = {
    { "--token-file", "FILE", "add: file with a token of that service, of scope sync" },
    { "--json", NULL, "list: as JSON" },
    { 0 },
};

const char peer_help[] =
    "A peer is another machine with a library of yours: the address of its 'carrel serve', or a\n"
    "folder that both can write (a stick, a share, a folder that some other tool copies):\n"
    "    carrel peer add server https://carrel.example.org --token-file ~/server.token\n"
    "    carrel peer add stick /media/stick/carrel\n"
    "That is a [peer \"NAME\"] section in the configuration with url and token-file; peer rm\n"
    "takes it out; peer list says which machine this library is, too, since notes that were\n"
    "written in two places name them, and when a token ends, from 14 days before. 'carrel sync'\n"
    "exchanges with all of them, and the desk and the service do so every 15 minutes: every = 1h,\n"
    "or 0s for only when asked. The first one with an address is asked for leave before each\n"
    "request to a source, so that all machines keep one pace: lease = yes|no|required,\n"
    "docs/SCRAPER.md.";

const struct command_option doctor_options[] = {
    { "--fix", NULL, "rebuild what can be rebuilt" },
    { "--background", NULL, "as a job: the desk or a worker does it" },
    { "--json", NULL, "findings (or the job) as JSON" },
    { 0 },
};

const struct command_option backup_options[] = {
    { "--with-files", NULL, "also files of documents that can be fetched again" },
    { "--force", NULL, "replace a file that is no backup, too" },
    { 0 },
};

const char backup_help[] =
    "All that cannot be fetched again is in the one file: papers, tags, marks, notes, queries, "
    "and\n"
    "the files of documents that came from this machine. Files that came from the network are "
    "left\n"
    "out unless --with-files is given; their text is in it either way. An earlier backup of that\n"
    "name is replaced, a file that is none with --force only, a library never. Works while the\n"
    "library is in use; exit code 3 when a document's file is gone or damaged. 'carrel restore\n"
    "FILE' brings it all back.";

const struct command_option restore_options[] = {
    { "--force", NULL, "replace a library that has works in it" },
    { 0 },
};

const struct command_option demo_options[] = {
    { "--tutor", NULL, "with ten short lessons" },
    { "--keep", NULL, "leave the folder there (carrel -L FOLDER opens it again)" },
    { 0 },
};

const char demo_help[] =
    "The starter papers and sixty made-up new ones, a document with a highlight, notes, tags,\n"
    "saved queries, an alert, repositories, a month of upvotes: something in every room. It lies\n"
    "in a temporary folder that is gone when you leave, needs no network and asks for nothing.\n"
    "Your hooks, webhooks, commands of alerts and peers hear nothing of it. A COMMAND is run\n"
    "there instead of the desk: carrel demo trends.";

const struct command_option dump_options[] = {
    { "--keys", "KEYS", "keys to press first, as vim writes them: jj<CR>/word<Esc>" },
    { "--size", "WxH", "screen size, 20x5 to 500x200 (default 80x24)" },
    { "--json", NULL, "what is shown, as data" },
    { "--ansi", NULL, "with colours" },
    { "--svg", NULL, "as a picture" },
    { 0 },
};

const char dump_help[] =
    "VIEW is today, library, search, paper, reader, page, tables, duplicates, trending, topics,\n"
    "analytics, repositories, repository, code, jobs, job, harvest, source, log or help; paper,\n"
    "repository, job, source, reader and page (\"ID 3\") and tables (\"TASK > DATASET\") take\n"
    "what they should show, repositories a paper, code a place in a clone: \"ID log v1.0\", \"ID\n"
    "file:12 - PATH\" (- is the tip), \"ID diff A..B\". What is not there is exit code 4.";

const struct command_option config_options[] = {
    { "--check", NULL, "look whether keys, themes, webhooks and peers can work as they are set" },
    { "--json", NULL, "answer as JSON" },
    { 0 }
};

const char config_help[] =
    "Without KEY: every setting that is set and where it comes from. With KEY: its value. 'carrel\n"
    "help config' lists all settings. --check tells of keys that collide, cannot be reached or\n"
    "run nothing, with their lines, of themes that cannot be read, of webhooks without a secret\n"
    "and peers without a token, of a website's token that may do more than it should, and of all\n"
    "settings that are wrong; the exit code is 1 then.";

const char completion_help[] = "Prints a script; in bash: eval \"$(carrel completion "
                               "bash)\". The script asks 'completion words'\n"
                               "what may stand in place of the last WORD.";

const struct command_option help_options[] = {
    { "--man", NULL, "a page of the manual, as roff: carrel (default), config, query or api" },
    { 0 }
};

const struct command_option json_only[] = { { "--json", NULL, "answer as JSON" }, { 0 } };
