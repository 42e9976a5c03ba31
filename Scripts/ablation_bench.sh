#!/bin/sh
# What augmentation is worth where there is little to learn from: 500 of TREC's questions, over five seeds.
#
#   Scripts/ablation_bench.sh TREC_TRAIN [FOLDER] [STAGE…]
#
# TREC_TRAIN is the training file of Li and Roth's questions (a label, a blank and a question a line, Latin-1),
# gzipped or not. For each STAGE (synonyms, back-translation and eda by default; noise and contractions too) a pipeline
# is written to FOLDER (runs/ablation-bench), and `anneal ablate` runs it with and without the stage: 500 records to
# train on, 250 to choose by and 1,250 to test on, the same in both arms. Prints the tables of `anneal ablate`.
set -eu

[ $# -gt 0 ] || { sed -n '2,9p' "$0" >&2; exit 2; }
source=$1
folder=${2:-runs/ablation-bench}
[ $# -lt 2 ] || shift
shift
[ $# -gt 0 ] || set -- synonyms back-translation eda
anneal=${ANNEAL:-"$(dirname "$0")/../.build/release/anneal"}

# options STAGE: what the stage is given; back-translation finds the translators that come with Anneal.
options() {
  case $1 in
    back-translation) echo '{via: de, copies: 1}' ;;
    *) echo '{copies: 1}' ;;
  esac
}

mkdir -p "$folder"
gzip -dcf "$source" | iconv -f latin1 -t utf-8 | sed 's/ /\t/' | head -n 2000 >"$folder/questions.tsv"
for stage in "$@"; do
  cat >"$folder/$stage.yaml" <<PIPELINE
name: questions-$stage
seed: 42
stages:
  - ingest: {path: questions.tsv, format: tsv, header: false, quotes: false, fields: {label: "1", text: "2"}}
  - split: {train: 0.25, validation: 0.125, test: 0.625, stratify: label}
  - augment.$stage: $(options "$stage")
  - tokenize: {tokenizer: model, max-length: 64}
train:
  model: all-MiniLM-L6-v2
  objective: classification
  method: full
  epochs: 8
  batch-size: 16
  learning-rate: 1e-4
  warmup-ratio: 0.1
  best-metric: f1.macro
evaluate: [accuracy, f1]
PIPELINE
  echo "## augment.$stage"
  "$anneal" ablate "$folder/$stage.yaml" --over "augment.$stage" --seeds 5 --out "$folder/$stage" \
    --metric accuracy,f1.macro
done
