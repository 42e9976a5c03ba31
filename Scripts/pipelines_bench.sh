#!/bin/sh
# Runs every shipped pipeline but toxicity.yaml in full and prints a table of times and scores.
#
#   Scripts/pipelines_bench.sh [FOLDER]
#
# Pipelines that need a corpus are run where FOLDER holds it (medical_tc_test.csv.gz,
# alpaca_data.jsonl.gz, alpaca_zh.jsonl.gz, SICK_train.txt.gz, deu.txt.gz, at any depth) and are named
# as left out where it does not. toxicity.yaml, whose classes are whatever a file has, is left out. Each
# run starts anew, so that the times are whole.
set -eu

corpora=''
[ $# -eq 0 ] || corpora=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
anneal=.build/release/anneal
out=runs/bench
failed=0

# The path of a file in the corpora, or nothing.
corpus() {
  [ -n "$corpora" ] || return 0
  find "$corpora" -name "$1" -type f 2>/dev/null | sort | head -n 1
}

# bench NAME [OPTION…]: runs a pipeline and prints its row.
bench() {
  name=$1
  shift
  rm -rf "${out:?}/$name"
  mkdir -p "$out"
  start=$(date +%s)
  status='done'
  "$anneal" run "pipelines/$name.yaml" --out "$out/$name" --json "$@" \
    >"$out/$name.json" 2>"$out/$name.log" || {
    status=failed
    failed=1
  }
  printf '| %s | %s | %d s | %s |\n' "$name" "$status" "$(($(date +%s) - start))" "$(scores "$name")"
}

# The main scores of the test side, from metrics.json, on one line.
scores() {
  [ -f "$out/$1/metrics.json" ] || return 0
  tr -d ' \n' <"$out/$1/metrics.json" | sed 's/.*"test"://' \
    | grep -oE '"(accuracy|f1\.macro|f1\.weighted|perplexity|bleu|chrf)":[0-9.e+-]+' \
    | awk -F: '!seen[$1]++ { gsub(/"/, ""); printf "%s %.4f  ", $1, $2 }'
}

# left_out NAME WHY: a row of a pipeline that is not run.
left_out() {
  printf '| %s | left out: %s | | |\n' "$1" "$2"
}

# bench_corpus NAME FILE: bench, where the corpus is there.
bench_corpus() {
  path=$(corpus "$2")
  if [ -n "$path" ]; then
    bench "$1" --set "data=$path"
  else
    left_out "$1" "no $2"
  fi
}

printf '| pipeline | state | time | test |\n|---|---|---:|---|\n'
bench quickstart
bench quickstart-scratch
bench_corpus medical-abstracts medical_tc_test.csv.gz
bench_corpus medical-abstracts-augmented medical_tc_test.csv.gz
bench wordnet-topics
bench_corpus instructions alpaca_data.jsonl.gz
bench_corpus instructions-zh alpaca_zh.jsonl.gz
bench_corpus entailment SICK_train.txt.gz
bench_corpus translation-en-de deu.txt.gz
bench_corpus translation-de-en deu.txt.gz
left_out toxicity 'no corpus has its classes'
exit "$failed"
