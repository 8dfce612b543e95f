#!/usr/bin/env python3
"""Opens what is published of the sanitiser's vectors in headless Chromium and looks whether anything ran.

    browser.py BINARY      needs chromium

The texts are put into one page that, other than ours, has no policy against scripts, and into another one by innerHTML, as readers do
it. Then the feeds themselves and the pages of all articles are opened.
"""
import html, json, pathlib, re, subprocess, sys, tempfile

BINARY = pathlib.Path(sys.argv[1]).resolve()
VECTORS = pathlib.Path(__file__).parent.parent / 'tests/main/data/vectors.tsv'
MARK = 'data-ran'
HEAD = f'<!DOCTYPE html><meta charset=utf-8><script>function X(){{document.documentElement.setAttribute("{MARK}",1)}}alert=X</script>'


def unescaped(text):
    special = {'n': '\n', 't': '\t', '0': '\0'}
    return re.sub(r'\\(x(..)|u(....)|.)', lambda m: chr(int(m[2] or m[3], 16)) if m[2] or m[3] else special.get(m[1], m[1]), text)


def ran(path):
    out = subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--allow-file-access-from-files', '--virtual-time-budget=3000', '--dump-dom', f'file://{path}'],
                         capture_output=True, text=True, errors='replace', timeout=120).stdout
    assert '<' in out, f'{path} was not opened'
    return f'{MARK}="1"' in out[:2000]


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    rows = [line.split('\t', 1) for line in VECTORS.read_text().splitlines()]
    texts = [unescaped(text) for _, text in rows]
    items = [{'id': f'v{n}', 'url': f'https://blatt.example/{n}', 'title': f'{n} {t}', 'summary': t, 'content_html': f'<p>vor</p>{t}<p>nach</p>', 'tags': [t], 'authors': [{'name': t}]}
             for n, t in enumerate(texts)]
    (folder / 'feeds/blatt').mkdir(parents=True)
    (folder / 'feeds/blatt/feed.toml').write_text('limit = 1000\n[[source]]\npath = "quelle.json"\n')
    (folder / 'feeds/blatt/quelle.json').write_text(json.dumps({'version': 'https://jsonfeed.org/version/1.1', 'title': 'x', 'items': items}))
    subprocess.run([BINARY, 'update'], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    public = folder / 'public/blatt'
    published = [item['content_html'] for item in json.loads((public / 'feed.json').read_text())['items']]
    (folder / 'raw.html').write_text(HEAD + '<p>' + texts[1])
    assert ran(folder / 'raw.html'), 'the control did not run: nothing would be found'
    (folder / 'all.html').write_text(HEAD + '\n'.join(published))
    inner = json.dumps(published).replace('<', '\\u003c')
    (folder / 'inner.html').write_text(f'{HEAD}<body><script>for (const t of {inner}) {{ const d = document.createElement("div"); document.body.append(d); d.innerHTML = t }}</script>')
    pages = [folder / 'all.html', folder / 'inner.html', public / 'atom.xml', public / 'rss.xml', public / 'index.html', folder / 'public/index.html']
    joined = HEAD + '\n'.join(f'<iframe src="file://{page}"></iframe>' for page in sorted((public / 'articles').glob('*.html')))
    (folder / 'pages.html').write_text(joined)
    bad = [page.name for page in [*pages, folder / 'pages.html'] if ran(page)]
    print(f'{len(texts)} vectors in {len(pages) + 1} documents and {len(published)} pages: {"nothing ran" if not bad else "it ran in " + ", ".join(bad)}')
    sys.exit(bool(bad))


main()
