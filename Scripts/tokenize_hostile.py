#!/usr/bin/env python3
"""Compares hostile texts with Hugging Face's tokenizers and times them at growing sizes.

usage: python3 Scripts/tokenize_hostile.py TOKENIZER.json[.gz]… [--sizes 250000 500000 1000000] [--command 'anneal …']

Needs: pip install tokenizers==0.23.3. A text is a megabyte without a space, a million combining marks, every byte
value, and so on. Ids and offsets must be equal at the smallest size, and at all sizes where the library answers within
its time; our time for a text of twice the size must be no more than about twice as long. Our times are those of the
processor, so that other work on the machine does not count; what the command takes for reading the tokenizer is taken
off.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import time

from tokenizers import Tokenizer

from tokenize_compare import unpacked

TEXTS = {
    "letters": lambda n: ("abcdefghijklmnopqrstuvwxyz" * (n // 26 + 1))[:n],
    "one letter": lambda n: "a" * n,
    "ab": lambda n: "ab" * (n // 2),
    "no space": lambda n: "".join(chr(97 + (i * i * 7 + i // 3) % 26) for i in range(n)),
    "marks": lambda n: "e" + "\u0301" * (n // 2),
    "mixed marks": lambda n: "e" + "\u0323\u0301\u0345" * (n // 6),
    "spaces": lambda n: " " * n,
    "line ends": lambda n: "\r\n" * (n // 2),
    "newlines and spaces": lambda n: " \n " * (n // 3),
    "zeros": lambda n: "\0" * n,
    "bytes": lambda n: "".join(map(chr, range(256))) * (n // 384),
    "digits": lambda n: "1234567890" * (n // 10),
    "signs": lambda n: "!?*" * (n // 3),
    "apostrophes": lambda n: "'" * n,
    "Han": lambda n: "中文字" * (n // 9),
    "Hangul": lambda n: "\u1100\u1161\u11a8" * (n // 9),
    "joined emoji": lambda n: "👩\u200d" * (n // 7),
    "flags": lambda n: "🇩" * (n // 4),
    "metaspaces": lambda n: "▁" * (n // 3),
    "special tokens": lambda n: "<s></s>[MASK]<|endoftext|>" * (n // 26),
    "almost special": lambda n: "<|endoftex" * (n // 10),
    "words": lambda n: "the patient reports chest pain " * (n // 31),
}


class Command:
    """The command as one process, a line in and a line out."""

    def __init__(self, command, path):
        self.process = subprocess.Popen(command.split() + [path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def encode(self, text):
        # Standard input is read in chunks, so each text has a process of its own.
        start = used()
        out, _ = self.process.communicate((json.dumps({"text": text}) + "\n").encode())
        return json.loads(out), used() - start


def used():
    """Seconds of the processor that ended commands have taken."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tokenizers", nargs="+")
    parser.add_argument("--sizes", type=int, nargs="+", default=[250_000, 500_000, 1_000_000])
    parser.add_argument("--texts", nargs="+", default=list(TEXTS))
    parser.add_argument("--limit", type=float, default=4, help="seconds after which the library gets no larger text")
    parser.add_argument("--command", default=".build/release/anneal tokenizer encode --tokenizer")
    options = parser.parse_args()
    failed = False
    for path in map(unpacked, options.tokenizers):
        reference = Tokenizer.from_file(path)
        reference.no_truncation()
        reference.no_padding()
        _, idle = Command(options.command, path).encode("a")
        for name in options.texts:
            times, theirs, verdict, slow = [], [], "equal", False
            for size in options.sizes:
                text = TEXTS[name](size)
                found, took = Command(options.command, path).encode(text)
                times.append(max(0, took - idle))
                if slow:
                    continue
                start = time.perf_counter()
                wanted = reference.encode(text)
                theirs.append(time.perf_counter() - start)
                slow = theirs[-1] > options.limit
                if found["ids"] != wanted.ids:
                    at = next((i for i, (a, b) in enumerate(zip(found["ids"], wanted.ids)) if a != b), -1)
                    verdict = f"DIFFERENT ids at {size}, from token {at}"
                elif found["offsets"] != [list(o) for o in wanted.offsets]:
                    verdict = f"DIFFERENT offsets at {size}"
            # Times below a tenth are noise.
            bent = times[-1] > 2.8 * (options.sizes[-1] / options.sizes[0]) / 2 * max(times[0], 0.1)
            failed |= verdict != "equal" or bent
            shown = " ".join(f"{t:.3f}" for t in times)
            print(f"{os.path.basename(path)} {name}: {verdict}; {shown} s{' NOT LINEAR' if bent else ''}; "
                  f"tokenizers {' '.join(f'{t:.3f}' for t in theirs)} s", flush=True)
    sys.exit(failed)


main()
