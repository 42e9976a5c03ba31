#!/usr/bin/env python3
"""Writes Tests/Fixtures/Clean/mojibake.jsonl: texts that were read in wrong encodings, and ftfy's results.

usage: python Scripts/clean_mojibake_reference.py [DATA MANY.jsonl]    (needs ftfy 6.3.1)

Sentences in nineteen languages are read as latin-1, windows-1252, -1251,
-1250, -1253, -1254, -1257, iso-8859-2, mac-roman and cp437, once and twice, some with blanks for
A0, with U+FFFD for what has no character, or with another sentence behind them; some stay as they
are. The fixture takes those of sentences_of_languages.py; MANY gets what Tatoeba's test files make, which lie under
DATA (../shared/data) and are not part of the project.
"""
import json
import random
import sys
import tarfile

import ftfy
import ftfy.bad_codecs

from sentences_of_languages import sentences

LANGUAGES = ("fra deu spa por ita ces pol hun tur ron vie rus ukr bul ell cmn jpn kor ara").split()
CODECS = ["latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250",
          "sloppy-windows-1253", "sloppy-windows-1254", "sloppy-windows-1257", "iso-8859-2",
          "macroman", "cp437", "windows-1252"]
GENTLE = dict(fix_latin_ligatures=False, fix_character_width=False, uncurl_quotes=False,
              fix_line_breaks=False, normalization=None)
EXTRA = ["“curly” quotes’ and – dashes — … • ™", "naïve café £5 €7 ½ ° ± µ", "😀 emoji 👩‍👩‍👧 ✓",
         "“Þetta” à la carte à Paris", "¡Olé! ¿Qué? «où»", "Ångström ÆØÅ æøå"]


def misread(text, codec):
    return text.encode("utf-8").decode(codec, "replace" if codec == "windows-1252" else "strict")


def variants(text, draw):
    yield text
    for codec in CODECS:
        try:
            once = misread(text, codec)
        except UnicodeDecodeError:
            continue
        yield once
        yield once.replace("\xa0", " ")
        yield once[: draw.randrange(len(once) + 1)]
        yield text + " " + once
        if codec.startswith("sloppy"):
            yield "".join("\ufffd" if 0x80 <= ord(c) < 0xA0 else c for c in once)
        try:
            yield misread(once, draw.choice(CODECS))
        except UnicodeDecodeError:
            pass


def tatoeba(data):
    archive = tarfile.open(f"{data}/parallel/laser_tatoeba_112/tatoeba_v1.tar.gz")
    files = {m.name.split("/")[-1]: m for m in archive.getmembers()}
    for language in LANGUAGES:
        file = archive.extractfile(files[f"tatoeba.{language}-eng.{language}"])
        yield from (line for line in file.read().decode().split("\n")[:300] if line)


def main(data=None, many=None):
    draw = random.Random(7)
    texts = EXTRA + (list(tatoeba(data)) if many else [s for language in LANGUAGES for s in sentences(language)[:2]])
    seen, rows = set(), []
    for text in texts:
        for variant in variants(text, draw):
            if variant in seen or any(0xD800 <= ord(c) < 0xE000 for c in variant):
                continue
            seen.add(variant)
            row = {"in": variant}
            for name, options in (("ftfy", {}), ("datatrove", GENTLE)):
                fixed = ftfy.fix_text(variant, **options)
                if fixed != variant:
                    row[name] = fixed
            rows.append(row)
    if many:
        with open(many, "w", encoding="utf-8") as out:
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    else:
        draw.shuffle(rows)
        rows = [r for r in rows if len(r["in"]) < 150][:900]
        with open("Tests/Fixtures/Clean/mojibake.jsonl", "w", encoding="utf-8") as out:
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(len(rows), "rows with ftfy", ftfy.__version__)


main(*sys.argv[1:])
