#!/usr/bin/env python3
"""Runs depesche against a server that misbehaves on every route, and compares what happened with what must.

    hostile.py BINARY SERVER.PY

The server's own list says in words what a good client does; here it is sorted by that: what must be kept, what must be a trouble with
the archive unchanged, and what may be either as long as nothing breaks. Every route is read in a folder of its own.
"""
import json, pathlib, re, resource, subprocess, sys, tempfile, time, urllib.request
from concurrent.futures import ThreadPoolExecutor

BINARY, SERVER = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
PORT = 18999
# Megabytes. Only the feed of 100,000 entries, all of which are held at once, comes near to that.
MOST = 200
# Routes that one look says nothing about: how often they are read, and how many articles there must be at the end.
SEVERAL = {'growing': (4, 4), 'emptying': (3, 3), 'mutating': (3, None), 'alternating': (4, None), 'flaky': (3, None), 'etag-flap': (2, 3), '304-stuck': (2, None)}
ENDS_WELL = {'flaky'}


def wanted(words):
    words = words.lower()
    if ' or ' in words or words.startswith(('no cookies', 'never', 'file name', 'hub/self', 'second response', 'not followed', 'decompressed-size-cap error or', 'sent back', 'validator', 'polled', 'follow', 'honoured', 'no header')):
        return 'either'
    if words.startswith('ingest'): return 'kept'
    if 'error' in words or words.startswith('refused'): return 'trouble'
    return 'either'


def read(name):
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / 'depesche.toml').write_text(f'allow = ["127.0.0.1:{PORT}"]\npause = "0s"\ntimeout = "5s"\n')
    (folder / 'feeds/a').mkdir(parents=True)
    (folder / 'feeds/a/feed.toml').write_text(f'[[source]]\nurl = "http://127.0.0.1:{PORT}/{name}"\n')
    times, _ = SEVERAL.get(name, (1, None))
    for n in range(times):
        ran = subprocess.run([BINARY, '--root', folder, 'update', '--all', '--now', f'2024-11-0{n + 1}T12:00:00Z'], capture_output=True, text=True, errors='replace', timeout=80)
    kept = subprocess.run([BINARY, '--root', folder, 'list', '--json'], capture_output=True, text=True).stdout.count('\n')
    subprocess.run(['rm', '-rf', folder])
    return ran.returncode, kept, ran.stderr


def main():
    listed = subprocess.run([sys.executable, SERVER, '--list'], capture_output=True, text=True, check=True).stdout
    routes = [(line.split('\t')[0].lstrip('/'), line.rsplit('=> ', 1)[1]) for line in listed.splitlines() if '=> ' in line]
    server = subprocess.Popen([sys.executable, SERVER, '--port', str(PORT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    begun = time.time()
    try:
        for _ in range(50):
            try:
                urllib.request.urlopen(f'http://127.0.0.1:{PORT}/ok.xml', timeout=1).read(); break
            except OSError: time.sleep(.1)
        faults = []
        with ThreadPoolExecutor(16) as pool:
            results = list(pool.map(lambda route: read(route[0]), routes))
        log = json.loads(urllib.request.urlopen(f'http://127.0.0.1:{PORT}/_log').read())
    finally:
        server.kill()
    for (name, words), (code, kept, stderr) in zip(routes, results):
        want = wanted(words)
        bad = code not in (0, 1) or 'panicked' in stderr or 'failed at it' in stderr or '\x1b' in stderr
        if name in SEVERAL:
            number = SEVERAL[name][1]
            bad |= number is not None and kept != number
        else:
            bad |= want == 'kept' and (code, kept > 0) != (0, True)
            bad |= want == 'trouble' and (code != 1 or kept or f'127.0.0.1:{PORT}/{name}' not in stderr)
        if bad or '-v' in sys.argv:
            faults += [name] * bad
            print(f'{"BAD" if bad else "ok":4} {name:28} {want:8} status {code}, {kept} kept; {words[:60]}; {stderr.strip()[:160]!r}')
    forbidden = [entry for entry in log if str(PORT + 1) in json.dumps(entry)]
    if forbidden: faults.append('forbidden port'); print('the forbidden port was connected to:', forbidden[:3])
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    took = time.time() - begun
    print(f'{len(routes)} routes, {len(faults)} faults, {took:.0f} s, at most {largest} MB')
    sys.exit(bool(faults) or took > 90 or largest > MOST)


main()
