/* The unit tests of search, one group a file. */
#include "search_fixture.h"

int main(void)
{
    return search_query_tests() + search_run_tests() + search_rank_tests() + search_metrics_tests()
           + search_segments_tests() + search_hybrid_tests();
}
