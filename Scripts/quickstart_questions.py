#!/usr/bin/env python3
"""Writes pipelines/data/patient-questions.jsonl and the README.md beside it.

    python3 Scripts/quickstart_questions.py            writes both files
    python3 Scripts/quickstart_questions.py --check    fails if they are not what it would write

The questions are put together from the phrases in quickstart_material.py, then the file is made
messy as real exports are. Everything follows from SEED: the files are the same on every machine.
Any Python from 3.9 on, no packages.
"""

import html
import json
import pathlib
import random
import sys
import unicodedata

import quickstart_material as material

SEED = 20261121
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "pipelines" / "data"

# How many questions each department gets, by kind of question.
SHARES = {
    "cardiology": {"clauses": 88, "notes": 40, "topics": 33, "whole": 20},
    "dermatology": {"clauses": 72, "notes": 32, "topics": 28, "whole": 20},
    "neurology": {"clauses": 84, "notes": 38, "topics": 31, "whole": 20},
    "orthopedics": {"clauses": 76, "notes": 34, "topics": 29, "whole": 20},
    "gastroenterology": {"clauses": 76, "notes": 34, "topics": 29, "whole": 20},
    "ophthalmology": {"clauses": 54, "notes": 26, "topics": 24, "whole": 20},
}
WRONG_LABELS = 20


def sentence(text):
    """The text with a capital at its front."""
    return text[:1].upper() + text[1:]


class Writer:
    """Builds clean questions; every choice comes from one generator."""

    def __init__(self, rng):
        self.rng = rng
        self.decks = {}

    def deal(self, name, items):
        """The next item; all are dealt before one comes again."""
        deck = self.decks.get(name)
        if not deck:
            deck = self.rng.sample(items, len(items))
            self.decks[name] = deck
        return deck.pop()

    def maybe(self, chance, text):
        return [text] if self.rng.random() < chance else []

    def person_for(self, clause):
        """Whom a clause is about: half of the time the writer."""
        own = any(word in clause for word in ("pregnan", "child", "baby"))
        if own or self.rng.random() < 0.55:
            return material.PEOPLE[0]
        return self.deal("people", material.PEOPLE[1:])

    def agree(self, clause, person):
        """The clause with its verbs and pronouns agreeing with the person, who is named once."""
        name, he, my, me, third = person
        forms = {
            "{have}": "has" if third else "have", "{am}": "is" if third else "am",
            "{was}": "was", "{do}": "does" if third else "do",
            "{s}": "s" if third else "", "{es}": "es" if third else "",
            "{ies}": "ies" if third else "y",
        }
        for marker, form in forms.items():
            clause = clause.replace(marker, form)
        first = {"{I}": name, "{my}": name + "'s" if third else my, "{me}": name if third else me}
        later = {"{I}": he, "{my}": my, "{me}": me}
        found = [marker for marker in first if marker in clause]
        if found:
            marker = min(found, key=clause.index)
            clause = clause.replace(marker, first[marker], 1)
        for marker in later:
            clause = clause.replace(marker, later[marker])
        return clause

    def background(self):
        fact = self.deal("backgrounds", material.BACKGROUNDS)
        frame = self.rng.choice(["Also: {}.", "Known so far: {}.", "Background: {}.", "{}.",
                                 "To add: {}.", "Otherwise {}."])
        return sentence(frame.format(fact))

    def clauses(self, department):
        clause = self.deal(department + "clauses", material.CLAUSES[department])
        text = sentence(self.agree(clause, self.person_for(clause)))
        timed = any(f" {word} " in clause for word in ("since", "last", "for", "years", "weeks"))
        if not timed and self.rng.random() < 0.6:
            text += " " + self.deal("durations", material.DURATIONS)
        parts = [text + "."]
        parts += self.maybe(0.3, self.deal("circumstances", material.CIRCUMSTANCES))
        parts += self.maybe(0.15, self.background())
        parts += self.maybe(0.5, self.deal("questions", material.QUESTIONS))
        if len(parts) > 2 and self.rng.random() < 0.12:
            parts = parts[1:] + parts[:1]
        return " ".join(self.greeting(0.22) + parts)

    def greeting(self, chance):
        return self.maybe(chance, self.deal("greetings", material.GREETINGS))

    def notes(self, department):
        text = self.deal("terse", material.TERSE).format(
            note=self.deal(department + "notes", material.NOTES[department]),
            question=self.deal("questions", material.QUESTIONS),
            duration=self.deal("durations", material.DURATIONS),
            background=self.deal("backgrounds", material.BACKGROUNDS),
            circumstance=self.deal("circumstances", material.CIRCUMSTANCES),
            greeting=self.deal("greetings", material.GREETINGS),
            person=self.deal("persons", material.PERSONS))
        return sentence(text) if self.rng.random() < 0.5 else text

    def topics(self, department):
        topic = self.deal(department + "topics", material.TOPICS[department])
        if topic.startswith("* "):
            frame = self.deal("illness", material.ASKING_OF_ILLNESS)
        else:
            frame = self.deal("care", material.ASKING_OF_CARE)
        parts = [frame.format(topic=topic.removeprefix("* "))] + self.maybe(0.12, self.background())
        return " ".join(self.greeting(0.15) + parts)

    def whole(self, department):
        return self.deal(department + "whole", material.WHOLE[department])

    def typing(self, text):
        """Now and then a slip of the fingers or no capitals at all."""
        dice = self.rng.random()
        if dice < 0.10:
            return text.lower()
        if dice < 0.11:
            return text.upper()
        if dice < 0.22:
            for _ in range(self.rng.randint(1, 2)):
                at = self.rng.randrange(1, len(text) - 2)
                if text[at].isalpha() and text[at + 1].isalpha():
                    text = text[:at] + text[at + 1] + text[at] + text[at + 2:]
        return text


