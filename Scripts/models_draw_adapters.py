"""Draws adapters of PEFT at random, for checks against what was not looked at before.

    python Scripts/models_draw_adapters.py OUT SEED COUNT [METHOD...]
    ANNEAL_DRAWN_ADAPTERS=OUT swift test --filter DrawnAdapterTests
    python Scripts/models_check_drawn.py OUT

The first line writes, into OUT, tiny random models of every architecture (bases) and COUNT cases: an adapter
whose options are drawn, its values moved away from their beginnings, what PEFT computes of it as it is read
from its files, and, where all that is trained is filed, the gradient's norm and the losses of three steps of
AdamW (rate 1e-2, weight decay 0.01). refused.json counts by message what PEFT refused itself. The second line
compares, and saves each adapter and merged model again beside its case; what is refused is printed. The third
reads these in peft and transformers. A draw is a function of SEED, COUNT says only how many; methods are lora,
ia3, adalora, prefix, prompt, ptuning, norms, shira, tokens, bitfit, and, where they are named, vera, loha, lokr,
oft, boft, hra, vblora, fourier. AdapterHub's are drawn by
Scripts/models_draw_hub_adapters.py.

Made with peft 0.21.2, transformers 5.23.0, torch 2.13.0.
"""

import json
import pathlib
import random
import re
import shutil
import sys
import warnings

import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import (AutoModel, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification, AutoModelForTokenClassification)
from transformers.pytorch_utils import Conv1D

try:
    import peft
except ImportError:
    # AdapterHub's environment, which draws the models of this file alone.
    peft = None

VOCAB, PAD, EOS, BOS = 61, 0, 1, 2
TOK = dict(pad_token_id=PAD, eos_token_id=EOS, bos_token_id=BOS)
KINDS = {"SEQ_CLS": AutoModelForSequenceClassification, "TOKEN_CLS": AutoModelForTokenClassification,
         "CAUSAL_LM": AutoModelForCausalLM, "SEQ_2_SEQ_LM": AutoModelForSeq2SeqLM,
         "FEATURE_EXTRACTION": AutoModel, "MASKED": AutoModelForMaskedLM}


def bert(**k):
    return dict(vocab_size=VOCAB, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=48,
                max_position_embeddings=40, initializer_range=0.15, num_labels=3, **k)


def llama(**k):
    return dict(vocab_size=VOCAB, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
                intermediate_size=48, max_position_embeddings=40, initializer_range=0.15, num_labels=3) | TOK | k


