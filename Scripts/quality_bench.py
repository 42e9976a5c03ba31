#!/usr/bin/env python3
"""The documents of the benchmark of quality rules, and datatrove's side of it.

usage: quality_bench.py make CORPUS OUT.jsonl [MEGABYTES]   CORPUS has a document a line
       quality_bench.py datatrove STAGE FILE.jsonl DOCUMENTS

make: documents of about 3.5 kB, as web pages have it, each some lines of the corpus. datatrove: one
task on one process from JSON lines to JSON lines; prints seconds, megabytes a second and what is
kept. STAGE is gopher-quality, gopher-repetition, c4, fineweb, web-quality (all four), mojibake or
pii.
"""
import json
import sys

from datatrove_bench import lines_of, timed


def make(corpus, out, megabytes):
    size, parts, number, written = 0, [], 0, 0
    with open(corpus, encoding="utf-8") as lines, open(out, "w", encoding="utf-8") as file:
        for line in lines:
            line = line.rstrip("\n")
            if len(line) > 20000:
                continue
            parts.append(line)
            size += len(line.encode())
            if size >= 3500:
                row = json.dumps({"text": "\n".join(parts)}, ensure_ascii=False) + "\n"
                file.write(row)
                written += len(row.encode())
                number, parts, size = number + 1, [], 0
                if written > megabytes * 1e6:
                    break
    print(number, "documents,", written, "bytes")


def datatrove(stage, path, limit):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters import (
        C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter)
    from datatrove.pipeline.formatters import FTFYFormatter, PIIFormatter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    chain = [GopherRepetitionFilter, GopherQualityFilter, C4QualityFilter, FineWebQualityFilter]
    steps = {
        "gopher-repetition": chain[:1], "gopher-quality": chain[1:2], "c4": chain[2:3],
        "fineweb": chain[3:], "web-quality": chain, "mojibake": [FTFYFormatter],
        "pii": [PIIFormatter],
    }[stage]
    lines = lines_of(path, limit)

    def run(folder):
        LocalPipelineExecutor(
            pipeline=[JsonlReader(f"{folder}/in"), *(step() for step in steps),
                      JsonlWriter(f"{folder}/out", compression=None)],
            tasks=1, workers=1, logging_dir=f"{folder}/logs").run()

    seconds, kept = timed(lines, 1, run)
    size = sum(len(line.encode()) for line in lines)
    print(f"datatrove {stage}: {len(lines)} documents in {seconds:.2f} s, "
          f"{size / seconds / 1e6:.2f} MB/s, {kept} kept")


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"] and len(sys.argv) in (4, 5):
        make(sys.argv[2], sys.argv[3], float(sys.argv[4]) if len(sys.argv) == 5 else 1e9)
    elif sys.argv[1:2] == ["datatrove"] and len(sys.argv) == 5:
        datatrove(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        sys.exit(__doc__)
