"""Writes the numbers that scikit-learn gives for the cases EvaluateTests checks.

    python Scripts/evaluate_reference.py > Tests/Fixtures/Evaluate/classification.json

The fixture records the versions and the seed. Scores are float32 values written in full.
Needs scikit-learn, scipy and pytrec-eval-terrier (trec_eval's measures).
"""

import json
import math
import sys
import warnings

import numpy as np
import pytrec_eval
import scipy
import sklearn
from importlib.metadata import version
from scipy import stats
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
    """A float as JSON: null stands for NaN and infinities."""
    return float(value) if math.isfinite(value) else None


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


def agreement(references, predictions):
    """The scores that need no averaging over classes."""
    kappas = {
        name: number(metrics.cohen_kappa_score(references, predictions, weights=weights))
        for name, weights in [
            ("kappa", None),
            ("kappa.linear", "linear"),
            ("kappa.quadratic", "quadratic"),
        ]
    }
    return {
        "balanced-accuracy": metrics.balanced_accuracy_score(references, predictions),
        "balanced-accuracy adjusted": number(
            metrics.balanced_accuracy_score(references, predictions, adjusted=True)
        ),
        "mcc": metrics.matthews_corrcoef(references, predictions),
        **kappas,
    }


def rankings(labels, references, scores):
    """Average precision, and areas over pairs of classes and over all decisions pooled."""
    classes = range(len(labels))
    present = [c for c in classes if np.any(references == c)]
    each = [metrics.average_precision_score(references == c, scores[:, c]) for c in classes]
    support = np.bincount(references, minlength=len(labels))[present]
    truth = np.eye(len(labels))[references]
    result = {
        "ap.macro": float(np.mean([each[c] for c in present])),
        "ap.weighted": float(np.average([each[c] for c in present], weights=support)),
        "auc.micro": number(metrics.roc_auc_score(truth.ravel(), scores.ravel())),
    }
    if len(labels) == 2:
        result["ap.binary"] = each[1]
    elif len(present) == len(labels):
        for average in ["macro", "weighted"]:
            result[f"auc.ovo-{average}"] = metrics.roc_auc_score(
                references, normalised(scores), multi_class="ovo", average=average
            )
            assert np.isclose(
                result[f"ap.{average}"],
                metrics.average_precision_score(references, scores, average=average),
            )
    return {"each ap": each, **result}


def probabilities(labels, references, predictions, scores):
    """Losses of probabilities, in double precision of the float32 scores."""
    scores = scores.astype(np.float64)
    if not np.allclose(scores.sum(axis=1), 1, atol=1e-6) or scores.min() < 0:
        return {}
    classes = list(range(len(labels)))
    return {
        "brier": metrics.brier_score_loss(references, scores, labels=classes),
        "log-loss": metrics.log_loss(references, scores, labels=classes),
        "ece": expected_calibration_error(references, predictions, scores),
    }


def expected_calibration_error(references, predictions, scores):
    """As in the code of Guo and others (2017): bins open below and closed above."""
    confidence = scores[np.arange(len(predictions)), predictions]
    edges = np.arange(16) / 15
    error = 0.0
    for low, high in zip(edges, edges[1:]):
        chosen = (confidence > low) & (confidence <= high)
        if chosen.any():
            accuracy = np.mean(references[chosen] == predictions[chosen])
            error += abs(accuracy - confidence[chosen].mean()) * chosen.mean()
    return float(error)


def correlation(name, references, predictions):
    return {
        "name": name,
        "references": list(map(float, references)),
        "predictions": list(map(float, predictions)),
        "pearson": number(stats.pearsonr(references, predictions).statistic),
        "spearman": number(stats.spearmanr(references, predictions).statistic),
        "kendall": number(stats.kendalltau(references, predictions).statistic),
    }


