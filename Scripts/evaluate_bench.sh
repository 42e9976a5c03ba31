#!/bin/sh
# Times text metrics by Anneal, sacrebleu and rouge_score in turns and prints a table for BENCHMARKS.md.
#
#   Scripts/evaluate_bench.sh [METRIC…]
#
# METRIC is bleu, chrf, chrf++, ter, rouge or rouge-stemmer (rouge1, rouge2 and rougeL). SENTENCES names a text
# file from which COUNT (100000) pairs are made; PYTHON has sacrebleu and rouge_score. LIMIT (10000) pairs are
# scored by the peers, which need the same time for each; both score these for the comparison of results.
# ROUNDS (3) says how often each side runs; the best round is shown. Keep the machine idle.
set -eu

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
rounds=${ROUNDS:-3}
count=${COUNT:-100000}
limit=${LIMIT:-10000}
threads=${THREADS:-$(nproc)}
[ $# -gt 0 ] || set -- bleu chrf chrf++ ter rouge rouge-stemmer
scoring=${SCORING:-.build-bench/release/scoring}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# missing WHAT REMEDY: ends the run.
missing() {
  printf 'evaluate_bench: %s\n%s\n' "$1" "$2" >&2
  exit 2
}

[ -e "${SENTENCES:-}" ] || missing 'there are no sentences' 'set SENTENCES to a text file with one a line'
"$python" -c 'import rouge_score, sacrebleu' 2>/dev/null ||
  missing "$python has not both of sacrebleu and rouge_score" \
    'set PYTHON to one that has: pip install sacrebleu==2.6.0 rouge-score==0.1.2'

# field NAME FILE: the largest value of a field in lines of JSON.
field() {
  grep -oE "\"$1\":[0-9.e+-]+" "$2" | sed 's/.*://' | sort -g -r | head -n 1
}

# row METRIC: measures both sides in turns and prints a row.
row() {
  round=0
  while [ $round -lt "$rounds" ]; do
    "$scoring" "$1" "$out/references" "$out/hypotheses" "$threads" >>"$out/$1.anneal"
    "$scoring" "$1" "$out/references" "$out/hypotheses" 1 >>"$out/$1.one"
    "$python" Scripts/evaluate_bench.py "$1" "$out/few-references" "$out/few-hypotheses" >>"$out/$1.peer"
    round=$((round + 1))
  done
  "$scoring" "$1" "$out/few-references" "$out/few-hypotheses" "$threads" >"$out/$1.few"
  ours=$(field pairs_s "$out/$1.anneal")
  theirs=$(field pairs_s "$out/$1.peer")
  gap=$(printf '%s %s\n' "$(field score "$out/$1.few")" "$(field score "$out/$1.peer")" |
    awk '{ gap = $1 - $2; printf "%.0e", gap < 0 ? -gap : gap }')
  printf '| %s | %s | %s | %s | %.0f | %s |\n' "$1" "$ours" "$(field pairs_s "$out/$1.one")" "$theirs" \
    "$(echo "$ours $theirs" | awk '{ print $1 / $2 }')" "$gap"
}

"$python" Scripts/evaluate_bench.py pairs "$SENTENCES" "$count" "$out/references" "$out/hypotheses"
head -n "$limit" "$out/references" >"$out/few-references"
head -n "$limit" "$out/hypotheses" >"$out/few-hypotheses"
awk -v count="$count" '{ words += NF } END { printf "%d pairs of %.1f words\n\n", count, words / NR }' \
  "$out/references"
printf '| metric | Anneal pairs/s, %s threads | 1 thread | peer pairs/s | ratio | scores differ by |\n' "$threads"
printf '|---|---:|---:|---:|---:|---:|\n'
for metric; do
  row "$metric"
done
