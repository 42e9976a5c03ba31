#!/usr/bin/env python3
"""Writes Tests/Fixtures/Ingest/encodings.json: sentences as Python's codecs encode them.

Each sample has the sentences of a language (sentences_of_languages.py) whose characters an encoding
has: {language, encoding, bytes (base64), text}.

  python3 Scripts/ingest_encodings.py
"""
import base64, json, pathlib, platform

from sentences_of_languages import sentences

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAIRS = [
    ("rus", "windows-1251"), ("rus", "koi8-r"), ("rus", "iso8859-5"), ("bul", "windows-1251"),
    ("ukr", "windows-1251"), ("jpn", "shift_jis"), ("jpn", "euc_jp"), ("jpn", "iso2022_jp"), ("kor", "euc_kr"),
    ("cmn", "gb18030"), ("cmn", "gbk"), ("cmn", "big5"), ("deu", "latin-1"), ("fra", "windows-1252"),
    ("spa", "latin-1"), ("por", "latin-1"), ("swe", "latin-1"), ("pol", "iso8859-2"), ("pol", "windows-1250"),
    ("ces", "iso8859-2"), ("ces", "windows-1250"), ("hun", "iso8859-2"), ("ell", "iso8859-7"), ("ell", "windows-1253"),
    ("tur", "iso8859-9"), ("ara", "windows-1256"), ("ara", "iso8859-6"), ("heb", "windows-1255"),
    ("jpn", "utf-16-le"), ("deu", "utf-16-le"), ("rus", "utf-16-be"), ("cmn", "utf-32-le"), ("fra", "utf-32-be"),
    ("deu", "utf-8"), ("cmn", "utf-8"),
]


def fits(sentence, encoding):
    try:
        return sentence.encode(encoding).decode(encoding) == sentence
    except UnicodeEncodeError:
        return False


samples = []
for language, encoding in PAIRS:
    text = "\n".join(s for s in sentences(language) if fits(s, encoding)) + "\n"
    samples.append({
        "language": language, "encoding": encoding, "text": text,
        "bytes": base64.b64encode(text.encode(encoding)).decode()})
out = {"command": "python3 Scripts/ingest_encodings.py", "python": platform.python_version(), "samples": samples}
path = ROOT / "Tests/Fixtures/Ingest/encodings.json"
path.write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n")
