#!/usr/bin/env python3
"""Writes what transformers computes for every head and variant of the architectures.

    python Scripts/models_make_variants.py [GOLDEN_FOLDER]

Weights are not stored: each is the pattern of its name (see `pattern`), which ModelsTests computes
alike. Of each gradient only its norm and its product with another pattern are stored.

`Tests/Fixtures/Models/variants.json` says of each variant its task, config.json, inputs and tensors,
with their shape and whether weight decay applies;
`variants.safetensors` holds outputs (of real tokens only), loss and gradient digests; `rotary.json`
frequencies of rotary embeddings. With GOLDEN_FOLDER (…/train-formats/golden),
`golden-gradients.json` holds gradient digests of the base models there.
"""

import json
import pathlib
import sys

import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "Tests/Fixtures/Models"
LENGTHS = [9, 5]
VOCABULARY = 19


def pattern(name, count):
    """Numbers from -1 to 1: SplitMix64 from the name's FNV-1a hash on."""
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = (state ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(state) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float32) / np.float32(2**23) - np.float32(1)


def fill(model):
    """Gives every parameter the pattern of its name: norms around 1, biases small."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = pattern(name, parameter.numel())
            if parameter.dim() == 1:
                values = values * np.float32(0.25)
                if name.endswith("weight"):
                    values = values + np.float32(1)
            else:
                values = values * np.float32(0.5)
            parameter.copy_(torch.from_numpy(values).reshape(parameter.shape))


def digest(model):
    """Norm of each gradient, and its product with a pattern, in the order of the parameters."""
    rows = []
    for name, parameter in model.named_parameters():
        gradient = parameter.grad.double().flatten().numpy()
        product = float(gradient @ pattern("gradient." + name, gradient.size).astype(np.float64))
        rows.append([float(np.linalg.norm(gradient)), product])
    return rows


def inputs(padding, lengths):
    """Rows of tokens from 3 on, padded on the right; the first holds padding, whose vector may not learn."""
    ids = torch.full((len(lengths), max(lengths)), padding)
    mask = torch.zeros_like(ids)
    for row, length in enumerate(lengths):
        numbers = (pattern(f"row {row}", length) + 1) / 2 * (VOCABULARY - 3)
        ids[row, :length] = torch.from_numpy(numbers.astype(np.int64)) + 3
        mask[row, :length] = 1
    ids[0, 3] = padding
    return ids, mask


def labels(task, ids, mask):
    if task == "classification":
        return torch.tensor([2, 0][: ids.shape[0]])
    if task == "reward":
        return torch.tensor([0.5, -1.25][: ids.shape[0]])
    targets = ids.masked_fill(mask == 0, -100)
    targets[:, 0] = -100
    return targets % 3 * (targets >= 0) + targets * (targets < 0) if task == "tokens" else targets


def run(model, task, ids, mask):
    """Outputs of real tokens or texts, and the loss."""
    if task == "encoding":
        output = model(input_ids=ids, attention_mask=mask).last_hidden_state[mask.bool()]
        return output, output.pow(2).mean()
    output = model(input_ids=ids, attention_mask=mask, labels=labels(task, ids, mask))
    logits = output.logits[mask.bool()] if output.logits.dim() == 3 else output.logits
    return logits, output.loss


BERT = dict(vocab_size=VOCABULARY, hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
            intermediate_size=12, max_position_embeddings=12, hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0, pad_token_id=0)
ROBERTA = dict(BERT, max_position_embeddings=14, type_vocab_size=1, pad_token_id=1,
               layer_norm_eps=1e-5)
DISTIL = dict(vocab_size=VOCABULARY, dim=8, n_layers=2, n_heads=2, hidden_dim=12,
              max_position_embeddings=12, dropout=0.0, attention_dropout=0.0,
              seq_classif_dropout=0.0, pad_token_id=0)
GPT = dict(vocab_size=VOCABULARY, n_embd=8, n_layer=2, n_head=2, n_inner=12, n_positions=12,
           resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, pad_token_id=0, bos_token_id=1,
           eos_token_id=2)
LLAMA = dict(vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, intermediate_size=12, max_position_embeddings=32,
             pad_token_id=0)
MODERN = dict(LLAMA, hidden_size=16, head_dim=8, num_attention_heads=2, num_key_value_heads=1)


def rope(**parameters):
    return dict(MODERN, rope_parameters=dict(rope_theta=100.0, **parameters))


SCALINGS = {
    "linear": dict(rope_type="linear", factor=4.0),
    "dynamic": dict(rope_type="dynamic", factor=3.0),
    "yarn": dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=8),
    "llama3": dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                   original_max_position_embeddings=64),
    "longrope": dict(rope_type="longrope", short_factor=[1.0, 1.25, 1.5, 2.0],
                     long_factor=[1.0, 2.0, 4.0, 9.0], original_max_position_embeddings=6),
}

# Name, class, task, config; then how the written config.json differs.
VARIANTS = [
    ("bert-tokens", "BertForTokenClassification", "tokens", BERT),
    ("bert-reward", "BertForSequenceClassification", "reward", BERT),
    ("bert-encoding", "BertModel", "encoding", BERT),
    ("bert-lm-untied", "BertForMaskedLM", "masked", dict(BERT, tie_word_embeddings=False)),
    ("roberta-lm", "RobertaForMaskedLM", "masked", ROBERTA),
    ("roberta-tokens", "RobertaForTokenClassification", "tokens", ROBERTA),
    ("distilbert-lm", "DistilBertForMaskedLM", "masked", DISTIL),
    ("distilbert-tokens", "DistilBertForTokenClassification", "tokens", DISTIL),
    ("gpt2-tokens", "GPT2ForTokenClassification", "tokens",
     dict(GPT, classifier_dropout=0.0, scale_attn_by_inverse_layer_idx=True)),
    ("gptj-classification", "GPTJForSequenceClassification", "classification",
     dict(GPT, rotary_dim=2)),
    ("llama-biases", "LlamaForCausalLM", "causal",
     dict(MODERN, attention_bias=True, mlp_bias=True)),
    ("llama-tokens", "LlamaForTokenClassification", "tokens", LLAMA),
    ("llama-reward", "LlamaForSequenceClassification", "reward", LLAMA),
    ("llama-encoding", "LlamaModel", "encoding", LLAMA),
    ("mistral-window", "MistralForCausalLM", "causal", dict(LLAMA, sliding_window=3)),
    ("mistral-classification", "MistralForSequenceClassification", "classification",
     dict(LLAMA, sliding_window=None)),
    ("qwen2-tied", "Qwen2ForCausalLM", "causal",
     dict(LLAMA, tie_word_embeddings=True, use_sliding_window=True, sliding_window=3,
          max_window_layers=1)),
    ("qwen2-layers", "Qwen2ForCausalLM", "causal",
     dict(LLAMA, use_sliding_window=True, sliding_window=4,
          layer_types=["sliding_attention", "full_attention"])),
    ("qwen2-classification", "Qwen2ForSequenceClassification", "classification", LLAMA),
] + [(f"llama-{kind}", "LlamaForCausalLM", "causal", rope(**parameters))
     for kind, parameters in SCALINGS.items()]


def old_spelling(config):
    """The fields of rotary embeddings as transformers 4 wrote them."""
    parameters = dict(config.pop("rope_parameters"))
    config["rope_theta"] = parameters.pop("rope_theta")
    parameters["type"] = parameters.pop("rope_type")
    config["rope_scaling"] = parameters
    return config


def variant(name, kind, task, fields):
    count = {"classification": 3, "tokens": 3, "reward": 1}.get(task)
    fields = dict(fields, **({"num_labels": count} if count else {}))
    if name == "llama-dynamic":
        fields["max_position_embeddings"] = 6  # texts are longer, which is what it is for
    model_class = getattr(transformers, kind)
    config = model_class.config_class(**fields)
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    fill(model)
    # The scaling of one text depends on the longest beside it in transformers, not here.
    lengths = LENGTHS[:1] if name in ("llama-dynamic", "llama-longrope") else LENGTHS
    ids, mask = inputs(config.pad_token_id, lengths)
    outputs, loss = run(model, task, ids, mask)
    loss.backward()
    untrained = [n for n, p in model.named_parameters() if p.grad is None]
    assert not untrained or name == "bert-lm-untied" or task == "encoding", untrained
    for parameter in model.parameters():
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    written = json.loads(config.to_json_string())
    written["architectures"] = [kind]
    for field in ("transformers_version", "use_cache", "dtype", "_attn_implementation",
                  "label2id", "add_cross_attention", "summary_activation", "summary_type",
                  "summary_first_dropout", "summary_proj_to_labels", "summary_use_proj",
                  "reorder_and_upcast_attn"):
        written.pop(field, None)
    written = {k: v for k, v in written.items() if v is not None or k == "sliding_window"}
    if name == "qwen2-tied":
        del written["layer_types"]  # as files were before; max_window_layers says it
    if name in ("llama-yarn", "llama-llama3"):
        written = old_spelling(written)
    decayed = set(transformers.Trainer.get_decay_parameter_names(None, model))
    tensors = [[n, list(p.shape), n in decayed] for n, p in model.named_parameters()
               if n not in untrained]
    digests = [d for (n, _), d in zip(model.named_parameters(), digest(model))
               if n not in untrained]
    rows = [row[:length].tolist() for row, length in zip(ids, lengths)]
    described = {"name": name, "task": task, "config": written, "tensors": tensors, "inputs": rows}
    if task != "encoding":
        targets = labels(task, ids, mask)
        described["labels"] = (targets[mask.bool()] if targets.dim() == 2 else targets).tolist()
    return described, {
        f"{name}.outputs": outputs.detach().contiguous(), f"{name}.loss": loss.detach().reshape(1),
        f"{name}.gradients": torch.tensor(digests, dtype=torch.float32)}


def rotary():
    """Frequencies of every way of stretching, at lengths on both sides of the switch."""
    cases = dict(SCALINGS, default={"rope_type": "default"})
    cases["yarn-untruncated"] = dict(SCALINGS["yarn"], truncate=False, beta_fast=8.0, beta_slow=2.0)
    cases["yarn-mscale"] = dict(SCALINGS["yarn"], mscale=1.0, mscale_all_dim=0.5)
    cases["yarn-ratio"] = dict(SCALINGS["yarn"], factor=None)
    cases["longrope-factor"] = dict(SCALINGS["longrope"], attention_factor=1.5)
    rows = []
    for name, parameters in cases.items():
        for length in [5, 40]:
            config = transformers.LlamaConfig(**rope(**parameters))
            embedding = transformers.models.llama.modeling_llama.LlamaRotaryEmbedding(config)
            embedding(torch.zeros(1), torch.arange(length)[None])
            rows.append({
                "name": name, "length": length,
                "config": {"max_position_embeddings": config.max_position_embeddings,
                           "rope_parameters": dict(rope_theta=100.0, **parameters)},
                "frequencies": embedding.inv_freq.tolist(),
                "magnitude": embedding.attention_scaling})
    return rows


def golden(folder):
    digests = {}
    for path in sorted(folder.glob("base-*")):
        config = transformers.AutoConfig.from_pretrained(path)
        if config.is_encoder_decoder:
            continue
        config._attn_implementation = "eager"
        model = getattr(transformers, config.architectures[0]).from_pretrained(path, config=config)
        model.eval()
        io = load_file(path / "io.safetensors")
        output = model(input_ids=io["input_ids"], attention_mask=io["attention_mask"],
                       labels=io["labels"])
        assert abs(output.loss.item() - io["loss"].item()) < 1e-5, path
        output.loss.backward()
        digests[path.name] = {
            name: [float(f"{value:.6g}") for value in row]
            for (name, _), row in zip(model.named_parameters(), digest(model))}
    return digests


def main():
    torch.set_num_threads(1)
    described, values = [], {}
    for entry in VARIANTS:
        torch.manual_seed(1)
        text, tensors = variant(*entry)
        described.append(text)
        values.update(tensors)
    versions = {"command": "python Scripts/models_make_variants.py",
                "torch": torch.__version__.split("+")[0], "transformers": transformers.__version__}
    text = json.dumps({"versions": versions, "variants": described}, separators=(",", ":"))
    (OUT / "variants.json").write_text(text.replace("true]", "1]").replace("false]", "0]") + "\n")
    save_file(values, OUT / "variants.safetensors")
    (OUT / "rotary.json").write_text(
        json.dumps({"versions": versions, "cases": rotary()}, separators=(",", ":")) + "\n")
    if len(sys.argv) > 1:
        (OUT / "golden-gradients.json").write_text(
            json.dumps(golden(pathlib.Path(sys.argv[1])), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