T = transformers
ENC = ["SEQ_CLS", "TOKEN_CLS", "FEATURE_EXTRACTION", "MASKED"]
DEC = ["CAUSAL_LM", "CAUSAL_LM", "SEQ_CLS", "TOKEN_CLS", "FEATURE_EXTRACTION"]
MODELS = {
    "bert": (lambda: T.BertConfig(**bert(pad_token_id=PAD)), ENC),
    "roberta": (lambda: T.RobertaConfig(**bert(pad_token_id=1, type_vocab_size=1)), ENC),
    "distilbert": (lambda: T.DistilBertConfig(vocab_size=VOCAB, dim=32, n_layers=3, n_heads=4, hidden_dim=48,
        max_position_embeddings=40, initializer_range=0.15, num_labels=3, seq_classif_dropout=0.0), ENC),
    "gpt2": (lambda: T.GPT2Config(vocab_size=VOCAB, n_embd=32, n_layer=3, n_head=4, n_positions=40, n_inner=48,
        initializer_range=0.15, num_labels=3, **TOK), DEC),
    "gpt2u": (lambda: T.GPT2Config(vocab_size=VOCAB, n_embd=32, n_layer=2, n_head=4, n_positions=40,
        initializer_range=0.15, tie_word_embeddings=False, **TOK), ["CAUSAL_LM"]),
    "gptj": (lambda: T.GPTJConfig(vocab_size=VOCAB, n_embd=32, n_layer=3, n_head=4, n_positions=40, rotary_dim=4,
        initializer_range=0.15, num_labels=3, **TOK), ["CAUSAL_LM", "SEQ_CLS"]),
    "llama": (lambda: T.LlamaConfig(**llama(attention_bias=True)), DEC),
    "llamat": (lambda: T.LlamaConfig(**llama(tie_word_embeddings=True)), ["CAUSAL_LM"]),
    "mistral": (lambda: T.MistralConfig(**llama(sliding_window=6, head_dim=8)), DEC),
    "qwen2": (lambda: T.Qwen2Config(**llama(tie_word_embeddings=True)), DEC),
    "t5": (lambda: T.T5Config(vocab_size=VOCAB, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4,
        decoder_start_token_id=PAD, pad_token_id=PAD, eos_token_id=EOS, initializer_factor=1.0), ["SEQ_2_SEQ_LM"]),
    "t5g": (lambda: T.T5Config(vocab_size=VOCAB, d_model=32, d_kv=6, d_ff=48, num_layers=3, num_decoder_layers=2,
        num_heads=4, feed_forward_proj="gated-gelu", tie_word_embeddings=False, decoder_start_token_id=PAD,
        pad_token_id=PAD, eos_token_id=EOS), ["SEQ_2_SEQ_LM"]),
    "marian": (lambda: T.MarianConfig(vocab_size=VOCAB, d_model=32, encoder_layers=2, decoder_layers=2,
        encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48,
        max_position_embeddings=40, init_std=0.15, scale_embedding=True, pad_token_id=60, eos_token_id=0,
        decoder_start_token_id=60, forced_eos_token_id=0), ["SEQ_2_SEQ_LM"]),
    "fsmt": (lambda: T.FSMTConfig(langs=["en", "de"], src_vocab_size=VOCAB, tgt_vocab_size=VOCAB, d_model=32,
        encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
        encoder_ffn_dim=48, decoder_ffn_dim=48, max_position_embeddings=40, init_std=0.15,
        tie_word_embeddings=False), ["SEQ_2_SEQ_LM"]),
}


def make_base(folder, name, task, seed):
    torch.manual_seed(seed)
    model = KINDS[task].from_config(MODELS[name][0]())
    for parameter in model.parameters():
        if parameter.dim() == 1:
            parameter.data += 0.1 * torch.randn_like(parameter)
    model.save_pretrained(folder)


def example(name, task, seed):
    g = torch.Generator().manual_seed(seed)
    ids = torch.randint(5, 58, (2, 9), generator=g)
    mask = torch.ones_like(ids)
    pad = {"roberta": 1, "marian": 60}.get(name, 0)
    if name == "fsmt":
        pad = 1
    mask[1, 6:] = 0
    ids[1, 6:] = pad
    io = {"input_ids": ids, "attention_mask": mask}
    if name == "bert" and seed % 3 == 0:
        io["token_type_ids"] = (torch.arange(9) > 4).long().repeat(2, 1)
    if task == "SEQ_CLS":
        io["labels"] = torch.tensor([2, 0])
    elif task == "TOKEN_CLS":
        io["labels"] = torch.where(mask == 1, ids % 3, -100)
    elif task == "CAUSAL_LM":
        io["labels"] = torch.where(mask == 1, ids, -100)
    elif task == "MASKED":
        io["labels"] = torch.where((mask == 1) & (ids % 2 == 0), (ids + 3) % VOCAB, -100)
    elif task == "SEQ_2_SEQ_LM":
        labels = torch.randint(5, 58, (2, 7), generator=g)
        labels[1, 5:] = -100
        io["labels"] = labels
        if name == "fsmt":
            io["decoder_input_ids"] = torch.cat([torch.full((2, 1), 2), torch.where(labels < 0, 1, labels)[:, :-1]], 1)
    return io


