"""Writes the numbers that Tests/RecordsTests expects of StableHash and CounterRandom.

python3 Scripts/records_random_reference.py > Tests/Fixtures/Records/random.json

The hashes are those of the xxhash package (Python binding of the reference library). The random
numbers follow Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014), whose
key is made of two such hashes, and Lemire, "Fast random integer generation in an interval" (2019).
"""

import json

import xxhash

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


class Stream:
    def __init__(self, seed: int, purpose: str, record: str) -> None:
        outer = xxhash.xxh64_intdigest(purpose.encode(), seed=mix(seed))
        self.key = xxhash.xxh64_intdigest(record.encode(), seed=outer)
        self.position = 0

    def next(self) -> int:
        self.position += 1
        return mix((self.key + self.position * GOLDEN) & MASK)

    def below(self, bound: int) -> int:
        while True:
            product = self.next() * bound
            if product & MASK >= (2**64 - bound) % bound:
                return product >> 64


TEXTS = ["", "a", "abc", "data.jsonl:17", "数字 和 文本", "é", "e\u0301"]
TEXTS += ["".join(chr(97 + i % 26) for i in range(n)) for n in (3, 4, 7, 8, 12, 31, 32, 33, 63, 64, 100, 1000)]
STREAMS = [(42, "augment.synonyms", "data.jsonl:17"), (0, "", ""), (2**64 - 1, "split", "é")]

print(
    json.dumps(
        {
            "library": f"xxhash {xxhash.VERSION}, XXH64 {xxhash.XXHASH_VERSION}",
            "hashes": [
                {"text": text, "seed": str(seed), "hash": str(xxhash.xxh64_intdigest(text.encode(), seed=seed))}
                for text in TEXTS
                for seed in (0, 1, 2**64 - 1)
            ],
            "streams": [
                {
                    "seed": str(seed),
                    "purpose": purpose,
                    "record": record,
                    "bits": [str(stream.next()) for stream in [Stream(seed, purpose, record)] for _ in range(5)],
                    "uniform": [
                        (stream.next() >> 11) * 2.0**-53
                        for stream in [Stream(seed, purpose, record)]
                        for _ in range(5)
                    ],
                    "below": {
                        str(bound): [str(stream.below(bound)) for stream in [Stream(seed, purpose, record)] for _ in range(5)]
                        for bound in (1, 6, 1000, 3 << 61)
                    },
                }
                for seed, purpose, record in STREAMS
            ],
        },
        indent=1,
        ensure_ascii=True,
    )
)
