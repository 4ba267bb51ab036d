#!/usr/bin/env python3
"""Bibliographies against what other programs made of them.

    python3 tests/conformance.py build/carrel ../shared/data/wire/bib [-v]

pandoc's tests are biblatex with the CSL it becomes; JabRef's are RIS with the BibTeX it becomes. Each file goes
through a library of its own. A member of an item is exact (the same), close (the same but for case, markup, quotes,
dashes and blanks), different, missing or more. No part of `make test`, since the files lie outside the tree; without
them, or without python3-yaml, it says so and is done.
"""
import collections, glob, json, os, re, subprocess, sys, tempfile

try:
    import yaml
except ImportError:
    sys.exit('conformance: skipped, python3-yaml is not installed')

if len(sys.argv) < 3:
    print('usage: python3 tests/conformance.py CARREL FOLDER [-v], as in: build/carrel ../shared/data/wire/bib', file=sys.stderr)
    sys.exit(2)
carrel, folder = sys.argv[1], sys.argv[2]
verbose = '-v' in sys.argv
if not os.path.isdir(folder):
    sys.exit(f'conformance: skipped, there is no {folder}')
quiet = {'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE}
members, classes = collections.Counter(), collections.Counter()


def converted(data, form, to, *settings):
    with tempfile.TemporaryDirectory() as home:
        env = dict(os.environ, XDG_CONFIG_HOME=home, CARREL_LIBRARY=home + '/library')
        subprocess.run([carrel, 'import', '--format', form, '-'], input=data, env=env, **quiet)
        return subprocess.run([carrel, *settings, 'export', '--format', to], env=env, **quiet).stdout


def told_apart(text):
    """Entries that a library takes for one paper (tests of dates and types with one title) get a DOI each."""
    number = iter(range(10 ** 6))
    entries = re.split(r'(?im)^(?=\s*@)', text)
    return ''.join(re.sub(r'(@\s*\w+\s*[{(]\s*[^,\s]+\s*,)', lambda m: f'{m[1]} doi = {{10.5555/told.apart.{next(number)}}},', e, count=1)
                   if not re.search(r'(?i)\bdoi\s*=', e) and not re.match(r'(?i)\s*@(comment|string|preamble|xdata)', e) else e for e in entries)


def loose(text):
    text = re.sub(r'\{\.\w+\}|<[^>]*>', '', str(text))
    text = re.sub(r'[“”‘’"\'`*_^~\[\]{}\\.,:;]', '', text)
    return re.sub(r'[\s–—-]+', ' ', text).strip().casefold()


def from_markdown(text):
    """What pandoc's Markdown writes for quotes and dashes, and its backslashes, taken back."""
    text = text.replace('---', '—').replace('--', '–')
    return re.sub(r'\\([^\w\s])', r'\1', text)


def even(text):
    """Quotes that Markdown writes straight whatever they were."""
    return re.sub('[“”]', '"', re.sub('[‘’]', "'", text))


def marked(text):
    for tag, sign in (('i', '*'), ('b', '**'), ('sup', '^'), ('sub', '~')):
        text = re.sub(f'</?{tag}>', lambda _: sign, text)
    text = re.sub(r'<span class="nocase">(.*?)</span>', r'[\1]{.nocase}', text)
    return re.sub(r'<span style[^>]*>(.*?)</span>', r'[\1]{.smallcaps}', text)


def date(value):
    if isinstance(value, dict) and 'date-parts' in value:
        parts = ['-'.join(f'{"-" * (p < 0)}{abs(p):04d}' if i == 0 else f'{p:02d}' for i, p in enumerate(part)) for part in value['date-parts']]
        season = f'-2{value["season"]}' if 'season' in value else ''
        return '/'.join('' if p == '0000' else p for p in parts) + season
    return str(value).rstrip('~?')


def flat(value):
    if isinstance(value, list):
        return ' | '.join(flat(v) for v in value)
    if isinstance(value, dict):
        if 'date-parts' in value:
            return date(value)
        return ' '.join(f'{k}={value[k]}' for k in sorted(value))
    return even(re.sub(r'\s+', ' ', marked(str(value))).strip())


def compare(name, mine, theirs, markdown=False):
    worst = 'exact'
    for member in sorted(set(mine) | set(theirs)):
        a, b = flat(mine.get(member, '')), flat(theirs.get(member, ''))
        if markdown:
            b = from_markdown(b)
        if member in ('issued', 'accessed', 'original-date', 'event-date'):
            a, b = date(a), date(b)
        if a == b:
            verdict = 'exact'
        elif not b:
            verdict = 'more'
        elif not a:
            verdict = 'missing'
        else:
            verdict = 'close' if loose(a) == loose(b) else 'different'
        members[verdict] += 1
        if verdict != 'exact':
            classes[f'{verdict:9} {member}'] += 1
            worst = 'different' if verdict != 'close' else worst if worst == 'different' else 'close'
            if verbose:
                print(f'{verdict:9} {name} {member}\n    mine   {a[:150]}\n    theirs {b[:150]}')
    return worst


def report(what, items):
    print(f'{what}: {sum(items.values())} items: ' + ', '.join(f'{items[k]} {k}' for k in ('exact', 'close', 'different', 'absent')))
    print('  members: ' + ', '.join(f'{members[k]} {k}' for k in ('exact', 'close', 'different', 'missing', 'more')))
    for line, count in classes.most_common(60):
        print(f'    {count:4} {line}')
    members.clear()
    classes.clear()


def lower(item):
    return {k.lower(): v for k, v in item.items() if k != 'id'}


def pandoc(what, *settings):
    items = collections.Counter()
    for path in sorted(glob.glob(folder + '/pandoc/biblatex-*.md')):
        text = open(path, encoding='utf-8').read()
        parts = re.match(r'(?s).*?\n% pandoc [^\n]*-f biblatex[^\n]*\n(.*?)\n\^D\n---\n(.*?)\n---\n', '\n' + text)
        if not parts:
            continue
        theirs = yaml.load(parts[2], yaml.BaseLoader).get('references') or []
        mine = {i['id']: i for i in json.loads(converted(told_apart(parts[1]).encode(), 'bibtex', 'csl', *settings) or b'[]')}
        for item in theirs:
            found = mine.get(str(item['id']))
            if not found:
                items['absent'] += 1
                if verbose:
                    print(f'absent    {os.path.basename(path)} {item["id"]}')
                continue
            if str(found.get('DOI')).startswith('10.5555/told.apart.'):
                del found['DOI']
            items[compare(f'{os.path.basename(path)} {item["id"]}', lower(found), lower(item), True)] += 1
    report(what, items)


def jabref():
    items = collections.Counter()
    for path in sorted(glob.glob(folder + '/jabref/RisImporter*.ris')):
        expected = path[:-4] + '.bib'
        if not os.path.exists(expected):
            continue
        mine = json.loads(converted(open(path, 'rb').read(), 'ris', 'csl'))
        theirs = json.loads(converted(open(expected, 'rb').read(), 'bibtex', 'csl'))
        for at, item in enumerate(theirs):
            if at >= len(mine):
                items['absent'] += 1
            else:
                items[compare(os.path.basename(path), lower(mine[at]), lower(item))] += 1
    report('JabRef, RIS and BibTeX both to CSL', items)


pandoc('pandoc, biblatex to CSL')
pandoc('the same by its conventions (cite.as-pandoc)', '-c', 'cite.as-pandoc=true')
jabref()