def modules(model):
    linear, tables = [], []
    for name, module in model.named_modules():
        if isinstance(module, (torch.nn.Linear, Conv1D)):
            linear.append(name)
        elif isinstance(module, torch.nn.Embedding):
            tables.append(name)
    return linear, tables


def leaf(name):
    return name.split(".")[-1]


HEADS = ("classifier", "score", "pre_classifier", "lm_head", "vocab_transform", "vocab_projector",
         "predictions.decoder", "output_projection")


def body(linear, heads=HEADS):
    return [n for n in linear if not any(leaf(n) == h or ("." + h + ".") in ("." + n + ".") or h in n for h in heads)]


def targets(rng, model, odd=True):
    """A choice of linear maps: a list, a pattern, deeper endings, all-linear, or None for PEFT's own."""
    linear, tables = modules(model)
    own = body(linear)
    leaves = sorted({leaf(n) for n in own})
    kinds = ["list", "list", "list", "regex", "all", "deep", "none", "two"] if odd else ["list", "deep", "none"]
    kind = rng.choice(kinds)
    if kind == "list":
        return rng.sample(leaves, rng.randint(1, min(4, len(leaves))))
    if kind == "two":
        ends = sorted({".".join(n.split(".")[-2:]) for n in own})
        return rng.sample(ends, rng.randint(1, min(3, len(ends))))
    if kind == "deep":
        return rng.sample(own, rng.randint(1, min(5, len(own))))
    if kind == "all":
        return "all-linear"
    if kind == "regex":
        some = rng.sample(leaves, rng.randint(1, min(3, len(leaves))))
        number = rng.choice([r"\d+", "[01]", "0", r"(0|2)"])
        word = next((p for n in own for p in re.findall(r"([a-z]+)\.\d+\.", n)), "layers")
        return rng.choice([rf".*\.{word}\.{number}\..*({'|'.join(some)})", rf".*({'|'.join(some)})$",
                           rf"^.*\.{word}\.{number}\..*\.(?:{'|'.join(some)})",
                           rf".*{word}\.{number}\.(?!.*(cross|Enc)).*\b({'|'.join(some)})"])
    return None


def pattern_keys(rng, model):
    own = body(modules(model)[0])
    name = rng.choice(own)
    word = next((p for n in own for p in re.findall(r"([a-z]+)\.\d+\.", n)), "layers")
    return rng.choice([leaf(name), name, ".".join(name.split(".")[-3:]),
                       rf".*\.{rng.randint(0, 1)}\..*{leaf(name)}", rf"{word}.{rng.randint(0, 1)}..*",
                       rf"^{re.escape(name)}$"])


def table_names(model):
    return [n for n in modules(model)[1] if not n.endswith("relative_attention_bias")]


def word_table(model):
    e = model.get_input_embeddings()
    return next(n for n, m in model.named_modules() if m is e)


