#!/usr/bin/env python3
"""Publishes a thousand generated articles with hostile text and lets independent judges look at every document.

    judge.py BINARY [ATOM.RNG]

Judges: Python's XML and JSON parsers (every field must read back as it was sent), xmllint where it is installed (well-formed,
and Atom by its RELAX NG grammar if that is given), feedparser where it is installed.
"""
import datetime, email.utils, json, pathlib, random, re, shutil, subprocess, sys, tempfile
import xml.etree.ElementTree as ET

BINARY = pathlib.Path(sys.argv[1]).resolve()
RNG = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
COUNT = 1000
BASE = 'https://feeds.example/'
# What is sent, and what a reader must see of it in a line: white space is one space, what XML forbids is nothing.
PIECES = [('Straße & Größe', None), ('a < b > c', None), (']]>', None), ('<![CDATA[ x ]]>', None), ('&amp;', None), ('&#x26;lt;', None),
          ('"quoted" \'single\'', None), ('\x00', ''), ('\x0b', ''), ('\x1b[31m', '[31m'), ('\x7f\x85', None), ('\ufffe\uffff', ''), ('\r\n', ' '),
          ('\t', ' '), ('\u202eRTL\u202c', None), ('\u200f', None), ('🙂', None), ('<script>X()</script>', None), ('--><!--', None), ('%00%0a', None),
          ('ﬁ ﷺ', None), ('𝔄\u0301\u0301', None), ('x' * 40, None), ('„Wort“', None), ('\u2028', ' ')]
NS = {'a': 'http://www.w3.org/2005/Atom', 'c': 'http://purl.org/rss/1.0/modules/content/', 'dc': 'http://purl.org/dc/elements/1.1/',
      'm': 'http://search.yahoo.com/mrss/'}


def seen(text):
    text = re.sub('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]', '', text)
    return re.sub(r'[\s\u0085\u2028]+', ' ', text).strip()


def generate(rng):
    def words(most=6):
        return ' '.join(rng.choice(PIECES)[0] for _ in range(rng.randint(1, most))) + ' Wort'
    items = []
    for n in range(COUNT):
        when = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(minutes=37 * n)
        zone = datetime.timezone(datetime.timedelta(minutes=rng.choice([0, 60, 120, -210, 330, 345])))
        item = {'id': f'id-{n}', 'url': f'https://blatt.example/{n}?a=1&b=%22{n}', 'title': f'{n} {words()}', 'content_html': f'<p>{n} Absatz &amp; mehr</p>',
                'date_published': when.astimezone(zone).isoformat()}
        if rng.random() < .7: item['authors'] = [{'name': f'{words(2)} {k}'} for k in range(rng.randint(1, 3))]
        if rng.random() < .7: item['summary'] = words()
        if rng.random() < .7: item['tags'] = [f'{words(2)} {k}' for k in range(rng.randint(1, 3))]
        if rng.random() < .3: item['date_modified'] = (when + datetime.timedelta(hours=5)).astimezone(zone).isoformat()
        if rng.random() < .3: item['language'] = rng.choice(['en', 'fr', 'de-AT'])
        if rng.random() < .3:
            item['attachments'] = [{'url': f'https://blatt.example/{n}-{k}.mp3', 'mime_type': 'audio/mpeg', 'size_in_bytes': n * 7 + k} for k in range(rng.randint(1, 3))]
        items.append(item)
    return items


def moment(text): return datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))


def atom(path):
    for e in ET.parse(path).getroot().findall('a:entry', NS):
        links = {}
        for l in e.findall('a:link', NS): links.setdefault(l.get('rel'), []).append(l)
        yield dict(title=e.findtext('a:title', '', NS), url=links['alternate'][0].get('href'), html=e.findtext('a:content', '', NS),
                   authors=[p.findtext('a:name', '', NS) for p in e.findall('a:author', NS)], tags=[c.get('term') for c in e.findall('a:category', NS)],
                   summary=e.findtext('a:summary', '', NS), published=moment(e.findtext('a:published', '', NS)), updated=moment(e.findtext('a:updated', '', NS)),
                   files=[(l.get('href'), int(l.get('length'))) for l in links.get('enclosure', [])])


def rss(path):
    for e in ET.parse(path).getroot().find('channel').findall('item'):
        files = [(x.get('url'), int(x.get('length'))) for x in e.findall('enclosure')] + [(x.get('url'), int(x.get('fileSize'))) for x in e.findall('m:content', NS)]
        unescaped = (e.findtext('description') or '').replace('&lt;', '<').replace('&gt;', '>').replace('&quot;', '"').replace('&#39;', "'").replace('&#x27;', "'").replace('&amp;', '&')
        yield dict(title=e.findtext('title'), url=e.findtext('link'), html=e.findtext('c:encoded', '', NS), authors=[x.text for x in e.findall('dc:creator', NS)],
                   tags=[x.text for x in e.findall('category')], summary=unescaped, published=email.utils.parsedate_to_datetime(e.findtext('pubDate')),
                   updated=moment(e.findtext('a:updated', '', NS)), files=files)


