"""Compares text metrics with sacrebleu, rouge_score and nltk.

    python Scripts/evaluate_text_reference.py fixtures > Tests/Fixtures/Evaluate/text.json
    python Scripts/evaluate_text_reference.py noise LINES.txt > pairs.jsonl
    python Scripts/evaluate_text_reference.py check .build/release/anneal pairs.jsonl …

`fixtures` writes the numbers that EvaluateTests checks, with the versions they come from. `noise`
makes hypotheses (and a few more references) of lines of text by a seeded change of words, or of
characters with --characters. `check` scores such pairs by both, record by record, and says how many
differ by more than 1e-9.
"""

import argparse
import itertools
import json
import logging
import pathlib
import random
import subprocess
import sys
import tempfile

import nltk
import rouge_score
import sacrebleu
from nltk.stem.porter import PorterStemmer
from nltk.translate.meteor_score import meteor_score
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF, TER

SEED = 20261122

# Own sentences, chosen to meet every rule of every tokenizer.
SENTENCES = [
    ("", "A word."),
    ("A word.", ""),
    ("", ""),
    ("word", "word"),
    ("Nothing shared here", "whatever else there was"),
    ("The cat, the dog and the mouse sat on the mat.", "The cat and the dog sat on the old mat!"),
    ("the the the the the", "the cat is on the mat"),
    ("It cost $1,000.50 (or 5-6 %), he said: \"fine\".", "It costs 1,000.50 $ or 5 - 6 %, he said."),
    ("In 2007. It began...", "In 2007 . It began ..."),
    ("a-b c.d e,f 1.2 3,4 5-6 -7 8-", "a - b c.d e , f 1.2 3,4 5 - 6 -7 8 -"),
    ("R&amp;D &lt;b&gt; &quot;x&quot; &amp;lt;", "R&D <b> \"x\" <"),
    ("skip <skipped>this line-\nbreak\nhere", "skip this linebreak here"),
    ("its", "it's. dogs'\u0085s x's\u0085a"),
    ("carriage\r\nreturn\r\n", "carriage return"),
    ("(hi) ((there)) \"you\" 's it's dogs' it's)", "( hi ) there you it 's dogs ' it's"),
    ("Die Straße ist groß; Äpfel kosten 3,50 €.", "Die Straßen sind groß: Äpfel kosten 3,50 €!"),
    ("今天天气很好，我们去公园吧。", "今天的天气真好，我们去公园玩吧！"),
    ("他在2024年买了3台computer。", "他于2024年购买了三台Computer。"),
    ("猫が好きです。カタカナ、漢字。", "犬が好きです。カタカナと漢字。"),
    ("สวัสดีครับ", "สวัสดีค่ะ"),
    ("Ich mag 😀😀 und 👩‍👩‍👧 sehr", "Ich mag 😀 und 👩‍👩‍👧"),
    ("no\u00a0break thin\u2009space wide\u3000space\u2028line", "no break thin space wide space line"),
    ("ΟΔΥΣΣΕΥΣ ΚΑΙ ΣΑΣ.", "Οδυσσευς και σας."),
    ("İstanbul ve 300 K", "istanbul ve 300 k"),
    ("e\u0301te\u0301 x² ① ½ “quoted” ’s — dash", "été x2 1 ½ \"quoted\" 's - dash"),
    ("１２３ ＡＢＣ！ ﬁ", "123 ABC! fi"),
    ("one two three four five six seven eight", "five six seven eight one two three four"),
    ("b a d c f e h g", "a b c d e f g h"),
    ("a b c a b c a b c", "c b a c b a c b a"),
    ("He was running and flying happily; skies were dying.", "He runs and flies happy, the sky dies."),
    ("generalization relational conditional rational", "generalize relate condition ration"),
    ("The big automobile was quick.", "A large car was fast."),
    ("The first line.\nA second line here.\n\nA third.", "A second line.\nThe first line was here."),
    ("one\ntwo\nthree", "three\ntwo\none"),
    ("short", "a much longer reference than the hypothesis is by far and away " * 6),
    ("a much longer hypothesis than the reference is by far and away " * 6, "short"),
    (" ".join(f"w{i}" for i in range(70)), " ".join(f"w{i * 37 % 70}" for i in range(70))),
    (" lead and trail ", "lead and trail"),
    (". . .", "..."),
    ("5.", ".5"),
    ("\u200bzero\u200bwidth\ufeff", "zero width"),
]

