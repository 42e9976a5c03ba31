#!/bin/sh
# Near duplicates, from JSON lines to JSON lines, in turns with datatrove.
#
#   Scripts/duplicates_bench.sh CORPUS
#
# CORPUS has a document a line. PYTHON names an interpreter with datatrove; without it Anneal runs
# alone. THREADS=4, ROUNDS=3 and RECORDS (what datatrove gets, 10000) may be set.
set -eu
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { sed -n 's/^# \{0,1\}//p' "$0" >&2; exit 2; }

threads=${THREADS:-4}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 Scripts/duplicates_bench.py make "$1" "$folder/records.jsonl"
records=$(wc -l < "$folder/records.jsonl")
bytes=$(wc -c < "$folder/records.jsonl")
echo "$records records, $bytes bytes, $threads threads"

ours() {
  start=$(date +%s.%N)
  .build/release/anneal clean.duplicates "$folder/records.jsonl" --method minhash \
    --threads "$threads" > "$folder/out.jsonl" 2> "$folder/log"
  end=$(date +%s.%N)
  kept=$(wc -l < "$folder/out.jsonl")
  echo "$start $end $records $kept" | awk '{
    s = $2 - $1; printf "anneal: %d records in %.2f s, %.0f a second, %d kept\n", $3, s, $3 / s, $4 }'
}

for round in $(seq "${ROUNDS:-3}"); do
  ours
  if "${PYTHON:-python3}" -c 'import datatrove' 2> /dev/null; then
    "${PYTHON:-python3}" Scripts/duplicates_bench.py datatrove "$folder/records.jsonl" \
      "${RECORDS:-10000}" 2> "$folder/datatrove.log" || tail -3 "$folder/datatrove.log"
  fi
done
