# A PDF out of plain text: a line of input is a line of a page, a line that is "\f" begins a new page, a line
# "# TEXT" is set larger, "\y N" goes on N points above the page's foot, "\g OPERATORS" draws. Helvetica, so ASCII
# only. Exact offsets, so that nothing has to be repaired.
function esc(s) { gsub(/[\\()]/, "\\\\&", s); return s }
function object(text) { offsets[++count] = length(out); out = out count " 0 obj\n" text "\nendobj\n" }
function page_end() { if (lines != "") { bodies[++pages] = drawn "BT\n" lines "ET\n"; lines = drawn = "" } y = 740 }
BEGIN { y = 740; out = "%PDF-1.4\n" }
$0 == "\\f" { page_end(); next }
/^\\y / { y = $2; next }
/^\\g / { drawn = drawn substr($0, 4) "\n"; next }
{
    size = 10
    if (sub(/^# /, "")) { size = 16; y -= 12 }
    if ($0 != "") lines = lines sprintf("/F1 %d Tf 1 0 0 1 72 %d Tm (%s) Tj\n", size, y, esc($0))
    y -= size == 16 ? 26 : $0 == "" ? 8 : 13
}
END {
    page_end()
    kids = ""
    for (i = 1; i <= pages; i++) kids = kids (2 + 2 * i) " 0 R "
    object("<< /Type /Catalog /Pages 2 0 R >>")
    object("<< /Type /Pages /Count " pages " /Kids [ " kids "] >>")
    object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for (i = 1; i <= pages; i++) {
        object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents " (3 + 2 * i) " 0 R >>")
        object("<< /Length " length(bodies[i]) " >>\nstream\n" bodies[i] "endstream")
    }
    start = length(out)
    out = out "xref\n0 " (count + 1) "\n0000000000 65535 f \n"
    for (i = 1; i <= count; i++) out = out sprintf("%010d 00000 n \n", offsets[i])
    printf "%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", out, count + 1, start
}
