/*
 * Xapian beside carrel, for the scale bench only.
 *   scale_xapian index DB <papers.jsonl     stems by Porter, no positions, BM25 with its defaults
 *   scale_xapian search DB <queries         lines CLASS<TAB>and|or<TAB>words; best 20, titles read
 * Every word is stemmed and nothing else is kept (STEM_ALL), which is the leanest index it makes.
 */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <jansson.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>
#include <xapian.h>

using ticks = std::chrono::steady_clock;

static double ms_since(ticks::time_point start)
{
    return std::chrono::duration<double, std::milli>(ticks::now() - start).count();
}

static int run_index(const char *path)
{
    Xapian::WritableDatabase db(path, Xapian::DB_CREATE_OR_OVERWRITE);
    Xapian::TermGenerator generator;
    ticks::time_point start = ticks::now();
    std::string line;
    size_t count = 0;

    generator.set_stemmer(Xapian::Stem("porter"));
    generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
    while (std::getline(std::cin, line)) {
        json_t *paper = json_loadb(line.data(), line.size(), 0, nullptr);
        Xapian::Document doc;
        size_t i;

        if (!paper)
            continue;
        generator.set_document(doc);
        generator.index_text_without_positions(json_string_value(json_object_get(paper, "title")));
        generator.index_text_without_positions(
            json_string_value(json_object_get(paper, "abstract")));
        const json_t *authors = json_object_get(paper, "authors");
        for (i = 0; i < json_array_size(authors); i++)
            generator.index_text_without_positions(
                json_string_value(json_array_get(authors, i)));
        doc.set_data(json_string_value(json_object_get(paper, "title")));
        db.add_document(doc);
        json_decref(paper);
        count++;
    }
    db.commit();
    std::printf("xapian: %zu papers, %.0f/s\n", count, 1000.0 * double(count) / ms_since(start));
    return 0;
}

static Xapian::Query read_query(const std::string &op, const std::string &words)
{
    Xapian::Stem stem("porter");
    std::vector<std::string> terms;
    std::istringstream in(words);
    std::string word;

    while (in >> word)
        terms.push_back(stem(word));
    return Xapian::Query(op == "or" ? Xapian::Query::OP_OR : Xapian::Query::OP_AND, terms.begin(),
                         terms.end());
}

static int run_search(const char *path)
{
    Xapian::Database db(path);
    std::vector<std::pair<std::string, Xapian::Query>> queries;
    std::map<std::string, std::vector<double>> times;
    std::string line;
    size_t chars = 0;

    while (std::getline(std::cin, line)) {
        size_t a = line.find('\t'), b = line.find('\t', a + 1);

        if (b != std::string::npos)
            queries.emplace_back(line.substr(0, a),
                                 read_query(line.substr(a + 1, b - a - 1), line.substr(b + 1)));
    }
    for (int round = 0; round < 4; round++) { /* the first one warms */
        for (const auto &query : queries) {
            ticks::time_point start = ticks::now();
            Xapian::Enquire enquire(db);

            enquire.set_query(query.second);
            Xapian::MSet hits = enquire.get_mset(0, 20);
            for (auto at = hits.begin(); at != hits.end(); ++at)
                chars += at.get_document().get_data().size();
            if (round > 0) {
                times[query.first].push_back(ms_since(start));
                times["all"].push_back(times[query.first].back());
            }
        }
    }
    for (auto &row : times) {
        std::sort(row.second.begin(), row.second.end());
        std::printf("xapian\t%s\t%.3f\t%.3f\t%.3f\n", row.first.c_str(),
                    row.second[row.second.size() / 2], row.second[row.second.size() * 95 / 100],
                    row.second[row.second.size() * 99 / 100]);
    }
    return chars == 0;
}

int main(int argc, char **argv)
{
    std::string what = argc == 3 ? argv[1] : "";

    try {
        if (what == "index")
            return run_index(argv[2]);
        if (what == "search")
            return run_search(argv[2]);
    } catch (const Xapian::Error &error) {
        std::cerr << "scale_xapian: " << error.get_description() << "\n";
        return 1;
    }
    std::cerr << "usage: scale_xapian index|search DB <papers|queries\n";
    return 2;
}
