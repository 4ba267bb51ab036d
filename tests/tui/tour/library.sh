# The library of the tour: two papers that cite one another, the PDF of one with a drawn figure, and the code of
# that one with commits before and behind its day. Sourced by tests/tui/tour.sh and screenshots/make.sh.
#   tour_library FOLDER: made there, with what it is made of beside it, in "$CARREL_LIBRARY" by $CARREL.
TOUR_PAPER=arxiv:2401.11111 TOUR_CITED=arxiv:1901.22222 TOUR_CODE=repo:github.com/winter-lab/lanterns

# The paper as tests/cli/pdf.awk takes it. What is drawn: glow, desk, frame, handle, flame, an inkwell, books.
tour_paper() {
    cat <<'END'
# Copper lanterns for quiet reading rooms
Ada Winter, Ben Frost
arXiv:2401.11111v2

Abstract
We light the desks of a library with copper lanterns whose flame does not flicker, and measure
how long people read by them. Nobody was harmed.

# 1 Introduction
Whoever reads at night needs light that neither flickers nor hums. Ceiling lamps do both, and
they wake whoever sleeps in the next room. A lantern on the desk lights one page and no more.

# 2 Method
The flame of a lantern is kept from flickering by a narrow chimney of copper, which warms the
air before it reaches the wick. Figure 1 shows one of them. It stands on a desk of oak, since
oak outlasts the readers [1]. The code that steers the wick is at
https://github.com/winter-lab/lanterns and was run for forty nights.
\y 208
Figure 1: A lantern on a desk of oak, seen from its left side.

The chimney is half as wide as the flame is high. A wider one draws too much air, and a
narrower one goes black within an hour.
\g q 1 0 0 1 0 -216 cm
\g 1 0.96 0.8 rg 150 440 295 185 re f 1 0.85 0.45 rg 235 480 125 125 re f 0.45 0.3 0.15 rg 150 440 295 22 re f
\g 0.72 0.4 0.2 rg 250 462 95 14 re f 258 590 79 12 re f 262 476 6 114 re f 327 476 6 114 re f
\g 0.72 0.4 0.2 RG 5 w 275 602 m 275 624 320 624 320 602 c S
\g 0.9 0.35 0.1 rg 297 486 m 262 520 290 545 299 582 c 310 545 332 520 297 486 c f
\g 1 0.9 0.3 rg 297 490 m 280 512 294 530 298 552 c 304 530 314 512 297 490 c f
\g 0.2 0.35 0.55 rg 385 462 45 12 re f 0.55 0.2 0.25 rg 389 474 40 10 re f
\g 0.3 0.45 0.3 rg 168 462 12 48 re f 0.6 0.5 0.2 rg 182 462 10 42 re f 0.35 0.3 0.5 rg 194 462 11 52 re f Q
\f
# 3 Results
In forty nights 212 readers read for 5.1 hours by lantern light and for 3.4 hours by the light
of the ceiling. They turned a page every 94 seconds in both cases. Three fell asleep.

# 4 Conclusion
Lanterns help whoever wants to read. We do not know yet what they do for those who write.

# References
[1] C. Elm. On the endurance of oak desks. Journal of Desks, 2019. arXiv:1901.22222.

[2] D. Reed. Lamps and the eye. Optics of Rooms, 2015.
END
}

# The paper is of 20 January 2024: "Slower wick" is what its authors ran, the rest came later.
tour_commits() {
    cat <<'X'
put README.md # Lanterns\n\nThe code of [Copper lanterns for quiet reading rooms](https://arxiv.org/abs/2401.11111).\n
put LICENSE MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this\n
put wick.py """How far the wick is turned up."""\n\nHERTZ = 50\n\n\ndef turn(flame, wanted):\n    return (wanted - flame) / HERTZ\n
commit 1700000000 Ada Winter: Steer the wick
put wick.py """How far the wick is turned up."""\n\nHERTZ = 40\n\n\ndef turn(flame, wanted):\n    return (wanted - flame) / HERTZ\n
put nights.csv night,hours\n1,4.9\n2,5.3\n
commit 1705500000 Ben Frost: Slower wick\n\nAs in the paper: forty hertz for forty nights.
put wick.py """How far the wick is turned up."""\n\nHERTZ = 100\n\n\ndef turn(flame, wanted, limit=1):\n    return min(limit, (wanted - flame) / HERTZ)\n
put moths.py """Moths are counted, not burned."""\n
commit 1714000000 Cora Elm: Count moths
put electric.py """No flame at all."""\n
commit 1740000000 Ada Winter: Electric lanterns
X
}

tour_library() {
    cat >"$1/papers.jsonl" <<'X'
{"id":"arxiv:2401.11111","title":"Copper lanterns for quiet reading rooms","abstract":"We light the desks of a library with copper lanterns whose flame does not flicker, and measure how long people read by them. Nobody was harmed.","authors":["Ada Winter","Ben Frost"],"categories":["cs.DL"],"published":"2024-01-20","code_urls":["https://github.com/winter-lab/lanterns"]}
{"id":"arxiv:1901.22222","title":"On the endurance of oak desks","abstract":"Desks of oak are older than those who read at them. We count the rings of sixty.","authors":["Cora Elm"],"categories":["cs.DL"],"published":"2019-01-07"}
{"id":"arxiv:2305.33333","title":"Ceiling lamps that hum","abstract":"A lamp on the ceiling hums at twice the frequency of the mains.","authors":["Dora Reed"],"categories":["physics.ins-det"],"published":"2023-05-11"}
{"id":"arxiv:2602.44444","title":"Why moths love reading rooms","abstract":"Moths come to the light, and stay for the books.","authors":["Mona Vale"],"categories":["q-bio.PE"],"published":"2026-02-20"}
X
    "$CARREL" -q import "$1/papers.jsonl"
    tour_paper | LC_ALL=C awk -f tests/cli/pdf.awk >"$1/lanterns.pdf"
    "$CARREL" -q process "$1/lanterns.pdf" >/dev/null
    tour_commits | "$GITMAKER" "$1/lanterns.git"
    "$CARREL" -q add --clone "$1/lanterns.git" --as $TOUR_CODE >/dev/null
}