def clean_questions(rng):
    """(text, department) of every question, each text once, in a shuffled order."""
    writer = Writer(rng)
    seen, questions = set(), []

    def add(text, department):
        if text.lower() in seen:
            return False
        seen.add(text.lower())
        questions.append((text, department))
        return True

    for department, kinds in SHARES.items():
        for kind, count in kinds.items():
            made = 0
            while made < count:
                text = getattr(writer, kind)(department)
                made += add(text if kind == "whole" else writer.typing(text), department)
    for text, departments in material.AMBIGUOUS:
        add(text, rng.choice(departments.split()))
    rng.shuffle(questions)
    return questions


# Ways a text gets messy; each returns the text unchanged where it cannot apply.

def in_markup(text, rng):
    escaped = html.escape(text, quote=True).replace("&#x27;", "&#39;")
    kind = rng.randrange(6)
    if kind == 0:
        return "<p>" + escaped + "</p>"
    if kind == 1:
        return escaped.replace(". ", ".<br/>", 1) + "<br>"
    if kind == 2:
        words = escaped.split(" ")
        at = rng.randrange(len(words))
        words[at] = "<b>" + words[at] + "</b>"
        return " ".join(words)
    if kind == 3:
        return '<div class="msg"><span>' + escaped + "</span>\n</div><!-- ticket -->"
    if kind == 4:
        return escaped.replace(" ", "&nbsp;", 3)
    return escaped + " &mdash; sent from my phone &#128241;"


def full_width(text, rng):
    """One word, or all digits, as full-width forms."""
    words = text.split(" ")
    at = rng.randrange(len(words))
    words[at] = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in words[at])
    return " ".join(words)


def decomposed(text, rng):
    """A signature whose accents are combining marks."""
    name = rng.choice(["Zoë", "André", "Noémie", "Jürgen", "François", "Siân", "Åsa", "Chloé"])
    return unicodedata.normalize("NFD", text + rng.choice([" Thanks, ", " – ", " Yours, "]) + name)


def zero_width(text, rng):
    for _ in range(3):
        at = rng.randrange(1, len(text))
        text = text[:at] + rng.choice("\u200b\u200c\u200d\u2060\ufeff\u00ad") + text[at:]
    return text


def odd_spaces(text, rng):
    spaces = ["\u00a0", "\u2009", "\u202f", "\u3000", "  ", "\t", " \n "]
    return "".join(rng.choice(spaces) if c == " " and rng.random() < 0.3 else c for c in text)


