"""Writes the run folders that ReportTests render: a classifier, a Chinese language model, a model
that writes texts, and data alone.

    python Scripts/report_samples.py Tests/Fixtures/Report

Texts and numbers are made up (CC0); metrics are computed from the made-up predictions, so that
every part of a folder agrees with the others.
"""

import json
import math
import pathlib
import random
import sys

from sklearn import metrics as sk

SEED = 11
LABELS = [
    "cardiology",
    "dermatology",
    "gastroenterology",
    "neurology",
    "obstetrics and gynaecology",
    "orthopaedics",
]
QUESTIONS = {
    "cardiology": [
        "My heart races when I climb one flight of stairs. Should I worry?",
        "I feel pressure in my chest after dinner, mostly on the left side.",
    ],
    "dermatology": [
        "A red, itching patch behind my knee comes back every winter.",
        "This mole has grown from 3 mm to 6 mm since May; is that <b>normal</b>?",
    ],
    "gastroenterology": [
        "Milk gives me cramps & bloating within the hour, cheese does not.",
        "I have had heartburn every night for three weeks and antacids no longer help.",
    ],
    "neurology": [
        "One side of my face went numb for ten minutes and then it passed.",
        "Since the fall I get a headache with flickering lights twice a week.",
    ],
    "obstetrics and gynaecology": [
        "I am 22 weeks pregnant and my ankles swell in the evening.",
        "My cycle went from 28 to 45 days after I stopped the pill.",
    ],
    "orthopaedics": [
        "My knee clicks and locks when I stand up from a low chair.",
        "The pain in my lower back runs down the left leg to the foot.",
    ],
}
HOSTILE = '<script>alert("x")</script> </style> & "quotes" \u202e reversed \u0000 null'


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def dump(path, value):
    write(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def lines(path, values):
    write(path, "".join(json.dumps(v, ensure_ascii=False) + "\n" for v in values))


def softmax(logits):
    powers = [math.exp(value) for value in logits]
    return [power / sum(powers) for power in powers]


def predictions(rng, count):
    near = {0: 3, 3: 0, 1: 4, 2: 4, 4: 2, 5: 3}
    rows = []
    for index in range(count):
        true = rng.choices(range(6), weights=[30, 22, 20, 16, 6, 10])[0]
        logits = [rng.gauss(0, 1) for _ in LABELS]
        logits[true] += 3.4
        logits[near[true]] += 1.6
        scores = [round(share, 6) for share in softmax(logits)]
        best = scores.index(max(scores))
        text = rng.choice(QUESTIONS[LABELS[true]])
        rows.append(
            {
                "id": f"patients.jsonl:{index * 7 + 3}",
                "input": HOSTILE if index == 4 else text,
                "reference": LABELS[true],
                "prediction": LABELS[best],
                "scores": dict(zip(LABELS, scores)),
            }
        )
    hostile = rows[4]
    hostile["reference"], hostile["prediction"] = LABELS[1], LABELS[5]
    hostile["scores"] = dict(zip(LABELS, [0.001, 0.002, 0.001, 0.001, 0.001, 0.994]))
    return rows


def side(rows):
    true = [row["reference"] for row in rows]
    predicted = [row["prediction"] for row in rows]
    scores = [list(row["scores"].values()) for row in rows]
    scores = [[value / sum(row) for value in row] for row in scores]
    result = {"accuracy": sk.accuracy_score(true, predicted)}
    for average in ["macro", "micro", "weighted"]:
        result[f"f1.{average}"] = sk.f1_score(true, predicted, average=average)
    for average in ["macro", "weighted"]:
        result[f"auc.{average}"] = sk.roc_auc_score(
            true, scores, labels=LABELS, multi_class="ovr", average=average
        )
    counts = sk.confusion_matrix(true, predicted, labels=LABELS).tolist()
    result["confusion"] = {"labels": LABELS, "counts": counts}
    table = sk.precision_recall_fscore_support(true, predicted, labels=LABELS, zero_division=0)
    result["classes"] = {
        label: {"precision": p, "recall": r, "f1": f, "support": int(s)}
        for label, p, r, f, s in zip(LABELS, *table)
    }
    return result


def training(rng, steps, epochs, start, end, every, rate):
    """A loss that falls and wavers, with warm-up and linear decay of the rate."""
    log = []
    for step in range(every, steps + 1, every):
        part = step / steps
        loss = end + (start - end) * math.exp(-4.5 * part) + rng.gauss(0, 0.05 * start / 2)
        warm = min(1, part / 0.1)
        log.append(
            {
                "step": step,
                "epoch": round(part * epochs, 4),
                "loss": round(max(loss, 0.02), 4),
                "learning_rate": rate * warm * (1 - part) / 0.9 if part > 0.1 else rate * warm,
                "grad_norm": round(0.6 + 4 * math.exp(-5 * part) + abs(rng.gauss(0, 0.25)), 4),
            }
        )
    return log


def classifier(folder):
    rng = random.Random(SEED)
    rows = predictions(rng, 300)
    test, validation = side(rows), side(predictions(rng, 120))
    looks = []
    for epoch, (loss, score) in enumerate([(0.91, 0.71), (0.62, 0.795), (0.55, 0.812), (0.57, 0.807)]):
        looks.append(
            {
                "step": 75 * (epoch + 1),
                "epoch": epoch + 1,
                "loss": loss,
                "accuracy": score + 0.006,
                "f1.weighted": score,
                "f1.macro": score - 0.03,
            }
        )
    train = {
        "loss": training(rng, 300, 4, 1.82, 0.31, 2, 5e-5),
        "validation": looks,
        "best_step": 225,
        "best_metric": 0.812,
    }
    dump(folder / "metrics.json", {"test": test, "validation": validation, "train": train})
    lines(folder / "predictions.jsonl", rows)
    stages = [
        stage("ingest", 3168, 3120, dropped={"empty-line": 31}, quarantined={"bad-json": 17}),
        stage("clean.html", 3120, 3120, changed=412),
        stage("clean.unicode", 3120, 3118, dropped={"not-utf8": 2}, changed=97),
        stage("clean.length", 3118, 3046, dropped={"min-words": 58, "max-words": 14}),
        stage("clean.duplicates", 3046, 2790, merged=256),
        stage("split", 2790, 2778, dropped={"bridges-split": 12}),
        stage("augment.synonyms", 2778, 5004, made=2226),
        stage("tokenize", 5004, 5004),
    ]
    dump(folder / "stages.json", {"stages": stages, "total": total(stages)})
    seconds = [0.42, 0.31, 0.12, 0.05, 1.94, 0.66, 3.8, 0.9]
    timings = [
        {
            "name": entry["name"],
            "seconds": time,
            "cached": entry["name"] in ["clean.html", "clean.unicode"],
            "records_per_second": round(max(entry["in"], entry["made"]) / time, 1),
        }
        for entry, time in zip(stages, seconds)
    ]
    dump(
        folder / "timings.json",
        {
            "total_seconds": 97.3,
            "peak_memory_bytes": 1468006400,
            "stages": timings,
            "training": {
                "seconds": 81.6,
                "tokens_per_second": 21435.2,
                "epochs": [{"epoch": e + 1, "seconds": s} for e, s in enumerate([21.3, 20.1, 20.0, 20.2])],
            },
            "machine": {"cpu": "AMD EPYC 9354", "threads": 4, "blas": "Zen"},
            "version": "0.1.0",
            "started": "2026-03-01T09:30:12Z",
        },
    )
    dump(
        folder / "split.certificate.json",
        {
            "method": "hash of family, stratified by label",
            "sides": {
                "train": {"records": 2226, "families": 2190, "share": 0.8013},
                "validation": {"records": 252, "families": 249, "share": 0.0907},
                "test": {"records": 300, "families": 298, "share": 0.108},
            },
            "families": 2737,
            "groups": 2737,
            "largest_cross_split_similarity": 0.7421875,
            "edges_cut": 0,
            "bridges_dropped": 12,
            "seed": 42,
        },
    )
    write(
        folder / "pipeline.lock.yaml",
        "name: patient-questions\nseed: 42\nstages:\n"
        "  - ingest: {path: data/patients.jsonl, on-error: quarantine}\n"
        "  - clean.html: {}\n  - clean.unicode: {form: NFKC}\n"
        "  - clean.length: {min-words: 4, max-words: 300}\n"
        "  - clean.duplicates: {method: minhash, threshold: 0.8}\n"
        "  - augment.synonyms: {rate: 0.1, copies: 1}\n"
        "  - tokenize: {tokenizer: model, max-length: 256}\n"
        "  - split: {train: 0.8, validation: 0.1, test: 0.1, stratify: label}\n"
        "train:\n  model: all-MiniLM-L6-v2\n  objective: classification\n  method: full\n"
        "  epochs: 4\n  batch-size: 32\n  learning-rate: 5.0e-05\n"
        "evaluate: [accuracy, f1, auc, confusion]\n",
    )


def stage(name, taken, kept, made=0, dropped=None, merged=0, quarantined=None, changed=0):
    return {
        "name": name,
        "in": taken,
        "made": made,
        "kept": kept,
        "changed": changed,
        "dropped": dropped or {},
        "merged": merged,
        "quarantined": quarantined or {},
        "expanded": 0,
    }


def total(stages):
    dropped, quarantined = {}, {}
    for entry in stages:
        dropped.update(entry["dropped"])
        quarantined.update(entry["quarantined"])
    made = sum(entry["made"] for entry in stages)
    merged = sum(entry["merged"] for entry in stages)
    changed = sum(entry["changed"] for entry in stages)
    taken, kept = stages[0]["in"], stages[-1]["kept"]
    return stage("total", taken, kept, made, dropped, merged, quarantined, changed)


PASSAGES = [
    ("请用一句话解释什么是光合作用。", "光合作用是植物利用阳光把二氧化碳和水变成糖和氧气的过程。"),
    ("把下面的句子改写得更礼貌:把窗户关上。", "请问可以麻烦您把窗户关上吗?"),
    ("列出三种减少食物浪费的方法。", "按需购买;合理储存;把剩菜做成新的菜肴。"),
    ("高血压患者在饮食上要注意什么?", "少盐少油,多吃蔬菜水果,限制饮酒,并按医生的建议复查血压。"),
    ("写一首关于秋天的短诗。", "一叶落窗前,凉风过稻田。雁声随日远,灯火近人间。"),
    ("什么是机器学习中的过拟合?", "模型记住了训练数据的细节,却不能很好地预测没有见过的数据。"),
]


def language_model(folder):
    rng = random.Random(SEED + 1)
    rows = []
    for index in range(60):
        question, answer = PASSAGES[index % len(PASSAGES)]
        tokens = len(answer) + rng.randrange(3)
        rows.append(
            {
                "id": f"alpaca_zh.json:{index}",
                "input": question,
                "reference": answer,
                "loss": round(tokens * rng.uniform(2.4, 4.3), 5),
                "tokens": tokens,
            }
        )
    loss = sum(row["loss"] for row in rows) / sum(row["tokens"] for row in rows)
    looks = [
        {"step": 100 * (i + 1), "epoch": (i + 1) / 2, "loss": value, "perplexity": math.exp(value)}
        for i, value in enumerate([6.41, 5.3, 4.62, 4.11, 3.74, 3.52, 3.43, 3.41])
    ]
    train = {
        "loss": training(rng, 800, 4, 8.9, 3.1, 10, 3e-4),
        "validation": looks,
        "best_step": 800,
        "best_metric": 3.41,
    }
    test = {"loss": loss, "perplexity": math.exp(loss)}
    dump(
        folder / "metrics.json",
        {"test": test, "validation": {"loss": 3.41, "perplexity": math.exp(3.41)}, "train": train},
    )
    lines(folder / "predictions.jsonl", rows)
    stages = [
        stage("ingest", 5000, 5000),
        stage("clean.unicode", 5000, 5000),
        stage("clean.duplicates", 5000, 4951, merged=49),
        stage("split", 4951, 4951),
        stage("tokenize", 4951, 4938, dropped={"max-length": 13}),
    ]
    dump(folder / "stages.json", {"stages": stages, "total": total(stages)})
    write(folder / "pipeline.lock.yaml", 'name: "中文指令微调"\nseed: 7\n')


def bins(lengths, low, high):
    """A histogram as data/summary.json has it: bins grow by the fourth root of two."""
    ends = [0]
    for quarter in range(124):
        end = math.floor(2 ** (quarter / 4) + 0.5)
        if end != ends[-1]:
            ends.append(end)
    ends = [end for end in ends if low <= end <= high]
    rows = [{"at_most": end, "records": 0} for end in ends]
    for length in lengths:
        next(row for row in rows if length <= row["at_most"])["records"] += 1
    return rows


def summary_side(rng, count, labels, languages):
    lengths = sorted(max(9, min(300, round(rng.lognormvariate(4.2, 0.4)))) for _ in range(count))
    side = {
        "records": count,
        "characters": {
            "median": lengths[(count + 1) // 2 - 1],
            "p95": lengths[math.ceil(count * 0.95) - 1],
            "longest": lengths[-1],
            "histogram": bins(lengths, 9, 304),
        },
        "languages": languages,
    }
    return side | ({"labels": labels} if labels else {})


def record(identity, text, label=None, **own):
    file, line = identity.split("/")[0].rsplit(":", 1)
    provenance = {"id": identity, "schema": "text", "source": {"file": file, "line": int(line)}}
    return {"text": text} | ({"label": label} if label else {}) | {"anneal": provenance | own}


# Two records that differ behind all that the page shows of a lost one from its beginning.
STORY = (
    "Since last spring I have had a dull ache below the left shoulder blade that comes on when I sit "
    "at my desk for more than an hour and goes away when I walk. It does not hurt at night, I have "
    "no fever, and breathing in deeply changes nothing. My doctor listened to my lungs and found "
    "them clear. He gave me {medicine} for two weeks, which helped a little, and told me to come "
    "back if it gets worse. Should I ask for an X-ray, or is it enough to change my chair?"
)
STORIES = [STORY.format(medicine=name) for name in ("ibuprofen", "a muscle relaxant")]


def cache_of_classifier(cache, name, short, long, told):
    """What stages passed on: the first all their records, others what they did to those before."""
    twins = [record(f"{name}:70", "My knee clicks and locks when I stand up.", "orthopaedics"),
             record(long, "My  knee clicks and hurts when I stand up.", "orthopaedics")]
    heels = [record(identity, f"Sore heel {number}", "orthopaedics")
             for number, identity in enumerate(short)]
    first = "03-clean.unicode-0123456789ab"
    stories = [record(identity, text, "orthopaedics") for identity, text in zip(told, STORIES)]
    lines(cache / first / "records.lines", [twins[0], *heels, twins[1], *stories])
    tidy = twins[1] | {"text": "My knee clicks and hurts when I stand up."}
    second = "04-clean.length-0123456789ab"
    changed = json.dumps(tidy, ensure_ascii=False)
    write(cache / second / "records.lines", f"#{first}\n=1\n-3\n{changed}\n=2\n")
    write(cache / "05-clean.duplicates-0123456789ab" / "records.lines", f"#{second}\n=1\n-1\n=1\n-1\n")


def data_of_classifier(folder):
    """What was lost, derived and nearest: the files that a run keeps beside its results."""
    rng = random.Random(SEED + 2)
    name = "patients.jsonl"
    short = [f"{name}:{line}" for line in (41, 97, 1203)]
    long = f"{name}:77"
    told = [f"{name}:120", f"{name}:121"]
    ledger = [
        {"id": f"{name}:9", "source": {"file": name, "line": 9}, "events": [], "fate": "quarantined",
         "stage": "ingest", "reason": "bad-json", "message": "a number has no digits, at byte 2"},
        {"id": f"{name}:12", "source": {"file": name, "line": 12}, "events": [], "fate": "dropped",
         "stage": "ingest", "reason": "empty-line"},
    ]
    for identity in short:
        ledger.append(
            {"id": identity, "source": {"file": name, "line": 1}, "events": [], "fate": "dropped",
             "stage": "clean.length", "reason": "min-words", "detail": {"words": 2, "min-words": 4}})
    ledger.append(
        {"id": long, "source": {"file": name, "line": 77}, "events": [], "fate": "merged",
         "stage": "clean.duplicates", "reason": "near-duplicate", "detail": {"similarity": 0.9},
         "into": f"{name}:70"})
    ledger.append(
        {"id": told[1], "source": {"file": name, "line": 121}, "events": [], "fate": "merged",
         "stage": "clean.duplicates", "reason": "near-duplicate", "detail": {"similarity": 0.93},
         "into": told[0]})
    ledger.append(
        {"id": f"{name}:70", "source": {"file": name, "line": 70}, "events": [], "fate": "kept",
         "side": "train"})
    lines(folder / "ledger.jsonl", ledger)
    lines(folder / "quarantine.jsonl", [
        {"file": name, "line": 9, "stage": "ingest", "reason": "bad-json", "raw": "-- page 2 <b> --"}])
    cache_of_classifier(folder / "cache", name, short, long, told)
    lines(folder / "data/train.jsonl", [
        record(f"{name}:70", "My knee clicks and locks when I stand up.", "orthopaedics"),
        record(f"{name}:70/synonyms.1", "My knee clicks and jams when I stand up.", "orthopaedics",
               parent=f"{name}:70", augmented_by="augment.synonyms", side="train")])
    lines(folder / "data/test.jsonl", [
        record(f"{name}:88", "My knee clicks and aches when I sit down.", "orthopaedics")])
    shares = dict(zip(LABELS, [30, 22, 20, 16, 6, 10]))
    dump(folder / "data/summary.json", {
        "train": summary_side(rng, 4452, shares, {"en": 4402, "de": 50}),
        "validation": summary_side(rng, 252, shares, {"en": 252}),
        "test": summary_side(rng, 300, shares, {"en": 299, "ro": 1}),
        "warnings": ["the labels are unbalanced: 30 training records of 'cardiology', 6 of 'x'"],
    })
    certificate = json.loads((folder / "split.certificate.json").read_text())
    certificate["nearest_pair"] = {
        "similarity": 0.7421875,
        "records": [{"id": f"{name}:88", "side": "test"}, {"id": f"{name}:70", "side": "train"}]}
    certificate["similarity"] = {"measure": "Jaccard of 3-word shingles"}
    dump(folder / "split.certificate.json", certificate)
    timings = json.loads((folder / "timings.json").read_text())
    for number, entry in enumerate(timings["stages"]):
        if not entry["cached"]:
            entry["peak_memory_bytes"] = (40 + 10 * number) << 20
    timings["training"]["peak_memory_bytes"] = 1468006400
    timings["finished"] = "2026-03-01T09:31:49Z"
    dump(folder / "timings.json", timings)


def texts(folder):
    """A model that writes answers, scored as texts."""
    rng = random.Random(SEED + 3)
    rows = []
    for index in range(48):
        question, answer = PASSAGES[index % len(PASSAGES)]
        written = answer[: rng.randrange(2, len(answer))] + ("。" if index % 3 else "")
        shared = len(written.rstrip("。")) / len(answer)
        rows.append({
            "id": f"{'zhihu' if index % 2 else 'alpaca_zh'}.json:{index}", "input": question,
            "reference": answer, "loss": 2.5 * len(answer), "tokens": len(answer),
            "bytes": len(answer.encode()), "generated": written,
            "scores": {"rougeL": round(100 * 2 * shared / (1 + shared), 4),
                       "chrf": round(100 * shared, 4)}})
    mean = {name: sum(row["scores"][name] for row in rows) / len(rows) for name in ("rougeL", "chrf")}
    dump(folder / "metrics.json", {"test": mean})
    lines(folder / "predictions.jsonl", rows)
    write(folder / "pipeline.lock.yaml",
          "name: answers\nseed: 3\ntrain:\n  model: scratch\n  architecture:\n    gpt2:\n"
          "      layers: 2\n  objective:\n    causal: {}\n  epochs: 1\n")


def data_alone(folder):
    stages = [stage("ingest", 500, 480, dropped={"blank-line": 20}), stage("split", 480, 480)]
    dump(folder / "stages.json", {"stages": stages, "total": total(stages)})
    rng = random.Random(SEED + 4)
    dump(folder / "data/summary.json", {
        "train": summary_side(rng, 430, None, {"de": 230, "en": 200}),
        "test": summary_side(rng, 50, None, {"de": 20, "en": 30}), "warnings": []})
    write(folder / "pipeline.lock.yaml", "name: corpus\nseed: 5\nstages:\n- ingest:\n    path: a\n")


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1])
    classifier(out / "classifier")
    data_of_classifier(out / "classifier")
    language_model(out / "language-model")
    texts(out / "texts")
    data_alone(out / "data")
