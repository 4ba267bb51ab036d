"""The peer of bench/load.sh: what one would write in an afternoon with FastAPI and SQLite's FTS5.

    load_peer.py build DATABASE <PAPERS.jsonl
    PEER_DB=DATABASE uvicorn load_peer:app

Papers are one table of JSON and one of FTS5 (titles, abstracts, authors; porter). A search is all words, the best 20 by bm25(), with
title, authors, date and a snippet, as carrel's answer has them; no vectors, no tokens, no ETags, no request ids.
"""
import json, os, sqlite3, sys, threading


def build(path):
    db = sqlite3.connect(path)
    db.executescript("""
        CREATE TABLE paper(id TEXT PRIMARY KEY, data TEXT NOT NULL);
        CREATE VIRTUAL TABLE text USING fts5(title, abstract, authors, tokenize = 'porter unicode61');""")
    for line in sys.stdin:
        paper = json.loads(line)
        name = paper["id"] if paper["id"].partition(":")[2] else "arxiv:" + paper["id"]
        row = db.execute("INSERT OR IGNORE INTO paper VALUES(?, ?)", (name, json.dumps(paper)))
        if row.rowcount:
            db.execute("INSERT INTO text(rowid, title, abstract, authors) VALUES(?, ?, ?, ?)", (
                row.lastrowid, paper.get("title", ""), paper.get("abstract", ""), str(paper.get("authors", ""))))
    db.commit()
    db.execute("INSERT INTO text(text) VALUES('optimize')")
    db.commit()
    print("peer: %d papers" % db.execute("SELECT count(*) FROM paper").fetchone()[0])


if __name__ == "__main__":
    build(sys.argv[2])
    sys.exit()

from fastapi import FastAPI, HTTPException, Response

app = FastAPI()
local = threading.local()


def db():
    if not hasattr(local, "db"):
        local.db = sqlite3.connect("file:%s?mode=ro" % os.environ["PEER_DB"], uri=True)
        local.db.execute("PRAGMA cache_size = -8192")
        local.db.execute("PRAGMA mmap_size = 67108864")
    return local.db


@app.get("/search")
def search(q: str, limit: int = 20, mode: str = "lexical"):
    words = " ".join('"%s"' % word.replace('"', "") for word in q.split())
    rows = db().execute("""SELECT p.id, p.data, snippet(text, 1, '[', ']', '...', 30) FROM text t JOIN paper p ON p.rowid = t.rowid
        WHERE text MATCH ? ORDER BY bm25(text, 3, 1, 1) LIMIT ?""", (words, limit)).fetchall()
    hits = []
    for name, data, snippet in rows:
        paper = json.loads(data)
        hits.append({"id": name, "title": paper.get("title"), "authors": paper.get("authors"),
                     "published": paper.get("published"), "snippet": snippet})
    return {"query": q, "hits": hits}


@app.get("/papers/{name:path}")
def paper(name: str):
    row = db().execute("SELECT data FROM paper WHERE id = ?", (name,)).fetchone()
    if not row:
        raise HTTPException(404)
    return Response(row[0], media_type="application/json")