def curly(text, rng):
    text = text.replace("'", "\u2019").replace("...", "\u2026")
    words = text.split(" ")
    at = rng.randrange(len(words))
    words[at] = "\u201c" + words[at] + "\u201d"
    return " ".join(words)


def ligatures(text, rng):
    for plain, joined in (("ffi", "\ufb03"), ("ff", "\ufb00"), ("fi", "\ufb01"), ("fl", "\ufb02")):
        text = text.replace(plain, joined)
    return text


def controls(text, rng):
    at = rng.randrange(1, len(text))
    return text[:at] + rng.choice(["\u0007", "\u0000", "\u001b[1m", "\u0085", "\u200e"]) + text[at:]


def emoji(text, rng):
    return text + " " + rng.choice(["🙏", "😟", "👩🏽‍⚕️", "❤️", "🤕", "🦶🏻", "👁️"])


def shouted(text, rng):
    kind = rng.randrange(4)
    if kind == 0:
        return text.upper()
    if kind == 1:
        return text.rstrip(".?!") + "!!"
    if kind == 2:
        return text.replace(",", "").replace(".", "").replace("?", "")
    return text + " Thank you."


def respaced(text, rng):
    kind = rng.randrange(4)
    if kind == 0:
        return "  " + text.replace(" ", "  ", 4)
    if kind == 1:
        return "<p>" + html.escape(text, quote=False) + "</p>"
    if kind == 2:
        return text.replace(" ", "\u00a0", 5)
    return text + "\u200b\n"


# Name, how many records, what it does, and the words for the README.
MESS = [
    ("markup", 70, in_markup, "HTML tags and entities inside the text"),
    ("full-width", 18, full_width, "a word in full-width letters and digits"),
    ("decomposed", 18, decomposed, "accents as combining marks (NFD)"),
    ("zero-width", 20, zero_width, "zero-width characters and soft hyphens inside words"),
    ("spaces", 30, odd_spaces, "no-break, thin and ideographic spaces, tabs, line ends"),
    ("curly", 30, curly, "curly quotes and apostrophes"),
    ("ligatures", 14, ligatures, "the ligatures ﬁ, ﬂ, ﬀ and ﬃ"),
    ("controls", 10, controls, "control characters and terminal escapes"),
    ("emoji", 14, emoji, "emoji, some of several code points"),
]
COPIES = [
    ("exact", 45, lambda text, rng: text, "exact copies of another record"),
    ("respaced", 40, respaced, "copies that differ in spaces, zero-width characters or tags only"),
    ("near", 40, shouted, "near copies: capitals, punctuation, a word of thanks"),
]


def messy_records(questions, rng):
    """The records with mess, copies and wrong labels, and the counts of each."""
    departments = list(SHARES)
    wrong = set(rng.sample(range(len(questions)), WRONG_LABELS))
    records = []
    for index, (text, department) in enumerate(questions):
        if index in wrong:
            department = rng.choice([d for d in departments if d != department])
        records.append([text, department])
    order = rng.sample(range(len(records)), len(records))
    counts = []
    for name, count, change, words in MESS:
        changed = 0
        for index in list(order):
            if changed == count:
                break
            text = change(records[index][0], rng)
            if text != records[index][0]:
                records[index][0] = text
                order.remove(index)
                changed += 1
        counts.append((changed, words))
    originals = list(order)
    for name, count, change, words in COPIES:
        made = 0
        while made < count:
            text, department = records[originals[rng.randrange(len(originals))]]
            copy = change(text, rng)
            if name == "exact" or copy != text:
                records.append([copy, department])
                made += 1
        counts.append((made, words))
    return records, counts


def line(record, rng):
    return json.dumps(record, ensure_ascii=rng.random() < 0.1)