def correlations():
    random = np.random.default_rng(SEED + 1)
    grades = random.integers(0, 6, size=300)
    truth = random.normal(size=500)
    return [
        correlation("continuous", truth, truth + random.normal(size=500)),
        correlation("grades with ties", grades, np.round(grades + random.normal(size=300))),
        correlation("grades against continuous", grades, grades + random.normal(size=300)),
        correlation("falling", [1, 2, 3, 4], [9, 7, 5, 3]),
        correlation("two records", [1, 2], [3, 7]),
        correlation("far from zero", 1e8 + truth[:50], 1e8 + truth[:50] + random.normal(size=50)),
        correlation("one side constant", [1, 2, 3], [5, 5, 5]),
        correlation("constant, its mean rounded", [1, 2, 3], [0.1, 0.1, 0.1]),
    ]


def search(name, found, missed=()):
    """One query: trec_eval's measures, and scikit-learn's gain with averaged ties."""
    ids, scores, relevances = zip(*found)
    judged = {d: int(r) for d, _, r in found} | {f"z{i}": int(r) for i, r in enumerate(missed)}
    evaluator = pytrec_eval.RelevanceEvaluator(
        {"q": judged},
        {"map", "ndcg", "ndcg_cut.3,10", "recip_rank", "recall.3,10"},
    )
    measured = evaluator.evaluate({"q": {d: float(s) for d, s, _ in found}})["q"]
    averaged = {}
    if len(found) > 1 and not missed:
        for k in [3, 10]:
            averaged[f"averaged ndcg@{k}"] = float(
                metrics.ndcg_score([relevances], [scores], k=k)
            )
        averaged["averaged ndcg"] = float(metrics.ndcg_score([relevances], [scores]))
    return {
        "name": name,
        "found": [[d, float(s), float(r)] for d, s, r in found],
        "missed": list(map(float, missed)),
        "map": measured["map"],
        "ndcg": measured["ndcg"],
        "ndcg@3": measured["ndcg_cut_3"],
        "ndcg@10": measured["ndcg_cut_10"],
        "mrr": measured["recip_rank"],
        "recall@3": measured["recall_3"],
        "recall@10": measured["recall_10"],
        **averaged,
    }


def searches():
    random = np.random.default_rng(SEED + 2)
    graded = [
        (f"d{i}", round(float(random.random()) * 8) / 8, int(random.integers(0, 4)))
        for i in range(40)
    ]
    rare = [(f"d{i}", float(random.normal()), int(i == 17)) for i in range(30)]
    return [
        search("graded relevance and many ties", graded),
        search("one relevant document", rare),
        search("some relevant documents not found", graded[:8], [3, 0, 1]),
        search("nothing relevant", [("a", 1, 0), ("b", 2, 0)]),
        search("all scores equal", [("a", 1, 1), ("b", 1, 0), ("c", 1, 2), ("d", 1, 0)]),
        search("one document", [("a", 1, 1)]),
        search(
            "levels below 0, of spam",
            [("a", 4, 2), ("b", 3, -1), ("c", 2, 0), ("d", 1, 1), ("e", 0.5, -2)], [1, -1]),
    ]


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
        "agreement": agreement(references, predictions),
        "classes": per_class(labels, references, predictions),
        "confusion": metrics.confusion_matrix(
            references, predictions, labels=range(len(labels))
        ).tolist(),
    }
    if scores is not None:
        scores = np.asarray(scores, dtype=np.float32)
        result["scores"] = [float(value) for value in scores.ravel()]
        result["auc"] = auc(labels, references, scores)
        result["rankings"] = rankings(labels, references, scores)
        result["probabilities"] = probabilities(labels, references, predictions, scores)
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
            "pytrec-eval-terrier": version("pytrec-eval-terrier"),
        },
        "cases": cases(),
        "correlations": correlations(),
        "searches": searches(),
        "wilson": intervals(),
        "perplexity": [
            {"totalLoss": 0.0, "tokens": 7, "perplexity": 1.0},
            {"totalLoss": 34567.125, "tokens": 9001, "perplexity": float(np.exp(34567.125 / 9001))},
        ],
    }
    print("{")
    for key in ["command", "seed", "versions", "wilson", "perplexity"]:
        print(f" {json.dumps(key)}: {json.dumps(document[key], allow_nan=False)},")
    for key, end in [("cases", ","), ("correlations", ","), ("searches", "}")]:
        print(f' "{key}": [')
        print(",\n".join("  " + json.dumps(entry, allow_nan=False) for entry in document[key]))
        print("]" + end)


if __name__ == "__main__":
    main()
