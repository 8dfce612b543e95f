#!/usr/bin/env python3
"""Reads hostile files, each in a folder of its own, and compares what is kept and published with what is expected.

    hostile_files.py BINARY FOLDER

FOLDER holds the files and index.tsv: file, class, what is expected in words, mode (OK: kept, ERR: refused with a message, SAN: kept without
what must not be there, BOUND: either, within bounds), fewest and most articles, seconds, and lists of what must not and what must be
published. Every published feed must be well-formed.
"""
import csv, json, pathlib, re, resource, shutil, subprocess, sys, tempfile, time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor

BINARY, FOLDER = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
MEGABYTES = 512
NOW = '2026-12-01T12:00:00Z'


def bounded():
    # Addresses are limited, and not the memory behind them: each of some forty threads reserves many more than it uses.
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 23, MEGABYTES << 23))


def read(row):
    folder = pathlib.Path(tempfile.mkdtemp())
    faults = []
    if row['class'] == 'ssrf-url' and row['mode'] == 'ERR':
        # A list of addresses: each is to be refused by itself.
        for address in (FOLDER / row['file']).read_text(errors='replace').split():
            ran = subprocess.run([BINARY, '--root', folder, 'extract', address], capture_output=True, text=True, timeout=60)
            if ran.returncode == 0 or 'depesche: ' not in ran.stderr:
                faults.append(f'{address}: status {ran.returncode}')
        return faults
    try:
        (folder / 'feeds/a').mkdir(parents=True)
        shutil.copy(FOLDER / row['file'], folder / 'feeds/a' / row['file'])
        (folder / 'feeds/a/feed.toml').write_text(f'[[source]]\npath = {json.dumps(row["file"])}\n')
        seconds = float(row['max_seconds'] or 10)
        begun = time.time()
        try:
            ran = subprocess.run([BINARY, '--root', folder, 'update', '--now', NOW], capture_output=True, timeout=60, preexec_fn=bounded)
        except subprocess.TimeoutExpired:
            return [f'did not end within 60 s']
        took = time.time() - begun
        said = ran.stderr.decode('utf-8', 'replace')
        kept = subprocess.run([BINARY, '--root', folder, 'list', '--json'], capture_output=True).stdout.count(b'\n')
        published = {path.name: path.read_bytes() for path in (folder / 'public').rglob('*') if path.is_file()} if (folder / 'public').exists() else {}
        # The program's own pages say by a meta element that nothing may run in them.
        policy = rb'<meta http-equiv="Content-Security-Policy"[^>]*>'
        shown = b'\n'.join(re.sub(policy, b'', page) for page in published.values()).decode('utf-8', 'replace')
        if ran.returncode not in (0, 1) or 'panicked' in said:
            faults.append(f'status {ran.returncode}: {said[:200]}')
        if took > seconds:
            faults.append(f'took {took:.1f} s, not {seconds}')
        if any(c in said for c in '\x1b\x07\x08\x9b'):
            faults.append('a control character reached the terminal')
        least, most = int(row['min_items'] or 0), int(row['max_items'] or 10**9)
        if row['mode'] == 'ERR':
            if kept or ran.returncode != 1 or not said.strip():
                faults.append(f'kept {kept} with status {ran.returncode}, where an error is expected')
        elif not least <= kept <= most:
            faults.append(f'kept {kept}, not {least} to {most}: {said[:160]}')
        for text in json.loads(row['must_not'] or '[]'):
            if text.lower() in shown.lower():
                faults.append(f'published {text!r}')
        for text in json.loads(row['must'] or '[]'):
            if text not in shown:
                faults.append(f'did not publish {text!r}')
        for name in ('rss.xml', 'atom.xml'):
            if name in published:
                try: xml.fromstring(published[name])
                except xml.ParseError as cause: faults.append(f'{name}: {cause}')
        outside = [path for path in folder.rglob('*') if path.is_file() and path.relative_to(folder).parts[0] not in ('feeds', 'archive', 'public')]
        if outside:
            faults.append(f'wrote {outside[0]}')
        return faults
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    with open(FOLDER / 'index.tsv', encoding='utf-8') as file:
        rows = list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))
    for row in rows:
        row['file'] = row.pop('#file', row.get('file'))
    begun = time.time()
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(read, rows))
    bad = 0
    for row, faults in zip(rows, results):
        for fault in faults:
            print(f"{row['file']} ({row['class']}, {row['mode']}): {fault}")
        bad += bool(faults)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f'{len(rows) - bad} of {len(rows)} files as expected in {time.time() - begun:.0f} s, at most {largest} MB')
    sys.exit(bool(bad) or largest > MEGABYTES)


if __name__ == '__main__':
    main()