def special_lines(rng):
    """Lines that are not good records, as bytes, with their counts and words."""
    ask = material.INSTRUCTIONS[0]

    def record(**fields):
        return json.dumps({"instruction": ask, **fields}, ensure_ascii=False).encode()

    truncated = record(input="My chest feels tight since the mor", output="cardiology")
    groups = [
        ("blank lines, some with spaces", [b"", b"", b"   ", b"", b"\t", b"", b"", b" ", b"", b""]),
        ("lines that are not JSON", [
            truncated[:-19],
            truncated[: len(truncated) // 2],
            b"-- export continued, page 2 --",
            b"{'instruction': 'Which department?', 'input': 'Itchy skin', 'output': 'dermatology'}",
            b'{"instruction": "Which department?", "input": "He said "it burns"", '
            b'"output": "gastroenterology"}',
            b'{"instruction": "Which department?", "input": "Sore heel",, "output": "orthopedics"}',
        ]),
        ("lines that are not UTF-8", [
            '{"instruction": "Which department?", "input": "My fiancé sees halos around lamps.", '
            '"output": "ophthalmology"}'.encode("latin-1"),
            '{"instruction": "Which department?", "input": "I feel naïve asking, but why does my '
            'scalp itch?", "output": "dermatology"}'.encode("latin-1"),
        ]),
        ("records without the field `output`, or with null in it", [
            record(input="I hear my pulse in my right ear at night."),
            record(input="The blister on my heel has burst."),
            record(input="My knee is stiff after the flight."),
            record(input="Cramps after every meal for a month.", output=None),
        ]),
        ("records without the field `input`", [
            record(output="neurology"),
            record(text="My eye itches all day long.", output="ophthalmology"),
            record(output="cardiology"),
        ]),
        ("records whose `input` is empty, blank or too short to mean anything", [
            record(input="", output="orthopedics"),
            record(input="", output="cardiology"),
            record(input="   ", output="dermatology"),
            record(input="\u00a0\u200b", output="neurology"),
            record(input="<p></p>", output="gastroenterology"),
            record(input="hi", output="cardiology"),
            record(input="test test", output="ophthalmology"),
            record(input="??", output="gastroenterology"),
        ]),
    ]
    return groups


def build():
    """The bytes of the data file and of its README."""
    rng = random.Random(SEED)
    questions = clean_questions(rng)
    records, counts = messy_records(questions, rng)
    rows = []
    for text, department in records:
        instruction = rng.choice(material.INSTRUCTIONS)
        rows.append(line({"instruction": instruction, "input": text, "output": department}, rng)
                    .encode())
    groups = special_lines(rng)
    for _, extra in groups:
        rows += extra
    rng.shuffle(rows)
    data = b"\n".join(rows) + b"\n"
    return data, readme(questions, len(rows), counts, groups).encode()


def readme(questions, total, counts, groups):
    names = sorted({department for _, department in questions})
    sizes = {name: sum(department == name for _, department in questions) for name in names}
    mess = counts[:len(MESS)]
    copies = counts[len(MESS):]
    out = [
        "# Patient questions", "",
        f"`patient-questions.jsonl` holds {len(questions):,} different short questions of patients "
        f"to six departments, in instruction form (`instruction`, `input`, `output`), and the mess "
        f"that real exports have: {total:,} lines in all. `output` is the department. No patient "
        f"wrote them and no record describes a person: the phrases were written for this project "
        f"and put together by `Scripts/quickstart_questions.py`, which writes this page too. "
        f"They are no medical advice.", "",
        "Licence: [CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/), do with them what "
        "you like.", "",
        "| department | questions |", "|---|---:|",
    ]
    out += [f"| {name} | {sizes[name]} |" for name in names]
    out += [
        "", f"{WRONG_LABELS} questions carry a wrong department, and "
        f"{len(material.AMBIGUOUS)} could be answered by more than one, so no model can "
        "get all of them right.", "",
        "| mess | lines |", "|---|---:|",
    ]
    out += [f"| {words} | {count} |" for count, words in mess + copies]
    out += [f"| {words} | {len(extra)} |" for words, extra in groups]
    out += ["", "The mess inside texts falls on different questions; copies are copies of clean "
            "ones. About one question in eight has a slip of the fingers, one in ten no capitals.",
            ""]
    return "\n".join(out)


def main():
    data, page = build()
    files = {FOLDER / "patient-questions.jsonl": data, FOLDER / "README.md": page}
    if "--check" in sys.argv[1:]:
        stale = [path.name for path, wanted in files.items()
                 if not path.exists() or path.read_bytes() != wanted]
        sys.exit("not as generated: " + ", ".join(stale) if stale else 0)
    for path, content in files.items():
        path.write_bytes(content)
        print(f"{path.relative_to(FOLDER.parent.parent)}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
