#!/usr/bin/env python3
"""Write Tests/Fixtures/TextKit/datatrove_minhash.json: words and signatures that datatrove makes of texts.

usage: textkit_datatrove_reference.py SHARED > Tests/Fixtures/TextKit/datatrove_minhash.json

The texts are the strings of SHARED/golden/data-pipelines/datatrove_text.json and every 400th record
of MedQuAD. Recorded with datatrove 0.10.1, spaCy 3.8.18, xxhash 3.8.2, numpy 2.4.6.
"""
import gzip
import hashlib
import json
import sys

from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.utils.text import simplify_text
from datatrove.utils.word_tokenizers import load_word_tokenizer


def main():
    shared = sys.argv[1]
    golden = json.load(open(f"{shared}/golden/data-pipelines/datatrove_text.json"))
    texts = [case["in"] for case in golden["simplify"]]
    texts += ["im gonna pay 5km for 3 mg of 20kg, cannot wont ½ §5 a©b €5 5€ 3pm ١٢ μg 7µg x²"]
    with gzip.open(f"{shared}/data/medical/medquad/medquad_qa.jsonl.gz", "rt") as file:
        for number, line in enumerate(file):
            if number % 400 == 0:
                row = json.loads(line)
                texts.append(row["question"] + "\n" + row["answer"][:1500])
    step = MinhashDedupSignature("/tmp/unused-signatures", config=MinhashConfig(n_grams=5))
    words = load_word_tokenizer("en")
    cases = []
    for text in texts:
        simple = simplify_text(text)
        shingles = step.get_shingles(text)
        signature = step.get_signature(shingles) if shingles.size else []
        flat = [int(v) for bucket in signature for v in bucket]
        cases.append({
            "text": text, "words": words.word_tokenize(simple),
            # The whole signature of a few, and a hash of all.
            "signature": [str(v) for v in flat[:8]],
            "sha256": hashlib.sha256(" ".join(map(str, flat)).encode()).hexdigest()})
    json.dump(
        {"made": "Scripts/textkit_datatrove_reference.py; datatrove 0.10.1, spaCy 3.8.18", "cases": cases},
        sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
