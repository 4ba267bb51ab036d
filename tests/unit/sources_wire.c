/*
 * Real answers of the sources, stored outside the tree: each file gives the records it holds (the
 * numbers were counted in the files), or is refused with one line. Skipped where the files are
 * absent.
 */
#include "sources_check.h"

#include "carrel/file.h"

#include <dirent.h>
#include <stdlib.h>

static const struct {
    const char *path;
    int records, rejects;
    bool refused;
    const char *error_code;
} wire[] = {
    { "arxiv-atom/id_0000.0000_s0_m100_8b51d9633a68.http200.xml", 0, 0, false, "" },
    { "arxiv-atom/id_0808.05394_1707.08567_s0_m100_42e5aa0ec3af.http200.xml", 1, 0, false, "" },
    { "arxiv-atom/id_0808.05394_s0_m100_7b0c7d0a7cdd.http200.xml", 0, 0, false, "" },
    { "arxiv-atom/id_1605.08386_s0_m100_199195aa31ad.http200.xml", 1, 0, false, "" },
    { "arxiv-atom/id_1707.08567_s0_m100_6a1afebfc6a3.http200.xml", 1, 0, false, "" },
    { "arxiv-atom/id_2104.12255v1_s0_m100_6ae69987ffe1.http200.xml", 1, 0, false, "" },
    { "arxiv-atom/id_abc_s0_m100_b79c8dcf6bc3.http400.xml", 0, 0, false, "api-error" },
    { "arxiv-atom/id_astro-ph_0601001_s0_m100_3150dca9dc76.http200.xml", 1, 0, false, "" },
    { "arxiv-atom/id_quant-ph_0201082v1_s0_m100_86989fe779ef.http200.xml", 1, 0, false, "" },
    { "arxiv-atom/q_testing_s0_m100_cfe7536492ca.http200.xml", 100, 0, false, "" },
    { "arxiv-atom/q_testing_s0_m10_bc5a6c384fe9.http200.xml", 10, 0, false, "" },
    { "arxiv-atom/q_testing_s0_m15_80c242b59d59.http200.xml", 15, 0, false, "" },
    { "arxiv-atom/q_testing_s10_m10_34e56e15aaac.http200.xml", 10, 0, false, "" },
    { "arxiv-atom/q_testing_s20_m10_348a237fecab.http200.xml", 10, 0, false, "" },
    { "arxiv-atom/q_testing_s30_m10_f2e39f0143dc.http200.xml", 10, 0, false, "" },
    { "arxiv-atom/q_testing_s40_m10_96dd32eb854c.http200.xml", 10, 0, false, "" },
    { "arxiv-atom/q_testing_s50_m10_7f488ab8598c.http200.xml", 10, 0, false, "" },
    { "arxiv-atom/q_testing_s5_m10_c0e94a259d4a.http200.xml", 10, 0, false, "" },
    { "arxiv-atom/q_testing_s5_m15_bbcf6b23085b.http200.xml", 15, 0, false, "" },
    { "arxiv-atom/q_testing_s9_m15_0b78d4b4d476.http200.xml", 15, 0, false, "" },
    { "arxiv-rss/arxiv_cs_ai.xml", 3, 0, false, "" },
    { "arxiv-rss/arxiv_cs_cl.xml", 3, 0, false, "" },
    { "arxiv-rss/arxiv_weekend_empty.xml", 0, 0, false, "" },
    { "oai-arxiv/adsabs-pyingest/oai_ArXiv.org_0901_2443", 1, 0, false, "" },
    { "oai-arxiv/adsabs-pyingest/oai_ArXiv.org_1711_04702", 1, 0, false, "" },
    { "oai-arxiv/adsabs-pyingest/oai_ArXiv.org_1711_05739", 1, 0, false, "" },
    { "oai-arxiv/adsabs-pyingest/oai_ArXiv.org_astro-ph_9501013", 1, 0, false, "" },
    { "oai-arxiv/adsabs-pyingest/oai_ArXiv.org_cond-mat_9706061", 1, 0, false, "" },
    { "oai-arxiv/adsabs-pyingest/oai_ArXiv.org_hep-th_0408048", 1, 0, false, "" },
    { "oai-arxiv/adsabs-pyingest/oai_ArXiv.org_math_0306266", 1, 0, false, "" },
    { "oai-arxiv/adsabs-pyingest/tagged/oai_ArXiv.org_0901_2443.tagged", 0, 0, true, "" },
    { "oai-arxiv/adsabs-pyingest/tagged/oai_ArXiv.org_1711_04702.tagged", 0, 0, true, "" },
    { "oai-arxiv/adsabs-pyingest/tagged/oai_ArXiv.org_1711_05739.tagged", 0, 0, true, "" },
    { "oai-arxiv/adsabs-pyingest/tagged/oai_ArXiv.org_astro-ph_9501013.tagged", 0, 0, true, "" },
    { "oai-arxiv/adsabs-pyingest/tagged/oai_ArXiv.org_cond-mat_9706061.tagged", 0, 0, true, "" },
    { "oai-arxiv/adsabs-pyingest/tagged/oai_ArXiv.org_hep-th_0408048.tagged", 0, 0, true, "" },
    { "oai-arxiv/adsabs-pyingest/tagged/oai_ArXiv.org_math_0306266.tagged", 0, 0, true, "" },
    { "oai-arxiv/arxiv-oaipmh/arXiv.xsd", 0, 0, true, "" },
    { "oai-arxiv/arxiv-oaipmh/arXivOld.xsd", 0, 0, true, "" },
    { "oai-arxiv/arxiv-oaipmh/arXivRaw.xsd", 0, 0, true, "" },
    { "oai-arxiv/hepcrawl/arxiv-physics-hep-ex.xml", 3, 0, false, "" },
    { "oai-arxiv/hepcrawl/arxiv-physics-hep-th.xml", 3, 0, false, "" },
    { "oai-arxiv/hepcrawl/arxiv-single.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/arxiv_expected.json", 0, 0, true, "" },
    { "oai-arxiv/hepcrawl/arxiv_expected_single.json", 0, 0, true, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record.xml", 12, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record0.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record1.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record10.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record10_parsed.json", 0, 0, true, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record2.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record3.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record4.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record5.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record6.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record7.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record8.xml", 1, 0, false, "" },
    { "oai-arxiv/hepcrawl/sample_arxiv_record9.xml", 1, 0, false, "" },
    { "oai-arxiv/inspire-next/1305.0014.xml", 1, 0, false, "" },
    { "oai-arxiv/inspire-next/1305.0014v1.xml", 0, 0, false, "idDoesNotExist" },
    { "oai-arxiv/inspire-next/1305.9999.xml", 0, 0, false, "idDoesNotExist" },
    { "oai-arxiv/inspire-next/core_article.yaml", 0, 0, true, "" },
    { "oai-arxiv/inspire-next/core_article_update.yaml", 0, 0, true, "" },
    { "oai-arxiv/inspire-next/core_article~inspire-next.yaml", 0, 0, true, "" },
    { "oai-arxiv/inspire-next/is-malformed.xml", 0, 0, false, "idDoesNotExist" },
    { "oai-arxiv/inspire-next/oai_arxiv.xml", 1, 0, false, "" },
    { "oai-arxiv/inspire-next/oai_arxiv_core_record.xml", 1, 0, false, "" },
    { "oai-arxiv/inspire-next/oai_arxiv_record_to_accept.xml", 1, 0, false, "" },
    { "oai-generic/sickle/GetRecord.xml", 1, 0, false, "" },
    { "oai-generic/sickle/GetRecord_utf8test.xml", 1, 0, false, "" },
    { "oai-generic/sickle/Identify.xml", 0, 0, true, "" },
    { "oai-generic/sickle/ListIdentifiers.xml", 0, 0, true, "" },
    { "oai-generic/sickle/ListIdentifiers2.xml", 0, 0, true, "" },
    { "oai-generic/sickle/ListMetadataFormats.xml", 0, 0, true, "" },
    { "oai-generic/sickle/ListRecords.xml", 2, 0, false, "" },
    { "oai-generic/sickle/ListRecords2.xml", 2, 0, false, "" },
    { "oai-generic/sickle/ListRecords3.xml", 2, 0, false, "" },
    { "oai-generic/sickle/ListRecords4.xml", 1, 1, false, "" },
    { "oai-generic/sickle/ListRecordsBroken.xml", 0, 0, true, "" },
    { "oai-generic/sickle/ListSets.xml", 0, 0, true, "" },
    { "oai-generic/sickle/badArgument.xml", 0, 0, false, "badArgument" },
    { "oai-generic/sickle/badResumptionToken.xml", 0, 0, false, "badResumptionToken" },
    { "oai-generic/sickle/cannotDisseminateFormat.xml", 0, 0, false, "cannotDisseminateFormat" },
    { "oai-generic/sickle/idDoesNotExist.xml", 0, 0, false, "idDoesNotExist" },
    { "oai-generic/sickle/noRecordsMatch.xml", 0, 0, false, "noRecordsMatch" },
    { "oai-generic/sickle/noSetHierarchy.xml", 0, 0, false, "noSetHierarchy" },
    { "oai-generic/sickle/undefinedError.xml", 0, 0, false, "undefinedError" },
};

static char *wire_folder(void)
{
    const char *shared = getenv("CARREL_SHARED");

    return path_join(shared && *shared ? shared : "../shared", "data/wire");
}

static void test_every_file(void **state)
{
    char *root = wire_folder();
    size_t i;

    (void)state;
    if (!folder_exists(root)) {
        print_message("no stored answers in %s\n", root);
        free(root);
        skip();
    }
    for (i = 0; i < ARRAY_LEN(wire); i++) {
        char *path = path_join(root, wire[i].path);
        struct held h = { 0 };

        held_file(&h, path);
        if (h.count != wire[i].records || h.rejects != wire[i].rejects
            || (h.result != ERR_OK) != wire[i].refused
            || !str_eq(h.info.error_code, wire[i].error_code))
            fail_msg("%s: %d records, %d rejects, result %d (%s), code \"%s\"", path, h.count,
                     h.rejects, h.result, h.err.message, h.info.error_code);
        if (wire[i].refused)
            assert_true(strlen(h.err.message) > strlen(path) && !strchr(h.err.message, '\n'));
        held_free(&h);
        free(path);
    }
    free(root);
}

static bool wire_lists(const char *path)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(wire); i++)
        if (strcmp(wire[i].path, path) == 0)
            return true;
    return false;
}

/* Nothing in those folders is left out of the table. */
static void walk(const char *root, const char *below)
{
    char *path = path_join(root, below);
    DIR *dir = opendir(path);
    struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char *inner = path_join(below, entry->d_name), *whole = path_join(root, inner);

        if (entry->d_name[0] != '.') {
            if (folder_exists(whole))
                walk(root, inner);
            else if (!wire_lists(inner))
                fail_msg("%s is not in the table", inner);
        }
        free(inner);
        free(whole);
    }
    closedir(dir);
    free(path);
}

static void test_table_is_whole(void **state)
{
    static const char *const folders[] = { "arxiv-atom", "arxiv-rss", "oai-arxiv", "oai-generic" };
    char *root = wire_folder();
    size_t i;

    (void)state;
    if (!folder_exists(root)) {
        free(root);
        skip();
    }
    for (i = 0; i < ARRAY_LEN(folders); i++)
        walk(root, folders[i]);
    free(root);
}

int run_wire(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file),
        cmocka_unit_test(test_table_is_whole),
    };

    return cmocka_run_group_tests_name("sources: stored answers", tests, NULL, NULL);
}
