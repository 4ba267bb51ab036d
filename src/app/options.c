/*
 * The option table: every setting that may stand in the configuration, its type, default and help.
 */
#include "carrel/app.h"

#define INTERVAL "least time from the end of one answer to the next request"
#define EVERY                                                                                      \
    "how often it is due, for 'sync --due', the desk and the service (arxiv 12h, huggingface and " \
    "feeds 6h, github 2h, crossref 6h, pwc 30d); after a run that was not whole 15 min, twice as " \
    "long each time nothing comes, up to this or 12h"

const struct config_option app_options[] = {
    { "source.*.enabled", CONFIG_BOOL, false, NULL, NULL,
      "harvest this source (default: true; crossref: false, so its section alone is not enough)" },
    { "source.*.kind", CONFIG_TEXT, false, NULL, NULL, "'feed' for any RSS or Atom feed" },
    { "source.*.mode", CONFIG_CHOICE, false, "oai", "oai|api|rss", "how arXiv is read" },
    { "source.*.category", CONFIG_TEXT, true, NULL, NULL, "an arXiv category to harvest" },
    { "source.*.query", CONFIG_TEXT, true, NULL, NULL, "a query in the source's own syntax" },
    { "source.*.list", CONFIG_CHOICE, true, NULL, "daily|weekly|monthly|trending|linked",
      "a list of Hugging Face to read (default: daily, trending, linked)" },
    { "source.*.interval", CONFIG_DURATION, false, NULL, NULL, INTERVAL },
    { "source.*.every", CONFIG_DURATION, false, NULL, NULL, EVERY },
    { "source.*.url", CONFIG_TEXT, false, NULL, NULL, "where the source is" },
    { "source.*.api-url", CONFIG_TEXT, false, NULL, NULL, "arXiv's query API" },
    { "source.*.oai-url", CONFIG_TEXT, false, NULL, NULL, "arXiv's OAI-PMH interface" },
    { "source.*.rss-url", CONFIG_TEXT, false, NULL, NULL, "arXiv's listings" },
    { "source.*.pdf-url", CONFIG_TEXT, false, "https://arxiv.org/pdf", NULL, "arXiv's PDFs" },
    { "source.*.dataset", CONFIG_TEXT, true, NULL, NULL,
      "a data set of the archive of Papers with Code (default: its links, methods and datasets)" },
    { "source.*.token-file", CONFIG_PATH, false, NULL, NULL, "file with the access token" },
    { "source.*.mailto", CONFIG_TEXT, false, NULL, NULL, 
      "your mail address, sent to Crossref, which serves who says so in its polite pool" },
    { "harvest.contact", CONFIG_TEXT, false, NULL, NULL,
      "address or URL that sources are told, in the User-Agent" },
    { "harvest.backoff", CONFIG_DURATION, false, "1s", NULL,
      "first pause before a request that failed is tried again; it doubles" },
    { "harvest.tries", CONFIG_INT, false, "5", "1..20", "tries of one request" },
    { "harvest.slice", CONFIG_DURATION, false, "10m", NULL,
      "a source that is due and takes longer lets others go first, and goes on with the next run "
      "(0s: never)" },
    { "harvest.background", CONFIG_BOOL, false, "true", NULL,
      "harvest what is due while the desk runs" },
    { "worker.threads", CONFIG_INT, false, "2", "0..64",
      "jobs at a time, of 'worker' and of the desk (0: the desk works none)" },
    { "ui.first-run", CONFIG_BOOL, false, "true", NULL, "the guided start with an empty library" },
    { "ui.mouse", CONFIG_BOOL, false, "true", NULL, "use the mouse (:mouse off releases it)" },
    { "ui.pictures", CONFIG_CHOICE, false, "auto", "auto|kitty|sixel|blocks|off",
      "how pages are shown as pictures (auto: the best that the terminal says it can)" },
    { "ui.reading-width", CONFIG_INT, false, "76", "20..200",
      "columns of text in the Reader, where the screen has them" },
    { "ui.sidebar", CONFIG_BOOL, false, "true", NULL, "show the feeds beside the view" },
    { "keys.*.bind", CONFIG_TEXT, true, NULL, NULL,
      "KEY COMMAND, in a view's context or 'global'" },
    { "process.fetch", CONFIG_CHOICE, true, NULL, "later|star|read",
      "fetch the PDF of papers that are marked so" },
    { "process.ocr", CONFIG_BOOL, false, "true", NULL,
      "read scanned pages with Tesseract, where it is installed" },
    { "process.ocr-language", CONFIG_TEXT, false, "eng", NULL, "its languages: eng, deu+eng ..." },
    { "process.time-limit", CONFIG_DURATION, false, "30s", NULL, "longest time for one document" },
    { "process.memory-limit", CONFIG_SIZE, false, "1GiB", NULL, "most memory for one document" },
    { "process.password-file", CONFIG_PATH, true, NULL, NULL,
      "file with passwords of encrypted documents, one a line" },
    { "alert.run", CONFIG_TEXT, false, NULL, NULL,
      "command (program and words, no shell) that gets what alerts have fired as JSON on its "
      "standard input" },
    { "alert.*.run", CONFIG_TEXT, false, NULL, NULL,
      "the same for the alert of that name; empty: none" },
    { "alert.time-limit", CONFIG_DURATION, false, "10s", NULL,
      "longest time for one such command" },
    { "embedding.url", CONFIG_TEXT, false, NULL, NULL, "an OpenAI-compatible server" },
    { "embedding.model", CONFIG_TEXT, false, NULL, NULL, "its model" },
    { "embedding.token-file", CONFIG_PATH, false, NULL, NULL, "file with its access token" },
    { "serve.listen", CONFIG_TEXT, false, "127.0.0.1:8577", NULL, "address of the service" },
    { "serve.secret-file", CONFIG_PATH, false, NULL, NULL, "file with 32 or more random bytes" },
    { "serve.cors-origin", CONFIG_TEXT, true, NULL, NULL, "a website that may call the service" },
    { "serve.allow-private", CONFIG_BOOL, false, "false", NULL,
      "let URLs point to private addresses" },
    { "webhook.*.url", CONFIG_TEXT, false, NULL, NULL, "where the webhook goes" },
    { "webhook.*.secret-file", CONFIG_PATH, false, NULL, NULL, "file with the signing key" },
    { "webhook.*.on", CONFIG_CHOICE, true, NULL, "scraper-complete|document-processed",
      "when it is sent" },
    { "peer.*.url", CONFIG_TEXT, false, NULL, NULL, "another carrel to sync with" },
    { "peer.*.token-file", CONFIG_PATH, false, NULL, NULL, "file with its token" },
};

const size_t app_options_len = ARRAY_LEN(app_options);
