# Made-up papers over half a year, and 90 days of samples of some of them, the same for the same arguments:
#   awk -v emit=papers -v n=400 -v today=DAY -f tests/samples.awk      interchange records (JSONL)
#   awk -v emit=samples -v n=400 -v today=DAY -f tests/samples.awk     SQL that puts their samples into a library
# DAY is days since 1970-01-01; -v sampled=N takes the newest N papers. Paper 1 is a riser, 2 a flat classic, 3 a
# burst that is over, 4 sleeps in gaps, 5 fell silent; the words "hedge lattice" burst in the last weeks. Every 11th
# day (a weekday of the made-up source) is a gap for all, and each paper lacks some days of its own.
function random() { # Park and Miller's generator (1988)
    seed = (seed * 16807) % 2147483647
    return seed / 2147483647
}
function pick(list, k) { k = split(list, words, " "); return words[1 + int(random() * k)] }
function date(day, y, m, d, z, era, doe, yoe, doy, mp) { # from days, by H. Hinnant's civil_from_days
    z = day + 719468; era = int(z / 146097); doe = z - era * 146097
    yoe = int((doe - int(doe / 1460) + int(doe / 36524) - int(doe / 146096)) / 365)
    doy = doe - (365 * yoe + int(yoe / 4) - int(yoe / 100)); mp = int((5 * doy + 2) / 153)
    d = doy - int((153 * mp + 2) / 5) + 1; m = mp < 10 ? mp + 3 : mp - 9
    y = yoe + era * 400 + (m <= 2)
    return sprintf("%04d-%02d-%02d", y, m, d)
}
function born(i) { # the day paper i was published; the classic and the sleeper are old
    return i == 2 ? today - 900 : i == 4 ? today - 80 : i == 5 ? today - 60 : i == 1 ? today - 12 : i == 3 ? today - 40 \
           : today - int(i * (span ? span : 180) / n)
}
function number(i) { return sprintf("26%02d.%05d", 1 + int(i / 90000), i % 90000) }
function sentence(topic) {
    return sprintf("We study %s %s of %s %s by %s %s.", pick(adjective), pick(noun), pick(adjective), topic, pick(adjective), pick(method))
}
function paper(i, day, burst, category, title, topic) {
    seed = 7919 * i + 17; random(); random()
    day = born(i)
    category = i <= 5 ? "cs.CL" : pick("cs.CL cs.CL cs.LG cs.LG cs.LG cs.CV math.PR")
    burst = today - day < 21 && random() < .3 && category != "math.PR"
    topic = burst ? "hedge lattice" : pick(noun)
    title = i == 1 ? "A Riser" : i == 2 ? "A Flat Classic" : i == 3 ? "A Burst That Is Over" : i == 4 ? "A Sleeper with Gaps" \
            : i == 5 ? "Fell Silent" : sprintf("%s %s for %s %s %d", pick(adjective), topic, pick(adjective), pick(noun), i)
    printf "{\"id\":\"arxiv:%s\",\"title\":\"%s\",\"abstract\":\"%s %s\",\"authors\":[\"%s %s\",\"%s %s\"],", \
        number(i), title, sentence(topic), sentence(burst ? "hedge lattice" : pick(noun)), \
        pick("Ada Ben Cleo Dan"), pick("Weir Moss Alder Birch Fenn Thorn"), pick("Eve Finn Gus Hal"), pick("Reed Lake Hill Stone Brook")
    printf "\"categories\":[\"%s\"],\"published\":\"%s\"}\n", category, date(day)
}
function value(i, age, left) { # upvotes `age` days after it appeared, `left` days before today
    if (i == 1) return int(3 + 300 * exp(-left / 4))
    if (i == 2) return 10000 + int((90 - left) / 30)
    if (i == 3) return age < 6 ? 20 * age : 120 + int(age / 20)
    return int(speed * log(1 + age) + random())
}
function samples(i, day, left, start) {
    seed = 104729 * i + 3; random(); random()
    speed = 1 + 30 * random() ^ 4
    start = born(i) > today - 89 ? born(i) : today - 89
    for (day = start; day <= today; day++) {
        left = today - day
        if (left % 11 == 5 || random() < .04 || (i == 4 && left % 9 < 5) || (i == 5 && left < 20)) continue
        printf "%s('%s',%d,%d)", (row++ % 400 ? "," : (row > 1 ? ";\n" : "") "INSERT INTO made VALUES"), number(i), day, value(i, day - born(i), left)
    }
}
BEGIN {
    adjective = "sparse quiet deep robust small curious linear modular gentle stochastic"
    noun = "gardens hedgehogs rivers networks grammars proofs maps melodies bridges clocks orchards kernels"
    method = "pruning grafting listening counting weaving folding sampling"
    if (emit == "papers") { for (i = 1; i <= n; i++) paper(i); exit }
    print "CREATE TEMP TABLE made(id TEXT, day INTEGER, value REAL);"
    for (i = 1; i <= (sampled ? sampled : n); i++) samples(i)
    print ";"
    print "INSERT OR REPLACE INTO sample(work_id, source, metric, item, day, value)"
    print "SELECT a.work_id, 'huggingface', 'upvotes', 'hf:' || a.value, m.day, m.value FROM made m"
    print "JOIN alias a ON a.scheme = 'arxiv' AND a.value = m.id;"
    print "INSERT OR REPLACE INTO sample(work_id, source, metric, item, day, value)"
    print "SELECT a.work_id, 'huggingface', 'comments', 'hf:' || a.value, m.day, round(m.value / 12) FROM made m"
    print "JOIN alias a ON a.scheme = 'arxiv' AND a.value = m.id WHERE substr(m.id, 6) % 3 = 1;"
}
