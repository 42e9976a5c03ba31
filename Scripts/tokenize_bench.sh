#!/bin/sh
# Times encoding by Anneal, Hugging Face tokenizers, tiktoken and sentencepiece in turns and prints a
# table for BENCHMARKS.md.
#
#   Scripts/tokenize_bench.sh [MODEL…]
#
# CORPUS names a file with a document a line, as bench/make_corpus.py of the reference data writes it
# (made here from ../shared where that is). TOKENIZERS names the folder of NAME.tokenizer.json.gz and NAME.model
# files. PYTHON has tokenizers, tiktoken and sentencepiece; ROUNDS (2) says how often each side runs, THREADS
# ("1 4") with how many threads, MODES ("ids offsets") what is wanted. Of every side the best round is shown.
# Every round meets the documents with a new tokenizer, so that no cache is warm. Keep the machine idle.
set -eu

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
rounds=${ROUNDS:-2}
threads=${THREADS:-"1 $(nproc)"}
modes=${MODES:-"ids offsets"}
tokenizers=${TOKENIZERS:-../shared/golden/tokenizers}
[ $# -gt 0 ] || set -- phi-2 llama3 o200k bert-minilm t5 llama2 spm-mistral-v3
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# missing WHAT REMEDY: ends the run.
missing() {
  printf 'tokenize_bench: %s\n%s\n' "$1" "$2" >&2
  exit 2
}

corpus=${CORPUS:-$out/corpus.txt}
if [ ! -e "$corpus" ]; then
  if [ -n "${CORPUS:-}" ] || [ ! -e ../shared/bench/make_corpus.py ]; then
    missing "there is no corpus $corpus" 'set CORPUS to a text file with a document a line'
  fi
  python3 ../shared/bench/make_corpus.py "$out" >&2
fi
[ -d "$tokenizers" ] ||
  missing "there is no folder $tokenizers" 'set TOKENIZERS to one with NAME.tokenizer.json.gz files'
"$python" -c 'import sentencepiece, tiktoken, tokenizers' 2>/dev/null ||
  missing "$python has not all of tokenizers, tiktoken and sentencepiece" \
    'set PYTHON to one that has: pip install tokenizers==0.23.3 tiktoken==0.14.0 sentencepiece==0.2.3'

# file MODEL: the path of a model's tokenizer, unpacked.
file() {
  if [ -e "$tokenizers/$1.model" ]; then
    echo "$tokenizers/$1.model"
  else
    mkdir -p "$out/$1"
    [ -e "$out/$1/tokenizer.json" ] ||
      gzip -dc "$tokenizers/$1.tokenizer.json.gz" >"$out/$1/tokenizer.json" ||
      missing "there is no tokenizer $1 in $tokenizers" 'name one that is there'
    echo "$out/$1/tokenizer.json"
  fi
}

# peers MODEL MODE: the libraries to compare with.
peers() {
  case $1:$2 in
    spm-*:offsets) ;;
    spm-*) echo sentencepiece ;;
    phi-2:ids | llama3:ids | o200k:ids | cl100k:ids) echo huggingface tiktoken ;;
    *) echo huggingface ;;
  esac
}

# field NAME FILE [SORT]: the first of the sorted values of a field in lines of JSON; by default the largest.
field() {
  grep -oE "\"$1\": ?[0-9.]+" "$2" 2>/dev/null | sed 's/.*: *//' | sort -n "${3:--r}" | head -n 1 |
    grep . || printf '%s\n' -
}

# row MODEL MODE THREADS: measures all sides in turns and prints a row for each peer.
row() {
  path=$(file "$1")
  name=$out/$1.$2.$3
  round=0
  while [ $round -lt "$rounds" ]; do
    .build-bench/release/tokenization "$path" "$corpus" "$2" "$3" >>"$name.anneal"
    for peer in $(peers "$1" "$2"); do
      "$python" Scripts/tokenize_bench.py "$peer" "$path" "$corpus" "$2" "$3" >>"$name.$peer"
    done
    round=$((round + 1))
  done
  ours=$(field mb_s "$name.anneal")
  for peer in $(peers "$1" "$2"); do
    theirs=$(field mb_s "$name.$peer")
    ratio=$(echo "$ours $theirs" | awk '{ printf "%.1f", $1 / $2 }')
    same=no
    [ "$(field checksum "$name.anneal")" != "$(field checksum "$name.$peer")" ] || same=yes
    printf '| %s | %s | %s | %s | %s %s | %s | %s | %s ms / %s ms | %s MB / %s MB |\n' "$1" "$2" "$3" \
      "$ours" "$peer" "$theirs" "$ratio" "$same" "$(field load_ms "$name.anneal" -n)" \
      "$(field load_ms "$name.$peer" -n)" "$(field peak_mb "$name.anneal" -n)" \
      "$(field peak_mb "$name.$peer" -n)"
  done
}

"$python" Scripts/tokenize_bench.py repeats "$corpus"
printf '\n| tokenizer | wanted | threads | Anneal MB/s | peer MB/s | ratio | same ids | load | peak memory |\n'
printf '|---|---|---:|---:|---:|---:|---|---:|---:|\n'
for model; do
  for mode in $modes; do
    for count in $threads; do
      row "$model" "$mode" "$count"
    done
  done
done
