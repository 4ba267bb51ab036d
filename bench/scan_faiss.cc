// The peer of `embed_bench scan` and `library`: faiss (J. Johnson, M. Douze, H. Jégou, "Billion-scale
// similarity search with GPUs", 2019), exact indexes on one thread, on vectors of the same kind.
//   scan_faiss [MILLIONS]
// Flat float vectors (inner product) are measured on a tenth of them: two million take 2 GB.
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexFlat.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <omp.h>
#include <vector>

static uint64_t state = 88172645463325252ull;

static uint64_t next_random()
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

template <class Search> static void measure(const char *what, size_t count, Search search)
{
    std::vector<double> times;

    for (int round = 0; round < 50; round++) {
        auto start = std::chrono::steady_clock::now();
        search();
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                .count());
    }
    std::sort(times.begin(), times.end());
    std::printf("%-26s %.1f million: p50 %.2f ms, p95 %.2f ms\n", what, double(count) / 1e6,
                times[25], times[47]);
}

int main(int argc, char **argv)
{
    size_t count = size_t((argc > 1 ? std::atof(argv[1]) : 2) * 1e6), floats = count / 10;
    const int k = 1000;

    omp_set_num_threads(1);
    {
        std::vector<uint8_t> bits(count * 32);
        std::vector<int32_t> distances(k);
        std::vector<faiss::Index::idx_t> ids(k);
        faiss::IndexBinaryFlat index(256);
        uint8_t query[32];

        for (size_t i = 0; i < bits.size(); i += 8) {
            uint64_t word = next_random();
            std::copy_n(reinterpret_cast<uint8_t *>(&word), 8, &bits[i]);
        }
        index.add(faiss::Index::idx_t(count), bits.data());
        measure("faiss binary flat, k 1000", count, [&] {
            for (auto &byte : query)
                byte = uint8_t(next_random() >> 32);
            index.search(1, query, k, distances.data(), ids.data());
        });
    }
    {
        std::vector<float> vectors(floats * 256), distances(k), query(256);
        std::vector<faiss::Index::idx_t> ids(k);
        faiss::IndexFlatIP index(256);

        for (auto &part : vectors)
            part = float(int64_t(next_random() >> 40) - (1 << 23));
        index.add(faiss::Index::idx_t(floats), vectors.data());
        measure("faiss flat float, k 1000", floats, [&] {
            for (auto &part : query)
                part = float(int64_t(next_random() >> 40) - (1 << 23));
            index.search(1, query.data(), k, distances.data(), ids.data());
        });
    }
    return 0;
}
