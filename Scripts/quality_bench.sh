#!/bin/sh
# The quality stages, from JSON lines to JSON lines, on one thread, in turns with datatrove.
#
#   Scripts/quality_bench.sh CORPUS [STAGE…]
#
# CORPUS has a document a line. PYTHON names an interpreter with datatrove; without it Anneal runs
# alone. ROUNDS=1, MEGABYTES=25 and DOCUMENTS (what datatrove gets, 1000) may be set.
set -eu
cd "$(dirname "$0")/.."
[ $# -ge 1 ] || { sed -n 's/^# \{0,1\}//p' "$0" >&2; exit 2; }
corpus=$1
shift
[ $# -gt 0 ] || set -- gopher-quality gopher-repetition c4 fineweb web-quality mojibake pii

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 Scripts/quality_bench.py make "$corpus" "$folder/documents.jsonl" "${MEGABYTES:-25}"
bytes=$(wc -c < "$folder/documents.jsonl")
documents=$(wc -l < "$folder/documents.jsonl")

# The rules as datatrove reads them, so that both sides do the same.
options() {
  case $1 in
    mojibake) echo "--configuration datatrove" ;;
    gopher-quality | gopher-repetition | c4 | web-quality) echo "--reading datatrove" ;;
  esac
}

ours() {
  start=$(date +%s.%N)
  # shellcheck disable=SC2046
  .build/release/anneal "clean.$1" "$folder/documents.jsonl" $(options "$1") --threads 1 \
    > "$folder/out.jsonl" 2> "$folder/log"
  end=$(date +%s.%N)
  kept=$(wc -l < "$folder/out.jsonl")
  echo "$1 $start $end $documents $bytes $kept" | awk '{
    s = $3 - $2
    printf "anneal %s: %d documents in %.2f s, %.1f MB/s, %d kept\n", $1, $4, s, $5 / s / 1e6, $6 }'
}

for stage in "$@"; do
  for _ in $(seq "${ROUNDS:-1}"); do
    ours "$stage"
    if "${PYTHON:-python3}" -c 'import datatrove' 2> /dev/null; then
      "${PYTHON:-python3}" Scripts/quality_bench.py datatrove "$stage" "$folder/documents.jsonl" \
        "${DOCUMENTS:-1000}" 2> "$folder/datatrove.log" || tail -3 "$folder/datatrove.log"
    fi
  done
done
