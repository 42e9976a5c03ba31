#!/usr/bin/env python3
"""Encodes the test texts of llama.cpp's vocabularies by `anneal tokenizer encode` and compares the ids.

    python Scripts/gguf_vocabularies_check.py ANNEAL [--version 0.3.36] [--folder FOLDER]

llama-cpp-python's source package carries GGUF files that hold nothing but a vocabulary, and beside most of them
texts with the ids that the model's own tokenizer gave. The package is fetched from PyPI once and kept in FOLDER.
Says for each vocabulary how many texts agree, and shows those that do not; ends with 1 where one does not.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request

INDEX = "https://pypi.org/simple/llama-cpp-python/"
DIVIDER = "\n__ggml_vocab_test__\n"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("anneal")
    parser.add_argument("--version", default="0.3.36")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("gguf-vocabularies"))
    return parser.parse_args()


def fetch(version, folder):
    """The vocabularies' files, unpacked from the source package."""
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(folder.glob("ggml-vocab-*.gguf"))
    if files:
        return files
    archive = folder / f"llama_cpp_python-{version}.tar.gz"
    # Not by pip, which builds what it downloads as a source.
    with urllib.request.urlopen(INDEX) as page:
        links = re.findall(r'href="([^"#]+)', page.read().decode())
    link = next(link for link in links if link.endswith("/" + archive.name))
    urllib.request.urlretrieve(urllib.parse.urljoin(INDEX, link), archive)
    with tarfile.open(archive) as package:
        for member in package:
            name = pathlib.PurePath(member.name).name
            if member.isfile() and name.startswith("ggml-vocab-"):
                (folder / name).write_bytes(package.extractfile(member).read())
    return sorted(folder.glob("ggml-vocab-*.gguf"))


def encode(anneal, file, texts):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    command = [anneal, "tokenizer", "encode", "--no-special-tokens", "--tokenizer", str(file)]
    result = subprocess.run(command, input=lines, capture_output=True, text=True)
    if result.returncode:
        return None, result.stderr.strip()
    return [json.loads(line)["ids"] for line in result.stdout.splitlines()], ""


def check(anneal, file):
    """Whether a vocabulary's texts all get their ids."""
    given = pathlib.Path(f"{file}.inp")
    if not given.exists():
        ids, fault = encode(anneal, file, ["Hello  world 3.14"])
        print(f"{file.name}: no ids to compare; {fault or ids[0]}")
        return ids is not None
    texts = given.open(newline="").read().split(DIVIDER)
    lines = pathlib.Path(f"{file}.out").read_text().split("\n")[: len(texts)]
    wanted = [[int(word) for word in line.split()] for line in lines]
    ids, fault = encode(anneal, file, texts)
    if ids is None:
        print(f"{file.name}: {fault}")
        return False
    wrong = [case for case in zip(texts, ids, wanted, strict=True) if case[1] != case[2]]
    print(f"{file.name}: {len(texts) - len(wrong)} of {len(texts)} texts agree")
    for text, found, expected in wrong:
        print(f"  {text!r}\n    {found}\n    {expected}")
    return not wrong


def main():
    options = arguments()
    files = fetch(options.version, options.folder)
    results = [check(options.anneal, file) for file in files]
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
