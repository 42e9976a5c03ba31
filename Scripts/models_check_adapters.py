"""Checks that adapters which Anneal saved give the same logits in PEFT, and merged models in transformers.

    python Scripts/models_check_adapters.py ANNEAL [WORK]

ANNEAL is the built program. For each architecture and method: a tiny random model is saved by
transformers, Anneal trains an adapter on it for a few steps with the training set below, and

1. the adapter, loaded by peft, must give the logits of `anneal forward --model … --adapter …`;
2. the folder of `anneal export --merge`, loaded by transformers, must give them too, where the method
   can be merged.

Largest differences are printed; one above 1e-4 fails. Needs torch, transformers and peft.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import peft
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

TOLERANCE = 1e-4
SEED = 7
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "<|endoftext|>"] + [f"w{i}" for i in range(60)]
COMMON = dict(vocab_size=len(WORDS), initializer_range=0.2)
MODELS = {
    "bert": transformers.BertConfig(
        **COMMON, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=64),
    "roberta": transformers.RobertaConfig(
        **COMMON, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=66, pad_token_id=0, type_vocab_size=1),
    "distilbert": transformers.DistilBertConfig(
        **COMMON, dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=64),
    "gpt2": transformers.GPT2Config(
        **COMMON, n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=4, eos_token_id=4),
    "llama": transformers.LlamaConfig(
        **COMMON, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, intermediate_size=64, max_position_embeddings=64,
        attention_bias=True, bos_token_id=4, eos_token_id=4),
}
ENCODERS = {"bert", "roberta", "distilbert"}
METHODS = {
    "lora": {"lora": {"rank": 4, "alpha": 8}},
    "lora-roles": {"lora": {"rank": 2, "targets": ["query", "value", "up", "down"]}},
    "lora-all": {"lora": {"rank": 2, "targets": "all-linear", "rslora": True, "bias": "all"}},
    "lora-bias": {"lora": {"rank": 2, "bias": "lora_only"}},
    "dora": {"lora": {"rank": 4, "dora": True}},
    "ia3": "ia3",
    "bitfit": "bitfit",
    "norms": "norms",
    "pissa": {"lora": {"rank": 4, "init": "pissa"}},
    "olora": {"lora": {"rank": 4, "rslora": True, "init": "olora"}},
    "adalora": {"adalora": {"initial-rank": 6, "target-rank": 3, "warmup": 1}},
    "sparse": {"sparse": {"rank": 2, "mask": "gradient", "targets": ["query", "down"]}},
    "tokens": {"tokens": {"tokens": ["w1", "w7", 20]}},
    "prefix": {"prefix": {"virtual-tokens": 4}},
    "prefix-mlp": {"prefix": {"virtual-tokens": 4, "projection": True}},
    "prompt": {"prompt": {"virtual-tokens": 4, "init": "vocabulary"}},
    "p-tuning": {"p-tuning": {"virtual-tokens": 4}},
    "p-tuning-lstm": {"p-tuning": {"virtual-tokens": 4, "encoder": "lstm", "width": 16}},
}
# Their virtual tokens cannot be merged; PEFT has no sparse update of GPT-2's maps and no prefix of
# DistilBERT.
UNMERGED = {"prefix", "prefix-mlp", "prompt", "p-tuning", "p-tuning-lstm"}
LEFT_OUT = {("gpt2", "sparse"), ("distilbert", "prefix"), ("distilbert", "prefix-mlp")}
EMBEDDINGS = {"gpt2": ["c_attn", "wte", "wpe"], "llama": ["q_proj", "embed_tokens"]}
IDS = [[2, 7, 9, 11, 30, 3], [2, 40, 8, 12, 9, 5]]


def tokenizer(folder):
    special = [
        dict(id=i, content=WORDS[i], single_word=False, lstrip=False, rstrip=False,
             normalized=False, special=True) for i in range(5)]
    model = dict(type="WordLevel", unk_token="[UNK]", vocab={w: i for i, w in enumerate(WORDS)})
    (folder / "tokenizer.json").write_text(json.dumps(dict(
        version="1.0", truncation=None, padding=None, added_tokens=special, normalizer=None,
        pre_tokenizer=dict(type="Whitespace"), post_processor=None, decoder=None, model=model)))


def base(name, folder):
    torch.manual_seed(SEED)
    kind = AutoModelForSequenceClassification if name in ENCODERS else AutoModelForCausalLM
    if name in ENCODERS:
        MODELS[name].id2label = {0: "a", 1: "b", 2: "c"}
        MODELS[name].label2id = {"a": 0, "b": 1, "c": 2}
    model = kind.from_config(MODELS[name])
    for parameter in model.parameters():
        if parameter.dim() == 1:
            parameter.data += 0.1 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    tokenizer(folder)
    return kind


def data(path, classified):
    lines = []
    for index in range(60):
        words = " ".join(f"w{(index * 7 + place * 13) % 50}" for place in range(6))
        lines.append({"text": f"w{index % 3} {words}"} | ({"label": "abc"[index % 3]} if classified else {}))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def run(anneal, *arguments, text=None):
    result = subprocess.run([anneal, *map(str, arguments)], input=text, text=True, capture_output=True)
    if result.returncode:
        raise SystemExit(f"{arguments}: {result.stderr}")
    return result.stdout


def train(anneal, work, name, method):
    pipeline = {
        "name": "check", "seed": SEED,
        "stages": [
            {"ingest": {"path": str(work / "data.jsonl")}},
            {"tokenize": {"tokenizer": "model"}},
            {"split": {"train": 0.8, "validation": 0.1, "test": 0.1}},
        ],
        "train": {
            "model": str(work / "base"), "objective": "classification" if name in ENCODERS else "causal",
            "method": method, "max-steps": 6, "batch-size": 8, "learning-rate": 0.02, "precision": "fp32"},
    }
    (work / "pipeline.yaml").write_text(json.dumps(pipeline))
    run(anneal, "run", work / "pipeline.yaml", "--out", work / "run", "--quiet")


def forward(anneal, *arguments):
    line = json.dumps({"input_ids": IDS, "attention_mask": [[1] * 6] * 2})
    output = run(anneal, "forward", *arguments, "--precision", "fp32", text=line + "\n")
    return torch.tensor(json.loads(output)["logits"])


def merge(anneal, work, kind):
    run(anneal, "export", work / "run", "--merge", "--out", work / "merged")
    merged, report = kind.from_pretrained(work / "merged", output_loading_info=True)
    missing = [key for key in report["missing_keys"] if "position_ids" not in key]
    return merged.eval()(torch.tensor(IDS)).logits, missing


def check(anneal, name, label, method):
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        kind = base(name, work / "base")
        data(work / "data.jsonl", name in ENCODERS)
        train(anneal, work, name, method)
        adapter = work / "run/adapter"
        ours = forward(anneal, "--model", work / "base", "--adapter", adapter)
        with torch.no_grad():
            plain = kind.from_pretrained(work / "base").eval()(torch.tensor(IDS)).logits
            model = peft.PeftModel.from_pretrained(kind.from_pretrained(work / "base"), adapter)
            theirs = model.eval()(torch.tensor(IDS)).logits
            if label in UNMERGED:
                whole, missing = theirs, []
            else:
                whole, missing = merge(anneal, work, kind)
        change = (ours[:, -plain.shape[1]:] - plain).abs().max().item()
        differences = [(ours - other).abs().max().item() for other in (theirs, whole)]
        fine = max(differences) < TOLERANCE and change > 1e-3 and not missing
        print(f"{name:11} {label:11} peft {differences[0]:.1e} merged {differences[1]:.1e} "
              f"change {change:.2f} {'' if fine else 'WRONG'} {missing or ''}", flush=True)
        return fine


def main():
    anneal = str(pathlib.Path(sys.argv[1]).resolve())
    cases = [(name, label, method) for name in MODELS for label, method in METHODS.items()]
    cases += [(name, "embeddings", {"lora": {"rank": 4, "targets": targets}})
              for name, targets in EMBEDDINGS.items()]
    cases = [case for case in cases if case[:2] not in LEFT_OUT]
    only = set(sys.argv[2:])
    cases = [case for case in cases if not only or only & set(case[:2])]
    results = [check(anneal, *case) for case in cases]
    print(f"peft {peft.__version__}, transformers {transformers.__version__}: "
          f"{sum(results)} of {len(results)}")
    sys.exit(0 if all(results) else 1)


main()
