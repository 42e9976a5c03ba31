#!/bin/sh
# Times training steps of Anneal and of PyTorch in turns and prints a table for BENCHMARKS.md.
#
#   Scripts/train_bench.sh [TASK…]
#
# PYTHON names a Python with torch, transformers and peft; ROUNDS (2) how often each side runs; STEPS
# (6) the timed steps of a run; PEERS (eager compiled) the kinds of PyTorch; BUILT the folder of the
# programs. Of every side the fastest round's median step is shown. The last columns are the
# arithmetic of a step by its time, and the most that this machine reached in registers, measured
# before each round. Keep the machine idle.
set -eu

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
rounds=${ROUNDS:-2}
steps=${STEPS:-6}
built=${BUILT:-.build-bench/release}
peers=${PEERS:-eager compiled}
[ $# -gt 0 ] || set -- minilm minilm-nodrop gpt2 gpt2-nodrop llama llama-lora marian translator
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# field NAME FILE: the values of a field in lines of JSON, rising; a dash where there is none.
field() {
  grep -oE "\"$1\": ?[0-9.]+" "$2" 2>/dev/null | sed 's/.*: *//' | sort -n | grep . ||
    printf '%s\n' -
}

least() { field "$@" | head -n 1; }
most() { field "$@" | tail -n 1; }

# measure TASK: all sides once.
measure() {
  "$built/machine" >>"$out/$1.machine"
  "$built/training" "$1" "$steps" >>"$out/$1.anneal"
  for peer in $peers; do
    case $peer in compiled) option=--compile ;; *) option= ;; esac
    # shellcheck disable=SC2086 # no option is no word
    "$python" Scripts/train_bench.py "$1" --steps "$steps" $option >>"$out/$1.$peer"
  done
}

# row TASK: one row of the table.
row() {
  ours=$(least step_s "$out/$1.anneal")
  eager=$(least step_s "$out/$1.eager")
  compiled=$(least step_s "$out/$1.compiled")
  best=$(printf '%s\n%s\n' "$eager" "$compiled" | grep -v -e - | sort -n | head -n 1)
  printf '| %s | %s s | %s s | %s s | %s | %s MB | %s / %s MB | %s | %s |\n' "$1" "$ours" "$eager" \
    "$compiled" "$(echo "$ours $best" | awk '{ if (NF == 2) printf "%.2f", $1 / $2 }')" \
    "$(least peak_mb "$out/$1.anneal")" "$(least peak_mb "$out/$1.eager")" \
    "$(least peak_mb "$out/$1.compiled")" "$(most gflops "$out/$1.anneal")" \
    "$(most fp32_gflops "$out/$1.machine")"
}

printf '| task | Anneal | PyTorch eager | compiled | ratio to the better | Anneal peak | PyTorch peaks | GFLOP/s | limit |\n'
printf '|---|---:|---:|---:|---:|---:|---:|---:|---:|\n'
for task; do
  round=0
  while [ $round -lt "$rounds" ]; do
    measure "$task"
    round=$((round + 1))
  done
  row "$task"
done
