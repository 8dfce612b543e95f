#!/usr/bin/env python3
"""Measures the program against the corpora of ../shared and holds it to the floors in floors.json.

  gauges.py BINARY SHARED [--set-floors REASON]

A floor is a number that was reached once on the corpus with the digest beside it. Falling below one fails; with
--set-floors the numbers of this run become the floors, and the reason is kept with them.
"""
import hashlib, json, os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = "2026-12-01T12:00:00Z"
FLOORS = os.path.join(HERE, "floors.json")
# What of score.py's table is held: the name it prints, and whether more is better.
NUMBERS = re.compile(r"^\s+(.+?)\s{2,}(?:(\d+)/(\d+)|([\d.]+))(?:\s|$)", re.M)


def digest(*paths):
    total = hashlib.sha256()
    for path in paths:
        for folder, folders, files in os.walk(path) if os.path.isdir(path) else [(os.path.dirname(path), [], [os.path.basename(path)])]:
            folders.sort()
            for name in sorted(files):
                total.update(name.encode())
                total.update(open(os.path.join(folder, name), "rb").read())
    return total.hexdigest()[:16]


def run(command, **options):
    """Runs the program at a fixed moment, since dates without a year depend on it."""
    return subprocess.run([command[0], "--now", NOW, *command[1:]], check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options).stdout


def score(shared, part, kind, predictions, *names):
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(predictions)
        file.flush()
        out = subprocess.run([sys.executable, f"{shared}/{part}/score.py", *kind, file.name], check=True, capture_output=True, text=True).stdout
    found = {}
    for name, a, b, plain in NUMBERS.findall(out):
        found[name.strip()] = round(100 * int(a) / int(b), 1) if b else float(plain)
    return {name: value for name, value in found.items() if "wrong" not in name and name not in ("pages", "without a prediction")}


def measure(binary, shared):
    corpus, feeds = f"{shared}/corpus", f"{shared}/feeds"
    with open(f"{corpus}/dates/german_dates.tsv", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    asked = "".join(json.dumps({"input": row[0], "reference_now": row[1] or None}) + "\n" for row in rows)
    yield "dates", digest(f"{corpus}/dates"), score(shared, "corpus", ["dates"], run([binary, "date", "--batch"], input=asked.encode()))
    for name in ("press", "dated", "publishers"):
        pages = f"{corpus}/pages/{name}"
        said = run([binary, "extract", "--urls", f"{pages}/urls.tsv", pages])
        yield name, digest(pages, f"{corpus}/{name}.gold.json"), score(shared, "corpus", ["pages", name], said)
    for name in ("scraped", "pagetext"):
        texts = f"{corpus}/text/{name}"
        yield name, digest(texts, f"{corpus}/{name}.gold.json"), score(shared, "corpus", ["pages", name], run([binary, "extract", texts]))
    for name in ("cases", "real"):
        yield f"feeds {name}", digest(f"{feeds}/{name}"), score(shared, "feeds", [name], run([binary, "extract", f"{feeds}/{name}"]))


def main():
    binary, shared = sys.argv[1:3]
    reason = sys.argv[4] if sys.argv[3:4] == ["--set-floors"] and len(sys.argv) > 4 else None
    floors = json.load(open(FLOORS, encoding="utf-8")) if os.path.exists(FLOORS) else {}
    fallen = []
    for name, corpus, reached in measure(os.path.abspath(binary), os.path.abspath(shared)):
        pinned = floors.get(name, {})
        print(name, "·", ", ".join(f"{key} {value}" for key, value in reached.items()))
        if reason:
            floors[name] = {"corpus": corpus, "reason": reason, "floors": reached}
        elif pinned.get("corpus") != corpus:
            print("  not held to floors: the corpus is another one")
        else:
            low = {key: (value, reached.get(key)) for key, value in pinned["floors"].items() if reached.get(key, 0) < value}
            fallen += [f"{name}: {key} was {value}, is {now}" for key, (value, now) in low.items()]
    if reason:
        with open(FLOORS, "w", encoding="utf-8") as file:
            json.dump(floors, file, indent=1, ensure_ascii=False)
            file.write("\n")
    print("\n".join(fallen) or "no floor was broken")
    return bool(fallen)


if __name__ == "__main__":
    sys.exit(main())
