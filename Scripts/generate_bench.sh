#!/bin/sh
# Times generation by Anneal, transformers and CTranslate2 in turns and prints a table for
# BENCHMARKS.md.
#
#   Scripts/generate_bench.sh [TASK…]
#
# PYTHON names a Python with torch, transformers and ctranslate2; ROUNDS (2) how often each side runs;
# WEIGHTS (fp32 int8) and PEERS (transformers ctranslate2) which rows and which peers; SPLITS, such as
# 2x2,4x1, the splits of CTranslate2's threads, all by default; BUILT the folder of the programs.
# Of every side the best round's median is shown. The share is that of what this machine, measured
# in the same run, could do at most: for one sequence the bytes of the weights at its reading speed,
# for batches the multiplications of the weights at its fp32 speed. Keep the machine idle.
set -eu

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
rounds=${ROUNDS:-2}
built=${BUILT:-.build-bench/release}
forms=${WEIGHTS:-fp32 int8}
wanted=${PEERS:-transformers ctranslate2}
[ $# -gt 0 ] || set -- gpt2-1 gpt2-8 marian-1 marian-1-beam4 marian-8-beam4 marian-32
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# field NAME FILE: the largest value of a field in lines of JSON; a dash where there is none.
field() {
  grep -oE "\"$1\": ?[0-9.]+" "$2" 2>/dev/null | sed 's/.*: *//' | sort -n | tail -n 1 | grep . ||
    printf '%s\n' -
}

# measure TASK WEIGHTS: all sides once.
measure() {
  "$built/machine" >>"$out/machine"
  "$built/generation" "$1" "$2" >>"$out/$1.$2.anneal"
  case $1 in
    gpt2*) suited=transformers ;;
    *) suited='transformers ctranslate2' ;;
  esac
  for peer in $wanted; do
    case " $suited " in *" $peer "*) ;; *) continue ;; esac
    [ "$peer$2" != transformersint8 ] || continue
    "$python" Scripts/generate_bench.py "$1" "$peer" --weights "$2" --splits "${SPLITS:-}" \
      >>"$out/$1.$2.$peer"
  done
}

# limit TASK WEIGHTS: tokens a second that the machine allows. Millions of weights a token passes
# through: 124 of GPT-2, 41.6 of Marian's decoder and head.
limit() {
  case $1 in gpt2*) weights=124 ;; *) weights=41.6 ;; esac
  case $1 in *-1) bound='read' ;; *) bound='multiply' ;; esac
  case $1 in *beam4) beams=4 ;; *) beams=1 ;; esac
  case $2 in int8) bytes=1 ;; *) bytes=4 ;; esac
  echo "$weights $bytes $bound $beams $(field read_gb_s "$out/machine") \
    $(field fp32_gflops "$out/machine")" |
    awk '{ if ($3 == "read") print $5 * 1e3 / ($1 * $2);
           else print $6 * 1e3 / (2 * $1 * $4) * ($2 == 1 ? 2 : 1) }'
}

# row TASK WEIGHTS: one row of the table.
row() {
  ours=$(field tok_s "$out/$1.$2.anneal")
  hf=$(field tok_s "$out/$1.$2.transformers")
  ct2=$(field tok_s "$out/$1.$2.ctranslate2")
  best=$(printf '%s\n%s\n' "$hf" "$ct2" | sort -n | tail -n 1)
  ratio=$(echo "$ours $best" | awk '{ if ($2 == "-") print "-"; else printf "%.2f", $1 / $2 }')
  share=$(echo "$ours $(limit "$1" "$2")" | awk '{ printf "%.2f", $1 / $2 }')
  printf '| %s | %s | %s | %s | %s | %s | %s | %s MB |\n' "$1" "$2" "$ours" "$hf" "$ct2" "$ratio" \
    "$share" "$(field peak_mb "$out/$1.$2.anneal")"
}

for task; do
  for weights in $forms; do
    round=0
    while [ $round -lt "$rounds" ]; do
      measure "$task" "$weights"
      round=$((round + 1))
    done
  done
done
printf '| task | weights | Anneal tokens/s | transformers | CTranslate2 | ratio | share of the limit | Anneal peak |\n'
printf '|---|---|---:|---:|---:|---:|---:|---:|\n'
# Only now is the machine's limit known, which all rows are measured by.
for task; do
  for weights in $forms; do row "$task" "$weights"; done
done
printf '\nThis machine: %s GB/s read, %s GFLOP/s in fp32.\n' "$(field read_gb_s "$out/machine")" \
  "$(field fp32_gflops "$out/machine")"
