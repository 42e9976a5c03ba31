#!/usr/bin/env python3
"""Loads what `anneal export --weights int8` writes with transformers and bitsandbytes.

    python Scripts/models_check_eight_bit.py ANNEAL [MODEL_FOLDER…]

Without folders it makes a small random model of each kind that has a layout of its own. Of each it
checks that
- tensors have the names, shapes and formats of transformers' own `save_pretrained` of the same model in
  8 bits, with `llm_int8_skip_modules` of the export, and integers differ by 1 at most (transformers
  rounds to 16 bits first);
- it loads without missing and unexpected tensors, every module of 8 bits holds integers and no other
  does, and its outputs are numbers;
- with the integers widened again its outputs are those of `anneal forward` on the export, within 1e-4
  of the larger of 1 and the largest.

Needs torch, transformers, accelerate and bitsandbytes; no graphics card. Prints a line of JSON a
model and exits 1 where something differs.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import bitsandbytes as bnb
import torch
import transformers
from safetensors import safe_open

ROWS = [[3, 7, 9, 11, 2], [9, 8, 7, 6, 5]]
TARGETS = [[2, 7, 9], [2, 5, 9]]


def samples(root):
    """A small random model of each kind; matrices are large enough to tell rows from columns."""
    t = transformers
    torch.manual_seed(3)
    wide = {"vocab_size": 60, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
            "intermediate_size": 48, "max_position_embeddings": 24}
    gpt = {"vocab_size": 60, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 24}
    pairs = {"d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
             "decoder_attention_heads": 4, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48,
             "max_position_embeddings": 24, "pad_token_id": 1, "decoder_start_token_id": 2}
    t5 = {"vocab_size": 60, "d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 2, "num_heads": 4,
          "decoder_start_token_id": 0}
    models = {
        "bert-masked": t.BertForMaskedLM(t.BertConfig(**wide)),
        "bert-classes": t.BertForSequenceClassification(t.BertConfig(**wide, num_labels=3)),
        "roberta-masked": t.RobertaForMaskedLM(t.RobertaConfig(**wide)),
        "roberta-classes": t.RobertaForSequenceClassification(t.RobertaConfig(**wide)),
        "distilbert-masked": t.DistilBertForMaskedLM(t.DistilBertConfig(
            vocab_size=60, dim=32, n_layers=2, n_heads=4, hidden_dim=48)),
        "gpt2": t.GPT2LMHeadModel(t.GPT2Config(**gpt)),
        "gpt2-classes": t.GPT2ForSequenceClassification(t.GPT2Config(**gpt, pad_token_id=0)),
        "gptj": t.GPTJForCausalLM(t.GPTJConfig(**gpt, rotary_dim=4, tie_word_embeddings=False)),
        "llama": t.LlamaForCausalLM(t.LlamaConfig(**wide, num_key_value_heads=2)),
        "llama-classes": t.LlamaForSequenceClassification(t.LlamaConfig(
            **wide, num_key_value_heads=2, pad_token_id=0)),
        "marian": t.MarianMTModel(t.MarianConfig(
            vocab_size=60, decoder_vocab_size=60, **pairs, eos_token_id=0, forced_eos_token_id=0)),
        "fsmt": t.FSMTForConditionalGeneration(t.FSMTConfig(
            langs=["en", "de"], src_vocab_size=60, tgt_vocab_size=60, **pairs, bos_token_id=0,
            eos_token_id=2)),
        "t5": t.T5ForConditionalGeneration(t.T5Config(**t5, feed_forward_proj="gated-gelu",
                                                      tie_word_embeddings=False)),
        "t5-tied": t.T5ForConditionalGeneration(t.T5Config(**t5)),
    }
    for name, model in models.items():
        for part, parameter in model.named_parameters():  # larger, so that outputs differ
            if parameter.dim() == 2 and "embed_positions" not in part:
                parameter.data.mul_(4)
        model.save_pretrained(root / name)
    return [root / name for name in models]


def tensors(folder):
    with safe_open(folder / "model.safetensors", "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


def forward(anneal, folder):
    """Logits of `anneal forward`, row by row."""
    pair = json.loads((folder / "config.json").read_text()).get("is_encoder_decoder")
    line = {"input_ids": ROWS} | ({"decoder_input_ids": TARGETS} if pair else {})
    done = subprocess.run(
        [anneal, "forward", "--model", folder, "--precision", "fp32", "--threads", "1"],
        input=json.dumps(line) + "\n", check=True, stdout=subprocess.PIPE, text=True)
    return torch.tensor(json.loads(done.stdout)["logits"])


def outputs(model):
    arguments = {"input_ids": torch.tensor(ROWS)}
    if model.config.is_encoder_decoder:
        arguments |= {"decoder_input_ids": torch.tensor(TARGETS), "use_cache": False}
    with torch.no_grad():
        return model.eval()(**arguments).logits.float()


def widened(model, stored):
    """The same model in 32 bits, with places as Anneal has them: Marian's computed, FSMT's stored."""
    model = model.dequantize(torch.float32).float()
    for name, module in model.named_modules():
        if hasattr(module, "create_weight"):  # Marian
            module.weight = torch.nn.Parameter(module.create_weight())
        elif hasattr(module, "make_weight"):  # FSMT
            module.weight = torch.nn.Parameter(stored[name + ".weight"].float())
    return model


def layout(ours, theirs):
    """How two files differ in names, shapes, formats and integers."""
    faults = [f"{name} is only in one" for name in sorted(ours.keys() ^ theirs.keys())
              if "embed_positions" not in name]  # these are computed
    for name in sorted(ours.keys() & theirs.keys()):
        left, right = ours[name], theirs[name]
        if left.shape != right.shape or left.dtype != right.dtype and not name.endswith("wo.weight"):
            faults.append(f"{name}: {left.dtype} {list(left.shape)}, "
                          f"there {right.dtype} {list(right.shape)}")
        elif left.dtype == torch.int8 and (left.int() - right.int()).abs().max() > 1:
            faults.append(f"{name}: other integers")
    return faults


def check(anneal, folder, root):
    """What transformers makes of the export of a model."""
    export = root / (folder.name + "-8")
    subprocess.run([anneal, "export", folder, "--weights", "int8", "--out", export], check=True,
                   stderr=subprocess.DEVNULL)
    fields = json.loads((export / "config.json").read_text())
    kind = getattr(transformers, fields["architectures"][0])
    own = kind.from_pretrained(
        folder, dtype=torch.float16, quantization_config=transformers.BitsAndBytesConfig(
            load_in_8bit=True,
            llm_int8_skip_modules=fields["quantization_config"]["llm_int8_skip_modules"]))
    own.save_pretrained(root / (folder.name + "-own"))
    faults = layout(tensors(export), tensors(root / (folder.name + "-own")))
    difference = None
    try:
        more, difference = loaded(kind, export, forward(anneal, export))
        faults += more
    except (AttributeError, RuntimeError) as error:  # where integers are taken for floats
        faults.append(f"{type(error).__name__}: {error}")
    return {"model": folder.name, "difference": difference, "faults": faults}


def loaded(kind, export, expected):
    """What is wrong with an export as transformers loads it, and how far its outputs are off."""
    model, info = kind.from_pretrained(export, output_loading_info=True)
    faults = [f"{key}: {name}" for key in ["missing_keys", "unexpected_keys", "mismatched_keys"]
              for name in sorted(info[key]) if "embed_positions" not in name]  # these are computed
    modules = [(name, module) for name, module in model.named_modules()
               if isinstance(module, torch.nn.Linear)]
    faults += [f"{name} is {module.weight.dtype}" for name, module in modules
               if (module.weight.dtype == torch.int8) != isinstance(module, bnb.nn.Linear8bitLt)]
    if not any(isinstance(module, bnb.nn.Linear8bitLt) for _, module in modules):
        faults.append("nothing is in 8 bits")
    if not outputs(model).isfinite().all():
        faults.append("outputs are not numbers")
    difference = float((outputs(widened(model, tensors(export))) - expected).abs().max())
    difference /= max(1, float(expected.abs().max()))
    return faults + (["outputs differ"] if difference > 1e-4 else []), difference


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        folders = [pathlib.Path(folder) for folder in sys.argv[2:]] or samples(root)
        results = [check(sys.argv[1], folder, root) for folder in folders]
    for result in results:
        print(json.dumps(result))
    sys.exit(any(result["faults"] for result in results))


if __name__ == "__main__":
    main()
