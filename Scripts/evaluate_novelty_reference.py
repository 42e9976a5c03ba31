"""Writes how like each other tasks are by ROUGE-L, from rouge_score, for EvaluateTests.

    python Scripts/evaluate_novelty_reference.py > Tests/Fixtures/Evaluate/novelty.json

The pairs lie around 0.7, the border of self-instruct (arXiv 2212.10560), and on it; `kept` is what self-instruct's
code would say if it kept tasks below the border, as the paper has it.
"""

import importlib.metadata
import json
import random

from rouge_score import rouge_scorer

SEED = 7
BORDER = 0.7
WORDS = (
    "write list name explain compare sort a the of for with short poem three words friend about rain "
    "city river winter summer letter polite answer question why how tea bread music garden old new"
).split()

# Own pairs: beside the border, on it, without words, with marks and capitals.
PAIRS = [
    ("Name three rivers of Europe.", "Name three rivers of Asia."),
    ("Name three rivers of Europe.", "Name three long rivers that flow through Europe."),
    ("Write a poem about rain.", "write a POEM, about rain!"),
    ("Write a poem about rain.", "Explain why tea gets cold."),
    ("", "Write a poem."),
    ("写一首关于雨的诗。", "写一首关于雪的诗。"),
    ("Wie heißt die Hauptstadt?", "Wie heisst die Hauptstadt?"),
    # 7 of 10 and 10 words in common, 14 of 40 words, 21 of 60: exactly 0.7.
    ("one two three four five six seven a b c", "one two three four five six seven x y z"),
    (
        " ".join(f"w{i}" for i in range(20)),
        " ".join([f"w{i}" for i in range(14)] + [f"v{i}" for i in range(6)]),
    ),
    (
        " ".join(f"w{i}" for i in range(25)),
        " ".join([f"w{i}" for i in range(21)] + [f"v{i}" for i in range(14)]),
    ),
    # One word more in common, and one less.
    ("one two three four five six seven eight b c", "one two three four five six seven eight y z"),
    ("one two three four five six d a b c", "one two three four five six x y z e"),
]


def drawn(random_):
    """A task and one that a few changes make of it."""
    task = [random_.choice(WORDS) for _ in range(random_.randint(3, 24))]
    other = list(task)
    for _ in range(random_.randint(1, 1 + len(task) // 2)):
        place = random_.randrange(len(other))
        change = random_.randrange(3)
        if change == 0:
            other[place] = random_.choice(WORDS)
        elif change == 1:
            other.insert(place, random_.choice(WORDS))
        elif len(other) > 1:
            del other[place]
    return " ".join(task), " ".join(other)


def main():
    random_ = random.Random(SEED)
    pairs = PAIRS + [drawn(random_) for _ in range(200)]
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    cases = []
    for task, other in pairs:
        score = scorer.score(task, other)["rougeL"].fmeasure
        # On the border the double that rouge_score computes may lie a bit below it.
        cases.append({"task": task, "other": other, "score": score, "kept": score < BORDER - 1e-12})
    print(
        json.dumps(
            {
                "script": "Scripts/evaluate_novelty_reference.py",
                "rouge_score": importlib.metadata.version("rouge_score"),
                "seed": SEED,
                "cases": cases,
            },
            ensure_ascii=False,
            indent=0,
        )
    )


main()
