/*
 * Files built into the program, so that it runs from anywhere. The assembler reads them from where
 * make runs.
 */
#include "carrel/app.h"

#define FROM(path) ".incbin \"" path "\"\n"
#define ASSET(name, files)                                                                         \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #name "\n" #name ":\n" files ".global " #name "_end\n" #name "_end:\n"      \
            ".byte 0\n"                                                                            \
            ".previous\n");                                                                        \
    extern const char name[], name##_end[]

ASSET(asset_file_keys, FROM("data/keys"));
ASSET(asset_file_dark, FROM("data/themes/dark"));
ASSET(asset_file_light, FROM("data/themes/light"));
ASSET(asset_file_high_contrast, FROM("data/themes/high-contrast"));
ASSET(asset_file_terminal, FROM("data/themes/terminal"));
ASSET(asset_file_starter, FROM("data/starter.jsonl"));
ASSET(asset_file_demo_papers, FROM("data/demo/papers.jsonl"));
ASSET(asset_file_demo_document, FROM("data/demo/lanterns.md"));
ASSET(asset_file_demo_commands, FROM("data/demo/commands"));
ASSET(asset_file_site_html, FROM("data/site/index.html"));
ASSET(asset_file_site_css, FROM("data/site/site.css"));
ASSET(asset_file_site_js,
      FROM("data/site/dom.js") FROM("data/site/words.js") FROM("data/site/load.js")
          FROM("data/site/query.js") FROM("data/site/search.js") FROM("data/site/pages.js")
              FROM("data/site/lists.js") FROM("data/site/start.js"));
ASSET(asset_file_live_html, FROM("data/site/live.html"));
ASSET(asset_file_live_js,
      FROM("data/site/dom.js") FROM("data/site/words.js") FROM("data/site/live.js")
          FROM("data/site/live_jobs.js") FROM("data/site/live_start.js"));

const char *asset_keys(void)
{
    return asset_file_keys;
}

static const struct {
    const char *name, *text;
} themes[] = { { "dark", asset_file_dark },
               { "light", asset_file_light },
               { "high-contrast", asset_file_high_contrast },
               { "terminal", asset_file_terminal } };

const char *asset_theme_name(size_t i)
{
    return i < ARRAY_LEN(themes) ? themes[i].name : NULL;
}

const char *asset_theme(size_t i)
{
    return i < ARRAY_LEN(themes) ? themes[i].text : NULL;
}

const char *asset_starter(size_t *len)
{
    *len = (size_t)(asset_file_starter_end - asset_file_starter);
    return asset_file_starter;
}

const char *asset_demo(enum demo_asset asset)
{
    static const char *const files[] = { [DEMO_PAPERS] = asset_file_demo_papers,
                                         [DEMO_DOCUMENT] = asset_file_demo_document,
                                         [DEMO_COMMANDS] = asset_file_demo_commands };

    return files[asset];
}

const char *asset_site(enum site_asset asset)
{
    static const char *const files[] = { [SITE_HTML] = asset_file_site_html,
                                         [SITE_CSS] = asset_file_site_css,
                                         [SITE_JS] = asset_file_site_js,
                                         [LIVE_HTML] = asset_file_live_html,
                                         [LIVE_JS] = asset_file_live_js };

    return files[asset];
}
