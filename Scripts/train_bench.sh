#!/bin/sh
# Times training steps of Anneal and of PyTorch in turns and prints a table for BENCHMARKS.md.
#
#   Scripts/train_bench.sh [TASK…]
#
# PYTHON names a Python with torch, transformers and peft; ROUNDS (2) how often each side runs. Of
# every side the fastest round's median step is shown. Keep the machine idle.
set -eu

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
rounds=${ROUNDS:-2}
[ $# -gt 0 ] || set -- minilm minilm-nodrop gpt2 gpt2-nodrop llama llama-lora marian
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# field NAME FILE: the smallest value of a field in lines of JSON.
field() {
  grep -oE "\"$1\": ?[0-9.]+" "$2" | sed 's/.*: *//' | sort -n | head -n 1
}

# row TASK: one row of the table.
row() {
  ours=$(field step_s "$out/$1.anneal")
  eager=$(field step_s "$out/$1.eager")
  compiled=$(field step_s "$out/$1.compiled")
  best=$(printf '%s\n%s\n' "$eager" "$compiled" | sort -n | head -n 1)
  printf '| %s | %s s | %s s | %s s | %s | %s MB | %s / %s MB |\n' "$1" "$ours" "$eager" \
    "$compiled" "$(echo "$ours $best" | awk '{ printf "%.2f", $1 / $2 }')" \
    "$(field peak_mb "$out/$1.anneal")" "$(field peak_mb "$out/$1.eager")" \
    "$(field peak_mb "$out/$1.compiled")"
}

printf '| task | Anneal | PyTorch eager | compiled | ratio to the better | Anneal peak | PyTorch peaks |\n'
printf '|---|---:|---:|---:|---:|---:|---:|\n'
for task; do
  round=0
  while [ $round -lt "$rounds" ]; do
    .build-bench/release/training "$task" >>"$out/$task.anneal"
    "$python" Scripts/train_bench.py "$task" >>"$out/$task.eager"
    "$python" Scripts/train_bench.py "$task" --compile >>"$out/$task.compiled"
    round=$((round + 1))
  done
  row "$task"
done
