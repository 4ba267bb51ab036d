/*
 * The page at "/": what happens, as it happens, in the look of exported websites (data/site). It
 * holds nothing of the library itself: its script asks the other routes, with whatever token its
 * reader gives it.
 */
#include "internal.h"

/* Nothing that is not ours, nowhere to be framed, no script in the text. */
#define PAGE_POLICY                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static int page_asset(struct exchange *x, enum site_asset asset)
{
    str_add(&x->out, asset_site(asset));
    x->cache = "no-cache"; /* asked for anew, and mostly answered 304 */
    return ERR_OK;
}

int handle_page(struct exchange *x, struct error *err)
{
    (void)err;
    exchange_header(x, "Content-Security-Policy", PAGE_POLICY);
    exchange_header(x, "X-Frame-Options", "DENY");
    return page_asset(x, LIVE_HTML);
}

int handle_page_css(struct exchange *x, struct error *err)
{
    (void)err;
    return page_asset(x, SITE_CSS);
}

int handle_page_js(struct exchange *x, struct error *err)
{
    (void)err;
    return page_asset(x, LIVE_JS);
}