MANY = [
    ("The cat sat on the mat.", ["A cat was on the mat.", "The cat sat upon a mat.", "Cats sat."]),
    ("a b c d", ["a b", "a b c d e f"]),
    ("a b c d", ["a b c d e f", "a b"]),
    ("", ["", "a"]),
    ("x y z", ["z y x", "x z y", "y x z", "x y"]),
    ("我们去公园", ["我们去公园玩", "去公园"]),
]


def pairs(name):
    if name == "many":
        return [{"hypothesis": h, "references": r} for h, r in MANY]
    return [{"hypothesis": h, "references": [r]} for h, r in SENTENCES]


CASES = [
    {"metric": "bleu"},
    {"metric": "bleu", "tokenize": "intl"},
    {"metric": "bleu", "tokenize": "zh"},
    {"metric": "bleu", "tokenize": "char"},
    {"metric": "bleu", "tokenize": "none", "smooth": "none"},
    {"metric": "bleu", "smooth": "floor", "effective": True},
    {"metric": "bleu", "smooth": "floor", "value": 0.37},
    {"metric": "bleu", "smooth": "add-k", "effective": True, "lowercase": True},
    {"metric": "bleu", "tokenize": "intl", "lowercase": True, "effective": True},
    {"metric": "chrf"},
    {"metric": "chrf", "words": 2},
    {"metric": "chrf", "words": 2, "lowercase": True},
    {"metric": "chrf", "whitespace": True, "eps": True},
    {"metric": "chrf", "characters": 3, "words": 1, "beta": 3},
    {"metric": "ter"},
    {"metric": "ter", "normalized": True},
    {"metric": "ter", "normalized": True, "noPunct": True, "asian": True},
    {"metric": "ter", "noPunct": True, "asian": True, "case": True},
    {"metric": "rouge"},
    {"metric": "rouge", "stemmer": True},
    {"metric": "meteor"},
]
ROUGE = ["rouge1", "rouge2", "rouge3", "rougeL", "rougeLsum"]


def sacre(case):
    """The metric of sacrebleu that a case names."""
    if case["metric"] == "bleu":
        return BLEU(
            lowercase=case.get("lowercase", False),
            tokenize=case.get("tokenize", "13a"),
            smooth_method=case.get("smooth", "exp"),
            smooth_value=case.get("value"),
            effective_order=case.get("effective", False),
        )
    if case["metric"] == "chrf":
        return CHRF(
            char_order=case.get("characters", 6),
            word_order=case.get("words", 0),
            beta=case.get("beta", 2),
            lowercase=case.get("lowercase", False),
            whitespace=case.get("whitespace", False),
            eps_smoothing=case.get("eps", False),
        )
    return TER(
        normalized=case.get("normalized", False),
        no_punct=case.get("noPunct", False),
        asian_support=case.get("asian", False),
        case_sensitive=case.get("case", False),
    )


class NoSynonyms:
    """Stands for WordNet where it is not wanted."""

    def synsets(self, word):
        return []


class Remembered:
    """A stemmer or dictionary that is asked about a word once."""

    def __init__(self, function):
        self.function, self.known = function, {}

    def __call__(self, word):
        if word not in self.known:
            self.known[word] = self.function(word)
        return self.known[word]


def expected(case, data):
    """Name, signature, score and each record's statistics, as the reference has them."""
    hypotheses = [pair["hypothesis"] for pair in data]
    references = [pair["references"] for pair in data]
    if case["metric"] == "rouge":
        return rouge(case, hypotheses, references)
    if case["metric"] == "meteor":
        return meteor(case, hypotheses, references)
    metric = sacre(case)
    count = max(map(len, references))
    columns = [[r[i] if i < len(r) else None for r in references] for i in range(count)]
    statistics = metric._extract_corpus_statistics(hypotheses, columns)
    score = metric._aggregate_and_compute([list(row) for row in statistics])
    result = {
        "name": case["metric"] + "+" * case.get("words", 0),
        "signature": str(metric.get_signature()),
        "score": score.score,
        "statistics": [[float(value) for value in row] for row in statistics],
        "each": [metric._aggregate_and_compute([list(row)]).score for row in statistics],
    }
    if case["metric"] == "bleu":
        result["line"] = str(score)
    return [result]