def lora(rng, model, task):
    k = dict(r=rng.choice([1, 2, 3, 4, 8]), lora_alpha=rng.choice([1, 4, 8, 16, 5]),
             lora_dropout=rng.choice([0.0, 0.1]))
    k["target_modules"] = targets(rng, model)
    linear, tables = modules(model)
    if rng.random() < .25:
        k["use_rslora"] = True
    if rng.random() < .2:
        k["use_dora"] = True
    if rng.random() < .25:
        k["bias"] = rng.choice(["all", "lora_only"])
    if rng.random() < .15 and not k.get("use_dora"):
        k["lora_bias"] = True
    if k.get("lora_bias") :
        k["bias"] = "none"
    if rng.random() < .25:
        k["rank_pattern"] = {pattern_keys(rng, model): rng.choice([1, 2, 5, 6]) for _ in range(rng.randint(1, 2))}
    if rng.random() < .25:
        k["alpha_pattern"] = {pattern_keys(rng, model): rng.choice([1, 2, 5, 32]) for _ in range(rng.randint(1, 2))}
    if rng.random() < .2 and isinstance(k["target_modules"], list):
        k["layers_to_transform"] = rng.choice([0, 1, [0, 1], [1], [0, 2]])
        word = next((p for n in body(linear) for p in re.findall(r"([a-z]+)\.\d+\.", n)), "layers")
        if rng.random() < .6:
            k["layers_pattern"] = rng.choice([word, [word], [word, "foo"]])
    if rng.random() < .15:
        k["exclude_modules"] = rng.choice([
            rng.sample(sorted({leaf(n) for n in body(linear)}), 1), rf".*\.{rng.randint(0, 1)}\..*",
            [rng.choice(body(linear))]])
    if rng.random() < .12:
        k["modules_to_save"] = list(k.get("modules_to_save") or []) + [rng.choice(saveable(model))]
    if rng.random() < .15 and isinstance(k["target_modules"], list):
        k["target_modules"] = k["target_modules"] + [leaf(rng.choice(table_names(model)))]
    elif rng.random() < .05:
        k["target_modules"] = [leaf(word_table(model))]
    if rng.random() < .08 and task == "CAUSAL_LM" and isinstance(k["target_modules"], list):
        k["target_modules"].append("lm_head")
    if rng.random() < .12:
        k["trainable_token_indices"] = rng.choice([[3, 9, 40], {leaf(word_table(model)): [7, 5, 21]}])
    if rng.random() < .1:
        k["ensure_weight_tying"] = True
    if rng.random() < .3:
        k["init_lora_weights"] = rng.choice(["gaussian", "pissa", "pissa_niter_4", "olora", "orthogonal", False])
    if rng.random() < .05:
        k["layer_replication"] = [(0, 2), (1, 2)]
    if rng.random() < .05:
        p = [n for n, q in model.named_parameters() if q.dim() == 2 and "mbed" not in n]
        k["target_parameters"] = [".".join(rng.choice(p).split(".")[-2:])]
        k["lora_dropout"] = 0.0
        k["use_dora"] = False
        k["lora_bias"] = False
        k["bias"] = "none"
        if rng.random() < .5:
            k["target_modules"] = []
    turned = any(isinstance(m, Conv1D) for m in model.modules())
    if isinstance(k["target_modules"], list) and turned and rng.random() < .5:
        k["fan_in_fan_out"] = True
    return peft.LoraConfig, k


def saveable(model):
    names = [n for n, m in model.named_modules() if n and any(True for _ in m.parameters(recurse=False))]
    return rng_names(names)


def rng_names(names):
    return sorted({leaf(n) for n in names if not leaf(n).isdigit()} | {n for n in names})


def ia3(rng, model, task):
    k = dict(target_modules=targets(rng, model))
    if isinstance(k["target_modules"], list):
        some = rng.sample(k["target_modules"], rng.randint(0, len(k["target_modules"])))
        k["feedforward_modules"] = some
    elif isinstance(k["target_modules"], str) and k["target_modules"] != "all-linear":
        own = sorted({leaf(n) for n in body(modules(model)[0])})
        k["feedforward_modules"] = rng.choice([k["target_modules"], rf".*({rng.choice(own)})", []])
        if rng.random() < .3:
            k["feedforward_modules"] = rng.sample(own, 1)
    elif k["target_modules"] == "all-linear":
        k["feedforward_modules"] = rng.sample(sorted({leaf(n) for n in body(modules(model)[0])}), 1)
    if rng.random() < .15:
        k["exclude_modules"] = rng.choice([rf".*\.{rng.randint(0,1)}\..*", [rng.choice(body(modules(model)[0]))]])
    if rng.random() < .12:
        k["modules_to_save"] = [rng.choice(saveable(model))]
    if rng.random() < .1:
        k["init_ia3_weights"] = False
    return peft.IA3Config, k


