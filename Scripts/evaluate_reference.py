"""Writes the numbers that scikit-learn gives for the cases EvaluateTests checks.

    python Scripts/evaluate_reference.py > Tests/Fixtures/Evaluate/classification.json

The fixture records the versions and the seed. Scores are float32 values written in full.
"""

import json
import math
import sys
import warnings

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest
from sklearn import metrics

SEED = 20240607
RATES = {
    "precision": metrics.precision_score,
    "recall": metrics.recall_score,
    "f1": metrics.f1_score,
}
ZERO_DIVISION = {"zero": 0.0, "one": 1.0, "notANumber": np.nan}


def number(value):
    """A float as JSON: null stands for NaN."""
    return None if math.isnan(value) else float(value)


def rates(labels, references, predictions):
    """Every rate in every average under every zero division."""
    averages = ["micro", "macro", "weighted"] + (["binary"] if len(labels) == 2 else [])
    return {
        division: {
            f"{name}.{average}": number(
                rate(references, predictions, average=average, zero_division=value)
            )
            for name, rate in RATES.items()
            for average in averages
        }
        for division, value in ZERO_DIVISION.items()
    }


def per_class(labels, references, predictions):
    table = metrics.precision_recall_fscore_support(
        references, predictions, labels=range(len(labels)), zero_division=0.0
    )
    return [[float(p), float(r), float(f), int(s)] for p, r, f, s in zip(*table)]


def auc(labels, references, scores):
    """AUC of each class against the rest, and its means over the classes that have records."""
    classes = range(len(labels))
    each = [metrics.roc_auc_score(references == c, scores[:, c]) for c in classes]
    support = np.bincount(references, minlength=len(labels))
    result = {"each": [number(value) for value in each]}
    if len(labels) == 2:
        result["auc.binary"] = number(metrics.roc_auc_score(references, scores[:, 1]))
    if np.all(support > 0) and len(labels) > 2:
        for average in ["macro", "weighted"]:
            result[f"auc.{average}"] = metrics.roc_auc_score(
                references, normalised(scores), multi_class="ovr", average=average
            )
    return result


def normalised(scores):
    """scikit-learn insists on rows that sum to 1; the columns' order must not change."""
    rows = scores.astype(np.float64)
    assert np.allclose(rows.sum(axis=1), 1, atol=1e-6), "write probabilities for this case"
    return scores


def case(name, labels, references, predictions, scores=None):
    references, predictions = np.asarray(references), np.asarray(predictions)
    result = {
        "name": name,
        "labels": labels,
        "references": references.tolist(),
        "predictions": predictions.tolist(),
        "accuracy": metrics.accuracy_score(references, predictions),
        "rates": rates(labels, references, predictions),
        "classes": per_class(labels, references, predictions),
        "confusion": metrics.confusion_matrix(
            references, predictions, labels=range(len(labels))
        ).tolist(),
    }
    if scores is not None:
        scores = np.asarray(scores, dtype=np.float32)
        result["scores"] = [float(value) for value in scores.ravel()]
        result["auc"] = auc(labels, references, scores)
    return result


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def random_case(name, random, records, classes, skew=1.0, decimals=None, absent=()):
    weights = np.array([0.0 if c in absent else skew**c for c in range(classes)])
    references = random.choice(classes, size=records, p=weights / weights.sum())
    logits = random.normal(size=(records, classes))
    logits[np.arange(records), references] += 1.5
    scores = softmax(logits)
    if decimals is not None:  # Rounding to quarters ties many scores and keeps sums at 1.
        scores = np.round(scores * 4) / 4
        scores[:, -1] = 1 - scores[:, :-1].sum(axis=1)
    labels = [f"class-{c}" for c in range(classes)]
    return case(name, labels, references, scores.argmax(axis=1), scores)


def cases():
    random = np.random.default_rng(SEED)
    abc = ["a", "b", "c"]
    return [
        random_case("six classes", random, 200, 6, skew=0.6),
        random_case("two classes", random, 150, 2, skew=0.4),
        random_case("many ties in scores", random, 120, 4, decimals=2),
        random_case("a class without records", random, 90, 4, absent=(2,)),
        random_case("enough records for the radix sort", random, 700, 3),
        case("a prediction no record has", abc, [0, 0, 1, 1], [0, 2, 1, 1]),
        case("a class never predicted", abc, [0, 1, 2, 2], [0, 1, 0, 1]),
        case("nothing right", abc, [0, 1, 2], [1, 2, 0]),
        case("everything right", abc, [0, 1, 2, 2], [0, 1, 2, 2]),
        case("one class only", abc, [0, 0, 0], [0, 0, 0]),
        case("one record", ["no", "yes"], [1], [0], [[0.75, 0.25]]),
        case("two classes, no positive", ["no", "yes"], [0, 0, 0], [0, 0, 0]),
        case(
            "negative, equal and signed-zero scores",
            ["no", "yes"],
            [0, 1, 0, 1, 0, 1],
            [0, 1, 1, 0, 0, 1],
            [[0, -3.5], [0, 0.0], [0, -0.0], [0, -3.5], [0, -7], [0, 1e-30]],
        ),
        case("all scores equal", ["no", "yes"], [0, 1, 1], [1, 1, 1], [[0.5, 0.5]] * 3),
    ]


def intervals():
    return [
        [hits, trials, *binomtest(hits, trials).proportion_ci(method="wilson")]
        for hits, trials in [(0, 5), (5, 5), (1, 1), (7, 20), (455, 500), (1, 100000)]
    ]


def main():
    warnings.simplefilter("ignore")
    document = {
        "command": "python Scripts/evaluate_reference.py",
        "seed": SEED,
        "versions": {
            "python": sys.version.split()[0],
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
        "cases": cases(),
        "wilson": intervals(),
        "perplexity": [
            {"totalLoss": 0.0, "tokens": 7, "perplexity": 1.0},
            {"totalLoss": 34567.125, "tokens": 9001, "perplexity": float(np.exp(34567.125 / 9001))},
        ],
    }
    print("{")
    for key in ["command", "seed", "versions", "wilson", "perplexity"]:
        print(f" {json.dumps(key)}: {json.dumps(document[key])},")
    print(' "cases": [')
    print(",\n".join("  " + json.dumps(entry) for entry in document["cases"]))
    print("]}")


if __name__ == "__main__":
    main()