def rouge(case, hypotheses, references):
    scorer = rouge_scorer.RougeScorer(ROUGE, use_stemmer=case.get("stemmer", False))
    if case.get("stemmer"):
        stemmer = scorer._tokenizer._stemmer
        stemmer.stem = Remembered(stemmer.stem)
    found = [scorer.score_multi(r, h) for h, r in zip(hypotheses, references)]
    return [
        {
            "name": kind,
            "score": 100 * sum(f[kind].fmeasure for f in found) / len(found),
            "statistics": [[*map(float, f[kind]), 1.0] for f in found],
            "each": [100 * f[kind].fmeasure for f in found],
        }
        for kind in ROUGE
    ]


def meteor(case, hypotheses, references):
    wordnet = NoSynonyms()
    if case.get("wordnet"):
        from nltk.corpus import wordnet as corpus

        corpus.synsets("load")
        wordnet.synsets = Remembered(corpus.synsets)
    stemmer = PorterStemmer()
    stemmer.stem = Remembered(stemmer.stem)
    values = [
        meteor_score([text.split() for text in r], h.split(), wordnet=wordnet, stemmer=stemmer)
        for h, r in zip(hypotheses, references)
    ]
    return [
        {
            "name": "meteor",
            "score": 100 * sum(values) / len(values),
            "statistics": [[float(value), 1.0] for value in values],
            "each": [100 * value for value in values],
        }
    ]