def adalora(rng, model, task):
    r = rng.choice([2, 4, 6])
    k = dict(target_modules=targets(rng, model), init_r=r, target_r=rng.randint(1, r),
             lora_alpha=rng.choice([4, 8, 32]), total_step=6, tinit=rng.choice([0, 1]),
             tfinal=rng.choice([0, 1, 2]), deltaT=rng.choice([1, 2]), orth_reg_weight=rng.choice([0.1, 0.5]),
             lora_dropout=rng.choice([0, .1]))
    if rng.random() < .2:
        k["bias"] = rng.choice(["all", "lora_only"])
    if rng.random() < .2:
        k["exclude_modules"] = rf".*\.{rng.randint(0,1)}\..*"
    if rng.random() < .2 and isinstance(k["target_modules"], list):
        k["layers_to_transform"] = [0]
    if rng.random() < .12:
        k["modules_to_save"] = [rng.choice(saveable(model))]
    return peft.AdaLoraConfig, k


def prefix(rng, model, task):
    k = dict(num_virtual_tokens=rng.choice([1, 3, 5, 8]))
    if rng.random() < .4:
        k.update(prefix_projection=True, encoder_hidden_size=rng.choice([8, 12, 32]))
    if rng.random() < .2:
        k["modules_to_save"] = [rng.choice(saveable(model))]
    return peft.PrefixTuningConfig, k


def prompt(rng, model, task):
    k = dict(num_virtual_tokens=rng.choice([1, 3, 5, 8]), prompt_tuning_init=rng.choice(["RANDOM", "SAMPLE_VOCAB"]))
    if rng.random() < .2:
        k["modules_to_save"] = [rng.choice(saveable(model))]
    return peft.PromptTuningConfig, k


def ptuning(rng, model, task):
    k = dict(num_virtual_tokens=rng.choice([1, 3, 5]), encoder_hidden_size=rng.choice([8, 12, 32]),
             encoder_reparameterization_type=rng.choice(["MLP", "LSTM"]),
             encoder_num_layers=rng.choice([1, 2]), encoder_dropout=rng.choice([0.0, .1]))
    return peft.PromptEncoderConfig, k


def norms(rng, model, task):
    names = [n for n, m in model.named_modules() if "norm" in type(m).__name__.lower()]
    kind = rng.choice(["none", "list", "regex", "deep"])
    k = dict(target_modules=None)
    if kind == "list":
        k["target_modules"] = rng.sample(sorted({leaf(n) for n in names if not leaf(n).isdigit()}), 1)
    if kind == "deep":
        k["target_modules"] = rng.sample(names, min(3, len(names)))
    if kind == "regex":
        k["target_modules"] = rf".*\.{rng.choice(['0','1','[01]'])}\..*({rng.choice(sorted({leaf(n) for n in names}))})"
    if rng.random() < .2:
        k["exclude_modules"] = [rng.choice(names)]
    if rng.random() < .1:
        k["modules_to_save"] = [rng.choice(saveable(model))]
    return peft.LNTuningConfig, k


def shira(rng, model, task):
    k = dict(target_modules=targets(rng, model), r=rng.choice([1, 2, 4]))
    if rng.random() < .1:
        k["modules_to_save"] = [rng.choice(saveable(model))]
    if rng.random() < .3:
        k["init_weights"] = False
    if rng.random() < .2:
        k["random_seed"] = 5
    return peft.ShiraConfig, k


def tokens(rng, model, task):
    k = dict(token_indices=rng.sample(range(3, 50), rng.randint(1, 4)))
    if rng.random() < .7:
        k["target_modules"] = rng.choice([[leaf(word_table(model))], word_table(model), [word_table(model)]])
    return peft.TrainableTokensConfig, k


def bitfit(rng, model, task):
    own = body(modules(model)[0])
    return peft.LoraConfig, dict(r=1, lora_alpha=1, bias="all", target_modules=[rng.choice(own)])


