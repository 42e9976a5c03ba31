#!/usr/bin/env python3
"""Writes Tests/Fixtures/Augment/inflections.jsonl: what English words become, by other tools.

Forms come from lemminflect 0.2.3 (its dictionary alone, nothing guessed), lemmas from Morphy of NLTK
3.10.4 over Debian's wordnet-base. Words: the lemmas that WordNet's tagged texts hold most often.

  pip install lemminflect==0.2.3 nltk==3.10.4
  python3 Scripts/augment_inflections.py Tests/Fixtures/Augment/inflections.jsonl
"""
import collections, json, os, shutil, sys, tempfile

import lemminflect
import nltk
from nltk.corpus.reader.wordnet import WordNetCorpusReader

WORDNET = "/usr/share/wordnet"
TAGS = {
    "noun": {"plural": "NNS"},
    "verb": {"thirdPerson": "VBZ", "ing": "VBG", "past": "VBD", "participle": "VBN"},
    "adjective": {"comparative": "JJR", "superlative": "JJS"},
}
CLASSES = {"1": "noun", "2": "verb", "3": "adjective", "5": "adjective"}
LETTERS = {"noun": "n", "verb": "v", "adjective": "a"}
MOST = {"noun": 500, "verb": 500, "adjective": 150}


def frequent():
    counts = collections.defaultdict(collections.Counter)
    for line in open(f"{WORDNET}/cntlist.rev"):
        key, _, count = line.split()
        lemma, rest = key.split("%")
        if rest[0] in CLASSES and lemma.isalpha() and lemma.isascii() and len(lemma) > 2:
            counts[CLASSES[rest[0]]][lemma] += int(count)
    for name, most in MOST.items():
        ranked = sorted(counts[name].items(), key=lambda item: (-item[1], item[0]))
        yield name, [lemma for lemma, _ in ranked[:most]]


def reader():
    data = tempfile.mkdtemp()
    folder = f"{data}/corpora/wordnet"
    os.makedirs(folder)
    for name in os.listdir(WORDNET):
        if os.path.isfile(f"{WORDNET}/{name}"):
            shutil.copy(f"{WORDNET}/{name}", folder)
    with open(f"{folder}/lexnames", "w") as out:
        for number in range(45):
            out.write(f"{number:02d}\tname.{number}\t1\n")
    open(f"{folder}/index.sense", "w").close()
    nltk.data.path = [data]
    return WordNetCorpusReader(nltk.data.find("corpora/wordnet"), None)


def main(target):
    wordnet = reader()
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "w") as out:
        for name, lemmas in frequent():
            for lemma in lemmas:
                forms = {}
                for form, tag in TAGS[name].items():
                    known = lemminflect.getInflection(lemma, tag, inflect_oov=False)
                    if known:
                        forms[form] = {
                            word: sorted(wordnet._morphy(word, LETTERS[name])) for word in known
                        }
                if forms:
                    out.write(json.dumps({"lemma": lemma, "class": name, "forms": forms}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