def fixtures():
    cases = []
    for corpus in ["single", "many"]:
        for case in CASES:
            for result in expected(case, pairs(corpus)):
                result.pop("each")
                cases.append({"corpus": corpus, "settings": case, **result})
    stemmer = PorterStemmer()
    words = sorted(
        {
            word.strip(".,;:!?()\"").lower()
            for h, r in SENTENCES
            for word in (h + " " + r).split()
        }
        | set(STEMS.split())
    )
    document = {
        "command": "python Scripts/evaluate_text_reference.py fixtures",
        "versions": {
            "python": sys.version.split()[0],
            "sacrebleu": sacrebleu.__version__,
            "rouge_score": "0.1.2",
            "nltk": nltk.__version__,
        },
        "corpora": {name: pairs(name) for name in ["single", "many"]},
        "stems": [[word, stemmer.stem(word)] for word in words if word],
    }
    print("{")
    for key, value in document.items():
        print(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},")
    print(' "cases": [')
    print(",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases))
    print("]}")


STEMS = """
caresses ponies ties caress cats dies flies spied died tied feed agreed bled plastered motoring sing
conflated troubled sized hopping tanned falling hissing fizzed failing filing happy sky enjoy spy by
relational conditional rational valenci hesitanci digitizer conformabli radicalli differentli vileli
analogousli vietnamization predication operator feudalism decisiveness hopefulness callousness
formaliti sensitiviti sensibiliti hopefulli geologi theologi logi triplicate formative formalize
electriciti electrical hopeful goodness revival allowance inference airliner gyroscopic adjustable
defensible irritant replacement adjustment dependent adoption homologou communism activate
angulariti homologous effective bowdlerize probate rate cease controll roll skies dying lying tying
news innings outing cannings howe proceed exceed succeed yyyy yyyed syzygy f*ded f*ding éies é aé
aéd radically equally generically allied alliance ions nation 1990s 2nd x1ed oed ied ies as is us
""".replace("\n", " ")


def noise(arguments):
    """Hypotheses by leaving out, replacing, repeating, joining and moving words."""
    chance = random.Random(SEED)
    marks = ". , ! ? ; : \" ( ) - 's ... % $ / &amp; <skipped> 3.5 1,000 5-6 😀 — … « 。 ， （ ’s".split()
    lines = [line.rstrip("\n") for line in open(arguments.file, encoding="utf-8", newline="\n")]
    lines = [line for line in lines if line][: arguments.limit]
    joint = "" if arguments.characters else " "
    split = list if arguments.characters else str.split
    vocabulary = [word for line in lines[:3000] for word in split(line)]

    def changed(words):
        result = []
        for word in words:
            draw = chance.random()
            if draw < 0.08:
                continue
            if draw < 0.16:
                result.append(chance.choice(vocabulary))
            elif draw < 0.20:
                result += [word, word]
            elif draw < 0.24:
                result.append(word.upper() if chance.random() < 0.5 else word.capitalize())
            elif draw < 0.30:
                result.append(word + chance.choice(marks))
            elif draw < 0.32:
                result.append(chance.choice(marks))
            else:
                result.append(word)
        if chance.random() < 0.3 and len(result) > 4:
            start = chance.randrange(len(result) - 2)
            phrase = result[start : start + chance.randrange(1, 5)]
            del result[start : start + len(phrase)]
            place = chance.randrange(len(result) + 1)
            result[place:place] = phrase
        return joint.join(result)

    for line in lines:
        words = split(line)
        more = chance.choice([0, 0, 1, 2]) if arguments.many else 0
        pair = {
            "hypothesis": changed(words),
            "references": [line] + [changed(words) for _ in range(more)],
        }
        print(json.dumps(pair, ensure_ascii=False))


OPTIONS = {
    "tokenize": ["--tokenize", None],
    "smooth": ["--smooth", None],
    "value": ["--smooth-value", None],
    "effective": ["--effective-order"],
    "lowercase": ["--lowercase"],
    "characters": ["--chrf-char-order", None],
    "words": ["--chrf-word-order", None],
    "beta": ["--chrf-beta", None],
    "whitespace": ["--chrf-whitespace"],
    "eps": ["--chrf-eps-smoothing"],
    "normalized": ["--ter-normalized"],
    "noPunct": ["--ter-no-punct"],
    "asian": ["--ter-asian-support"],
    "case": ["--ter-case-sensitive"],
    "stemmer": ["--stemmer"],
    "wordnet": [],
}


def command(binary, case, path, records):
    metric = ",".join(ROUGE) if case["metric"] == "rouge" else case["metric"]
    words = [binary, "score", "--metrics", metric, path, "--json", "--records", records]
    for key, value in case.items():
        if key != "metric":
            words += [str(value) if word is None else word for word in OPTIONS[key]]
    return words if case.get("wordnet") else words + ["--wordnet", ""]


def check(arguments):
    cases = CASES + ([{"metric": "meteor", "wordnet": True}] if arguments.wordnet else [])
    cases = [c for c in cases if not arguments.metrics or c["metric"] in arguments.metrics]
    failed = False
    for path, case in itertools.product(arguments.files, cases):
        data = [json.loads(line) for line in open(path, encoding="utf-8", newline="\n")]
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as records:
            words = command(arguments.binary, case, path, records.name)
            found = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
            each = [json.loads(line) for line in open(records.name, encoding="utf-8")]
        for result in expected(case, data):
            # anneal keeps the name that was asked for; sacreBLEU's says the orders of words.
            name = "chrf" if case["metric"] == "chrf" else result["name"]
            gaps = [abs(ours[name] - theirs) for ours, theirs in zip(each, result["each"])]
            gap = abs(found[name] - result["score"])
            wrong = sum(g > 1e-9 for g in gaps)
            failed |= wrong > 0 or gap > 1e-9
            print(
                f"{pathlib.Path(path).name}\t{json.dumps(case)}\t{name}\t{len(data)} records\t"
                f"{wrong} differ, by {max(gaps):.1e} at most\tcorpus by {gap:.1e}",
                flush=True,
            )
    sys.exit(1 if failed else 0)


def main():
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fixtures")
    noisy = commands.add_parser("noise")
    noisy.add_argument("file")
    noisy.add_argument("--characters", action="store_true")
    noisy.add_argument("--many", action="store_true", help="some records get more references")
    noisy.add_argument("--limit", type=int, default=20_000)
    checker = commands.add_parser("check")
    checker.add_argument("binary")
    checker.add_argument("files", nargs="+")
    checker.add_argument("--metrics", nargs="*")
    checker.add_argument("--wordnet", action="store_true", help="METEOR with nltk's WordNet too")
    arguments = parser.parse_args()
    {"fixtures": lambda _: fixtures(), "noise": noise, "check": check}[arguments.command](arguments)


if __name__ == "__main__":
    main()