def some_layers(rng, k, model):
    """Perhaps a choice of layers, an exclusion, or a module that is saved whole."""
    if rng.random() < .15 and isinstance(k["target_modules"], list):
        k["layers_to_transform"] = rng.choice([0, [0, 1], [1]])
    if rng.random() < .12:
        k["modules_to_save"] = [rng.choice(saveable(model))]
    return k


def vera(rng, model, task):
    k = dict(target_modules=targets(rng, model), r=rng.choice([2, 4, 16]), d_initial=rng.choice([.1, 1.0]),
             bias=rng.choice(["none", "none", "all", "vera_only"]), projection_prng_key=rng.choice([0, 5]))
    if rng.random() < .2:
        k["save_projection"] = False
    return peft.VeraConfig, some_layers(rng, k, model)


def loha(rng, model, task):
    k = dict(target_modules=targets(rng, model), r=rng.choice([1, 2, 4]), alpha=rng.choice([1, 4, 8]))
    if rng.random() < .2:
        k["rank_pattern"] = {pattern_keys(rng, model): rng.choice([1, 3])}
    if rng.random() < .2:
        k["alpha_pattern"] = {pattern_keys(rng, model): rng.choice([2, 16])}
    if rng.random() < .15:
        k["exclude_modules"] = rf".*\.{rng.randint(0, 1)}\..*"
    return peft.LoHaConfig, some_layers(rng, k, model)


def lokr(rng, model, task):
    kind, k = loha(rng, model, task)
    if rng.random() < .4:
        k["decompose_both"] = True
    if rng.random() < .4:
        k["decompose_factor"] = rng.choice([2, 4, 8])
    k["r"] = rng.choice([1, 2, 4, 64])
    return peft.LoKrConfig, k


def oft(rng, model, task):
    k = dict(target_modules=targets(rng, model), bias=rng.choice(["none", "none", "all", "oft_only"]))
    k |= rng.choice([dict(oft_block_size=4), dict(oft_block_size=32), dict(r=4, oft_block_size=0), dict(oft_block_size=5)])
    if rng.random() < .3:
        k["block_share"] = True
    if rng.random() < .3:
        k["coft"], k["eps"] = True, rng.choice([6e-5, .5])
    if rng.random() < .4:
        k["use_cayley_neumann"] = False
    elif rng.random() < .4:
        k["num_cayley_neumann_terms"] = rng.choice([1, 2, 3, 4, 7])
    return peft.OFTConfig, some_layers(rng, k, model)


def boft(rng, model, task):
    k = dict(target_modules=targets(rng, model), bias=rng.choice(["none", "none", "all", "boft_only"]))
    k |= rng.choice([dict(boft_block_size=4), dict(boft_block_size=8), dict(boft_block_num=4, boft_block_size=0)])
    return peft.BOFTConfig, some_layers(rng, k, model)


def hra(rng, model, task):
    k = dict(target_modules=targets(rng, model), r=rng.choice([1, 2, 4, 8]), apply_GS=rng.random() < .4,
             bias=rng.choice(["none", "none", "all", "hra_only"]))
    return peft.HRAConfig, some_layers(rng, k, model)


def vblora(rng, model, task):
    k = dict(target_modules=targets(rng, model), r=rng.choice([1, 2, 4]), num_vectors=rng.choice([6, 16]),
             vector_length=rng.choice([4, 8, 16]), topk=rng.choice([1, 2, 3]),
             save_only_topk_weights=rng.random() < .3, bias=rng.choice(["none", "none", "all", "vblora_only"]))
    return peft.VBLoRAConfig, some_layers(rng, k, model)


def fourier(rng, model, task):
    k = dict(target_modules=targets(rng, model), n_frequency=rng.choice([5, 50, 300]),
             scaling=rng.choice([150.0, 30.0]), random_loc_seed=rng.choice([777, 3]),
             bias=rng.choice(["none", "none", "all", "fourier_only"]))
    if rng.random() < .2:
        k["n_frequency_pattern"] = {pattern_keys(rng, model): rng.choice([7, 20])}
    return peft.FourierFTConfig, some_layers(rng, k, model)


