#!/bin/sh
# Cleaning, from JSON lines to JSON lines, in turns with datatrove and datasets.
#
#   Scripts/data_bench.sh RECORDS.jsonl
#
# RECORDS.jsonl holds instructions of alpaca form; noise and duplicates are added by a seed. Anneal's
# run is whole: every stage's folder, the ledger, the summary of the data and the report. PYTHON names
# an interpreter with datatrove, PYTHON_DATASETS one with datasets; a peer that is not there is left
# out. THREADS=4 and ROUNDS=3 may be set.
set -eu
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { sed -n 's/^# \{0,1\}//p' "$0" >&2; exit 2; }

threads=${THREADS:-4}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 Scripts/data_bench.py make "$1" "$folder"
bytes=$(wc -c < "$folder/records.jsonl")
echo "$(wc -l < "$folder/records.jsonl") records, $bytes bytes, $threads threads"

ours() {
  rm -rf "$folder/run"
  start=$(date +%s.%N)
  .build/release/anneal run "$folder/clean.yaml" --out "$folder/run" --threads "$threads" \
    > "$folder/log" 2>&1 || { tail -3 "$folder/log"; exit 1; }
  end=$(date +%s.%N)
  echo "$start $end $bytes $(cat "$folder"/run/data/*.jsonl | wc -l)" | awk '{
    s = $2 - $1; printf "anneal: %.2f s, %.1f MB/s, %d kept\n", s, $3 / s / 1e6, $4 }'
}

peer() {
  "$1" -c "import $2" 2> /dev/null || return 0
  "$1" Scripts/data_bench.py "$2" "$folder/records.jsonl" "$threads" 2> "$folder/peer.log" \
    || tail -3 "$folder/peer.log"
}

for round in $(seq "${ROUNDS:-3}"); do
  ours
  peer "${PYTHON:-python3}" datatrove
  peer "${PYTHON_DATASETS:-${PYTHON:-python3}}" datasets
done
