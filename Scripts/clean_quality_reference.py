#!/usr/bin/env python3
"""Writes Tests/Fixtures/Clean/quality.jsonl: datatrove's words and verdicts on made-up texts.

Half of the texts are random characters and pieces that try every rule for affixes, the others are
sentences with planted faults. Needs datatrove 0.10.1 and spacy 3.8.18; seed 5; run from the
project's root.
"""
import json
import random

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter)
from datatrove.utils.text import split_into_words

random.seed(5)
CHARACTERS = "abAB19.,:;-–—'’\"()[]{}<>/\\@#$%€°+*^=~_|!?…  \n\tsSéЯ中1кмkmM💡"
PIECES = [
    "n't", "'s", "’s", "US$", "http://", "www.", "a.m.", "e.g.", ":-D", "8)", "km", "10", "%", "...",
    "--", "I'm", "gonna", "cannot", "C++", "Mr.", "U.S.", "192.168.0.1", "8.8.8.8", "x.com",
    "foo@bar.co", "°C.", "o'clock", "w/o", "<3", "dont", "Don’t",
]
SENTENCES = [
    "The people of the town have to be with the river that flows to the sea.",
    "It was a long day, and nobody wanted to leave before the rain had stopped!",
    "Read the privacy policy of the site before you use cookies.",
    "JavaScript is needed to see this page.", "- a bullet of a list", "• another bullet…",
    "# # # heading # of # signs", "Einstein was born in 1879.[12] He died in 1955.[citation needed]",
    "Short line", "What is this? Nobody knows... Perhaps!", "lorem ipsum dolor sit amet is filler.",
    "if (x) { return y; } is what the code says.", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    "And so the story of the king and the queen ends here with a song.",
]


def random_text():
    return "".join(
        random.choice(CHARACTERS) if random.random() < 0.7 else random.choice(PIECES)
        for _ in range(random.randint(1, 40)))


def page():
    return random.choice(["\n", " ", "\n\n"]).join(
        random.choice(SENTENCES) for _ in range(random.randint(1, 14)))


filters = {
    "gopher-quality": GopherQualityFilter(), "gopher-repetition": GopherRepetitionFilter(),
    "c4": C4QualityFilter(), "fineweb": FineWebQualityFilter()}
with open("Tests/Fixtures/Clean/quality.jsonl", "w", encoding="utf-8") as out:
    for text in [random_text() for _ in range(150)] + [page() for _ in range(150)]:
        if not text.strip():
            continue
        row = {"text": text, "words": split_into_words(text), "verdicts": {}}
        for name, rules in filters.items():
            document = Document(text=text, id="0")
            verdict = rules.filter(document)
            row["verdicts"][name] = (
                {"text": document.text} if verdict is True
                else {"reason": verdict[1].replace("_", "-")})
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