# What is read and merged here, not trained, is drawn where it is asked for by name.
READ = [vera, loha, lokr, oft, boft, hra, vblora, fourier]
METHODS = [(lora, 44), (ia3, 11), (adalora, 8), (prefix, 7), (prompt, 6), (ptuning, 4), (norms, 6), (shira, 6),
           (tokens, 5), (bitfit, 3)]


def perturb(model, method, g):
    for name, p in model.named_parameters():
        if not p.requires_grad: continue
        noise = torch.randn(p.shape, generator=g)
        scale = .05
        if "lora_B" in name or "lora_A" in name or "embedding_A" in name or "embedding_B" in name:
            scale = .1
        if "lora_E" in name:
            scale = .7
        if "ia3" in name or "shira_weight" in name or "ln_tuning" in name or "magnitude" in name:
            scale = .2
        if "trainable_tokens" in name:
            scale = .4
        if any(part in name for part in ("vera_", "hada_", "lokr_", "oft_", "hra_", "vblora_", "fourierft_")):
            scale = .3
        p.data += scale * noise


def begin(out):
    """Empties the folder of cases, and keeps libraries quiet."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    warnings.filterwarnings("ignore")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    torch.set_num_threads(1)


def draw_all(library, choose, draw):
    """Draws the cases that the command line asks for.

    choose(rng, out, seed) gives a case's model, task, method and base, or None where it is left out.
    """
    out, seed, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    begin(out)
    refused = {}
    for index in range(count):
        rng = random.Random(seed * 100003 + index)
        case = choose(rng, out, seed)
        if case is None:
            continue
        name, task, method, base = case
        folder = out / f"{index:04d}-{method.__name__}-{name}-{task}"
        try:
            draw(folder, base, name, task, method, rng, seed, index)
        except Exception as error:
            shutil.rmtree(folder, ignore_errors=True)
            refused.setdefault(f"{type(error).__name__}: {str(error)[:90]}", []).append(folder.name)
    json.dump(refused, open(out / "refused.json", "w"), indent=1)
    print(len(list(out.glob("*/case.json"))), "cases,", sum(map(len, refused.values())),
          f"that {library} refused itself")


def choose(rng, out, seed):
    only = set(sys.argv[4:])
    name = rng.choice(list(MODELS))
    task = rng.choice(MODELS[name][1])
    choice = METHODS + [(m, 12) for m in READ if m.__name__ in only]
    method = rng.choices([m for m, _ in choice], [w for _, w in choice])[0]
    if only and method.__name__ not in only:
        return None
    base = out / "bases" / f"{name}-{task}"
    if not base.exists():
        make_base(base, name, task, seed)
    return name, task, method, base


def main():
    draw_all("PEFT", choose, draw)


def load(base, task):
    return KINDS[task].from_pretrained(base)


def draw(folder, base, name, task, method, rng, seed, index):
    torch.manual_seed(seed * 7919 + index)
    np.random.seed(index)
    model = load(base, task)
    kind, fields = method(rng, model, task)
    fields = dict(fields)
    named = task if task != "MASKED" else None
    if task in ("SEQ_CLS", "TOKEN_CLS") and rng.random() < .07 and method in (lora, ia3):
        named = None
    if method in (prefix, prompt, ptuning) and name == "distilbert":
        fields |= dict(token_dim=32, num_layers=3, num_attention_heads=4)
    config = kind(task_type=named, **fields)
    whole = peft.get_peft_model(model, config)
    g = torch.Generator().manual_seed(index)
    perturb(whole, method, g)
    io = example(name, task, index)
    if method in (prefix, prompt, ptuning) and task == "FEATURE_EXTRACTION":
        # PEFT passes over the kinds of segments there.
        io.pop("token_type_ids", None)
    inputs = {k: v for k, v in io.items()}
    whole.eval()
    extra = {}
    if method is adalora:
        steps = rng.choice([0, 0, 2, 4, 6])
        for step in range(1, steps + 1):
            loss = whole(**inputs)
            loss = loss.loss if getattr(loss, "loss", None) is not None else loss[0].pow(2).mean()
            loss.backward()
            with torch.no_grad():
                for p in whole.parameters():
                    if p.grad is not None:
                        p -= 1e-2 * p.grad
            whole.base_model.update_and_allocate(step)
            whole.zero_grad()
    adapter = folder / "adapter"
    pickled = rng.random() < .08
    save = {}
    if rng.random() < .06:
        save["save_embedding_layers"] = True
    whole.save_pretrained(adapter, safe_serialization=not pickled, **save)
    (adapter / "README.md").unlink(missing_ok=True)
    path = adapter / "adapter_config.json"
    saved = json.loads(path.read_text())
    saved["base_model_name_or_path"] = base.name
    if rng.random() < .1:
        saved = {k: v for k, v in saved.items() if v not in (None, False, {}, []) or k == "target_modules"}
    path.write_text(json.dumps(saved, indent=1))
    weights = adapter / "adapter_model.safetensors"
    half = rng.random() < .06 and not pickled
    if half:
        kind = rng.choice([torch.bfloat16, torch.float16])
        save_file({k: v.to(kind) if v.is_floating_point() else v for k, v in load_file(weights).items()}, weights,
                  metadata={"format": "pt"})
    del whole, model
    torch.manual_seed(3)
    again = peft.PeftModel.from_pretrained(
        load(base, task), adapter, is_trainable=method not in (ptuning, prefix, prompt)).eval()
    if method in (prefix, prompt):
        for key, p in again.named_parameters():
            p.requires_grad_("prompt_encoder" in key or "modules_to_save.default" in key)
    with torch.no_grad():
        output = again(**{k: v for k, v in inputs.items() if not (task == "FEATURE_EXTRACTION" and k == "labels")})
    logits = output.logits if hasattr(output, "logits") else output[0]
    if not torch.isfinite(logits).all():
        raise ValueError("logits not finite")
    io["logits"] = logits.float()
    trains = task != "FEATURE_EXTRACTION" and method not in [ptuning] + READ and not fields.get("prefix_projection")
    if "labels" in io and output.loss is not None:
        io["loss"] = output.loss.detach().reshape(1).float()
    if trains:
        trained = [p for p in again.parameters() if p.requires_grad]
        extra["trained"] = sum(p.numel() for p in trained)
        optimizer = torch.optim.AdamW(trained, lr=1e-2, weight_decay=0.01)
        losses, norm = [], 0.
        for step in range(4):
            loss = again(**inputs).loss
            losses.append(loss.item())
            if step == 3: break
            optimizer.zero_grad()
            loss.backward()
            if step == 0:
                norm = torch.stack([p.grad.norm() for p in trained if p.grad is not None]).norm().item()
            optimizer.step()
        io["loss_steps"], io["grad_norm"] = torch.tensor(losses), torch.tensor([norm])
    with torch.no_grad():
        plain = load(base, task).eval()(**{k: v for k, v in inputs.items() if k != "labels" or task == "SEQ_2_SEQ_LM"})
    plain = plain.logits if hasattr(plain, "logits") else plain[0]
    extra["change"] = (plain - logits[:, -plain.shape[1]:] if plain.dim() == 3 else plain - logits).abs().max().item()
    save_file({k: v.contiguous() for k, v in io.items()}, folder / "io.safetensors")
    info = dict(base=f"bases/{base.name}", name=name, task=task, method=method.__name__, fields=fields,
                named=named, pickled=pickled, half=half, save=save, **extra)
    (folder / "case.json").write_text(json.dumps(info, indent=1, default=str))


if __name__ == "__main__":
    main()