def feed(path):
    for e in json.loads(path.read_text())['items']:
        yield dict(title=e['title'], url=e['url'], html=e['content_html'], authors=[a['name'] for a in e.get('authors', [])], tags=e.get('tags', []),
                   summary=e.get('summary', ''), published=moment(e['date_published']), updated=moment(e['date_modified']),
                   files=[(f['url'], f['size_in_bytes']) for f in e.get('attachments', [])])


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        sent = generate(random.Random(11))
        (folder / 'feeds/blatt').mkdir(parents=True)
        (folder / 'depesche.toml').write_text(f'base = "{BASE}"\nhub = "https://hub.example/"\n')
        keys = 'title = "Blatt & <Co>"\nimage = "https://blatt.example/b.png"\nrights = "© & <wir>"\nttl = "1h"\n'
        (folder / 'feeds/blatt/feed.toml').write_text(f'{keys}[[source]]\npath = "quelle.json"\n')
        (folder / 'feeds/alle/').mkdir()
        (folder / 'feeds/alle/feed.toml').write_text('feeds = "all"\nentry_title = "[{source}] {title}"\nlimit = 300\n')
        (folder / 'feeds/blatt/quelle.json').write_text(json.dumps({'version': 'https://jsonfeed.org/version/1.1', 'title': 'x', 'items': sent}))
        # The hub cannot be reached from here, which is no fault of the documents.
        ran = subprocess.run([BINARY, 'update', '--now', '2024-11-01T12:00:00Z'], cwd=folder, capture_output=True, text=True)
        assert ran.returncode in (0, 1) and f'{COUNT} new' in ran.stdout, (ran.returncode, ran.stdout, ran.stderr)
        wanted = {item['url']: item for item in sent}
        public, faults, read = folder / 'public', [], 0
        for ending, reader in (('xml', atom), ('rss', rss), ('json', feed)):
            found = set()
            newest = {'xml': 'atom.xml', 'rss': 'rss.xml', 'json': 'feed.json'}[ending]
            for path in [public / 'blatt' / newest, *sorted((public / 'blatt/archive').glob(f'*.{ending}'))]:
                for got in reader(path):
                    item = wanted[got['url']]
                    published = moment(item['date_published'])
                    expect = dict(title=seen(item['title']), url=item['url'], html=item['content_html'], authors=[seen(a['name']) for a in item.get('authors', [])],
                                  tags=[seen(t) for t in item.get('tags', [])], summary=seen(item.get('summary', '')), published=published,
                                  updated=max(published, moment(item.get('date_modified', item['date_published']))),
                                  files=[(f['url'], f['size_in_bytes']) for f in item.get('attachments', [])])
                    read, found = read + 1, found | {got['url']}
                    for field, value in expect.items():
                        if got[field] != value or field == 'published' and got[field].utcoffset() != value.utcoffset():
                            faults.append(f'{path.name}: {field} of {item["id"]}: {got[field]!r} instead of {value!r}')
            if len(found) != COUNT: faults.append(f'{ending}: {len(found)} articles instead of {COUNT}')
        documents = sorted(p for p in public.rglob('*') if p.suffix in ('.xml', '.rss', '.opml'))
        if shutil.which('xmllint'):
            for start in range(0, len(documents), 50):
                ran = subprocess.run(['xmllint', '--noout', *documents[start:start + 50]], capture_output=True, text=True)
                if ran.returncode: faults.append(ran.stderr[:500])
            atoms = [p for p in documents if p.suffix == '.xml' and p.name != 'rss.xml']
            if RNG:
                ran = subprocess.run(['xmllint', '--noout', '--relaxng', RNG, *atoms], capture_output=True, text=True)
                if ran.returncode: faults += [line for line in ran.stderr.splitlines() if not line.endswith(' validates')][:10]
                print(f'xmllint: {len(documents)} documents well-formed, {len(atoms)} by the grammar of Atom')
            else:
                print(f'xmllint: {len(documents)} documents well-formed; no grammar was given')
        else:
            print('xmllint is not installed: well-formedness was judged by Python alone')
        try:
            import feedparser
            bad = [p.name for p in documents if p.suffix != '.opml' and feedparser.parse(str(p)).bozo]
            faults += [f'feedparser: {name}' for name in bad]
            print(f'feedparser: {len(documents) - 1} documents')
        except ImportError:
            print('feedparser is not installed')
        print(f'{read} entries read back, {len(faults)} faults')
        for fault in faults[:20]: print(' ', fault[:300])
        sys.exit(bool(faults))
    finally:
        shutil.rmtree(folder)


main()
