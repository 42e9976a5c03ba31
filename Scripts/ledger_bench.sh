#!/bin/sh
# What the ledger costs a cleaning run, by counting instructions.
#
#   Scripts/ledger_bench.sh RECORDS.jsonl
#
# RECORDS.jsonl holds instructions of alpaca form; noise and duplicates are added by a seed, and the first
# LINES=10000 are cleaned on one thread under valgrind, which must be installed. Counted are the
# instructions of the functions that make the ledger, with all that they call: events of changed records,
# lines of records that ended, lines of records that were kept. What is not seen this way is the copying of
# events from stage to stage and their way to the disk: the share of their bytes is told beside it.
set -eu
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { sed -n 's/^# \{0,1\}//p' "$0" >&2; exit 2; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 Scripts/data_bench.py make "$1" "$folder" "${LINES:-10000}"
# Some versions of valgrind cannot read Swift's debugging information.
strip --strip-debug -o "$folder/anneal" .build/release/anneal
valgrind --tool=callgrind --callgrind-out-file="$folder/counts" "$folder/anneal" run \
  "$folder/clean.yaml" --out "$folder/run" --threads 1 > "$folder/log" 2>&1 \
  || { tail -3 "$folder/log"; exit 1; }
callgrind_annotate --inclusive=yes --threshold=100 "$folder/counts" > "$folder/table"
python3 Scripts/ledger_bench.py "$folder/table" "$folder/run"
