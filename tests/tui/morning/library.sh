# What a morning finds (morning.sh, screenshots/make.sh): the starter library, read now and then, and sixty made-up
# papers that came over night. Sourced; wants $CARREL, $CARREL_LIBRARY and a clock of 2026-03-01.

# Ten subjects, six ways to write about each; as interchange records.
morning_papers() {
    awk 'BEGIN {
        subjects = split("copper lanterns,cs.DL|library moths,q-bio.PE|oak desks,cs.DL|whispers,cs.SD|marginal notes,cs.CL|page turners,cs.RO|bookmarks,cs.IR|card catalogues,cs.LG|reading lamps,physics.optics|overdue books,stat.ML", subject, "|")
        split("A field study of %s|%s: a survey|Learning %s from few examples|Towards a theory of %s|%s considered harmful|Does size matter for %s?", shape, "|")
        split("For forty nights we watched %s in nine libraries.|We read what was written about %s since 1900, and sort it.|A small model of %s needs nine examples, not nine thousand.|We prove that %s cannot be had for nothing.|Those who praise %s have not measured; we have.|Large %s are no better than small ones, but louder.", abstract, "|")
        surnames = split("Winter Frost Elm Reed Vale Lake Brook Stone Birch Thorn Dale Marsh", surname, " ")
        for (i = 0; i < 60; i++) {
            split(subject[i * 7 % subjects + 1], about, ",")
            how = (i % subjects + int(i / subjects)) % 6 + 1
            title = sprintf(shape[how], about[1])
            printf "{\"id\":\"arxiv:2602.%05d\",\"title\":\"%s\",\"abstract\":\"%s\",", 20001 + i, toupper(substr(title, 1, 1)) substr(title, 2), sprintf(abstract[how], about[1])
            printf "\"authors\":[\"Ada %s\",\"Ben %s\"],\"categories\":[\"%s\"],\"published\":\"2026-02-28\"}\n", surname[i % surnames + 1], surname[i * 5 % 11 + 1], about[2]
        }
    }'
}
# morning_library FOLDER: makes it; parts that it is made of are left in FOLDER.
morning_library() {
    morning_papers >"$1/papers.jsonl"
    (
        export CARREL_CLOCK=2026-02-20T18:00:00Z
        "$CARREL" -q import data/starter.jsonl
        "$CARREL" -q query add language cat:cs.CL
        "$CARREL" -q query add learning 'cat:cs.LG OR cat:stat.ML'
        "$CARREL" -q mark star arxiv:1706.03762 arxiv:1512.03385
        "$CARREL" -q mark read $("$CARREL" -q search --ids --limit 12 cat:cs.CL)
    )
    "$CARREL" -q import "$1/papers.jsonl"
}
