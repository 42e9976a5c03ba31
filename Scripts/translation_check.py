#!/usr/bin/env python3
"""Score a translator by sacreBLEU on those pairs of its run's test side that were not trained on.

usage: translation_check.py [--tokenize 13a] ANNEAL RUN MODEL [OPTION…]

RUN is the folder of `anneal run pipelines/translation-….yaml`, MODEL a folder such as `anneal export
RUN --weights int8` writes, or RUN itself; OPTIONs go to `anneal generate`, such as --weights int8
--beams 4. --tokenize is how BLEU cuts translations: 13a, intl, zh (into Chinese) or char. Prints
JSON: BLEU and chrF of all sentences and of those of at most 12 words (a Chinese character counts as
one), sentences a second with the time to load, what sacreBLEU and `anneal score` say apart, and how
many pairs were left out because source or target stand on the training or validation side, without
case and punctuation. Exit code 1 where a source does so as it stands, or where the two scores differ.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
import time

import sacrebleu

SHORT = 12
HAN = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"


def length(text):
    """The words between blanks, and Chinese characters each for one."""
    return len(re.findall(HAN, text)) + len(re.sub(HAN, " ", text).split())


def words(text):
    return " ".join(re.findall(r"\w+", text.casefold()))


def pairs(run, side):
    with open(f"{run}/data/{side}.jsonl", encoding="utf-8") as file:
        return [(row["prompt"], row["completion"]) for row in map(json.loads, file)]


def unseen(run):
    """The test pairs of which no other side holds a sentence, how many have a source or a target that
    one holds but for case and punctuation, and how many one that it holds as it stands."""
    test, other = pairs(run, "test"), pairs(run, "train") + pairs(run, "validation")
    seen = [{words(pair[place]) for pair in other} for place in (0, 1)]
    exact = [{pair[place] for pair in other} for place in (0, 1)]
    kept = [pair for pair in test if not any(words(pair[place]) in seen[place] for place in (0, 1))]
    return kept, {
        "source": sum(words(source) in seen[0] for source, _ in test),
        "target": sum(words(target) in seen[1] for _, target in test),
        "as it stands": sum(pair[place] in exact[place] for pair in test for place in (0, 1))}


def translate(anneal, model, sources, options):
    lines = "".join(json.dumps({"prompt": text}, ensure_ascii=False) + "\n" for text in sources)
    started = time.perf_counter()
    done = subprocess.run(
        [anneal, "generate", "--model", model, "--max-new-tokens", "64", *options], input=lines,
        check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    # Not splitlines(), which also cuts at characters that may stand in a text.
    texts = [json.loads(line)["text"] for line in done.stdout.split("\n") if line]
    assert len(texts) == len(sources)
    return texts, len(sources) / (time.perf_counter() - started)


def scores(anneal, texts, references, tokenize):
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in [("references", references), ("texts", texts)]:
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.writelines(line + "\n" for line in lines)
        ours = json.loads(subprocess.run(
            [anneal, "score", "--metrics", "bleu,chrf", "--tokenize", tokenize, f"{folder}/references",
             f"{folder}/texts", "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout)
    bleu = sacrebleu.corpus_bleu(texts, [references], tokenize=tokenize)
    chrf = sacrebleu.corpus_chrf(texts, [references])
    apart = max(abs(bleu.score - ours["bleu"]), abs(chrf.score - ours["chrf"]))
    return {"sentences": len(texts), "bleu": round(bleu.score, 2), "chrf": round(chrf.score, 2),
            "anneal score differs by": apart}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tokenize", default="13a", choices=["13a", "intl", "zh", "char"])
    for name in ("anneal", "run", "model"):
        parser.add_argument(name)
    given, options = parser.parse_known_args()
    anneal, run, model, tokenize = given.anneal, given.run, given.model, given.tokenize
    test, seen = unseen(run)
    texts, rate = translate(anneal, model, [source for source, _ in test], options)
    short = [place for place, (source, _) in enumerate(test) if length(source) <= SHORT]
    found = {
        "all": scores(anneal, texts, [target for _, target in test], tokenize),
        "short": scores(
            anneal, [texts[place] for place in short], [test[place][1] for place in short], tokenize),
        "sentences a second": round(rate), "left out": seen,
        "signature": str(sacrebleu.BLEU(tokenize=tokenize).corpus_score(texts, [[t for _, t in test]])),
        "sacrebleu": sacrebleu.__version__}
    print(json.dumps(found, indent=1, ensure_ascii=False))
    differs = max(found[name]["anneal score differs by"] for name in ("all", "short"))
    return 1 if seen["as it stands"] or differs > 1e-9 else 0


if __name__ == "__main__":
    sys.exit(main())
