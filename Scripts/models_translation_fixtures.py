#!/usr/bin/env python3
"""Writes the reference values of encoder-decoder models that ModelsTests compares with.

    python Scripts/models_translation_fixtures.py [../shared]

Tiny models of fixed seed (T5 v1.1, Marian with two vocabularies, FSMT) are saved as transformers
saves them, beside `reference.safetensors` (inputs, logits, loss). `gradients.json` holds, for them
and for the golden models of the shared folder, of every tensor's gradient the length and four
values at equal distances. All values come from PyTorch and transformers.

The golden Marian was recorded with noise on its position table, which its file does not hold:
`golden-marian-places.safetensors` holds the table with the noise repeated.
"""

import json
import pathlib
import shutil
import sys

import torch
import transformers
from safetensors.torch import load_file, save_file

from models_make_fixtures import HERE, MODELS, SEED, spread

GOLDEN = "golden/train-formats/golden"


def t5():
    return transformers.T5ForConditionalGeneration(transformers.T5Config(
        vocab_size=41, d_model=8, d_kv=4, d_ff=12, num_layers=2, num_decoder_layers=1, num_heads=2,
        relative_attention_num_buckets=8, relative_attention_max_distance=9, dropout_rate=0.0,
        feed_forward_proj="gated-gelu", tie_word_embeddings=False, decoder_start_token_id=0))


def marian():
    return transformers.MarianMTModel(transformers.MarianConfig(
        vocab_size=41, decoder_vocab_size=37, share_encoder_decoder_embeddings=False, d_model=8,
        encoder_layers=2, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=4,
        encoder_ffn_dim=12, decoder_ffn_dim=16, activation_function="swish", dropout=0.0,
        max_position_embeddings=64, scale_embedding=True, pad_token_id=36,
        decoder_start_token_id=36, eos_token_id=0))


def fsmt():
    return transformers.FSMTForConditionalGeneration(transformers.FSMTConfig(
        langs=["en", "de"], src_vocab_size=41, tgt_vocab_size=37, d_model=8, encoder_layers=1,
        decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=12, decoder_ffn_dim=12, dropout=0.0, max_position_embeddings=12))


def batch(config):
    """Three sources and targets of different lengths, padded on the right."""
    generator = torch.Generator().manual_seed(SEED + 3)
    source, target = torch.full((3, 9), config.pad_token_id), torch.full((3, 7), -100)
    for row, (read, written) in enumerate([(9, 4), (5, 7), (2, 1)]):
        source[row, :read] = torch.randint(3, 36, (read,), generator=generator)
        target[row, :written] = torch.randint(3, 36, (written,), generator=generator)
        target[row, written - 1] = config.eos_token_id
    return {"input_ids": source, "attention_mask": (source != config.pad_token_id).long(),
            "labels": target}


def arguments(model, values):
    """What the model is called with; FSMT's own shift reads sources, so that it is done here."""
    inputs = {k: values[k] for k in ["input_ids", "attention_mask", "labels"]}
    if "decoder_input_ids" in values:
        inputs["decoder_input_ids"] = values["decoder_input_ids"]
    elif model.config.model_type == "fsmt":
        from transformers.models.fsmt.modeling_fsmt import shift_tokens_right
        inputs["decoder_input_ids"] = shift_tokens_right(
            values["labels"].clone(), model.config.pad_token_id)
    return inputs


def gradients(model):
    """Of each gradient its length and four values at equal distances."""
    rows = {}
    for name, parameter in model.named_parameters():
        if parameter.grad is None or "embed_positions" in name:
            continue
        flat = parameter.grad.flatten()
        places = [i * (len(flat) - 1) // 3 for i in range(4)]
        rows[name] = [float(f"{v:.6g}") for v in [flat.norm().item()] + flat[places].tolist()]
    return rows


def untied(model, folder):
    """Gives a saved T5 v1.1 the head of its own that the models of the hub have."""
    weights = load_file(folder / "model.safetensors")
    generator = torch.Generator().manual_seed(SEED + 4)
    weights["lm_head.weight"] = 0.5 * torch.randn(
        model.lm_head.weight.shape, generator=generator)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return type(model).from_pretrained(folder).eval()


def golden_places(model):
    """Repeats the noise of the golden Marian: a tenth of a normal number on every parameter."""
    torch.manual_seed(11)
    places = {}
    for name, parameter in model.named_parameters():
        noise = 0.1 * torch.randn(parameter.shape)
        if "embed_positions" in name:
            with torch.no_grad():
                parameter += noise
            places[name] = parameter.detach().clone()
    save_file(places, MODELS / "golden-marian-places.safetensors")


def main():
    torch.set_num_threads(1)
    shared = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent.parent / "shared")
    table = {}
    for name, make in [("t5", t5), ("marian", marian), ("fsmt", fsmt)]:
        torch.manual_seed(SEED)
        model = make().eval()
        spread(model)
        if name == "marian":
            model.final_logits_bias.normal_(std=0.2, generator=torch.Generator().manual_seed(SEED))
        if name != "t5":  # the noise fell on the places too, which are computed
            for stack in [model.model.encoder, model.model.decoder]:
                places = stack.embed_positions
                shape = places.weight.shape
                places.weight.data = (places.create_weight() if name == "marian"
                                      else places.get_embedding(*shape, 1))
        folder = MODELS / f"tiny-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(folder)
        if name == "t5":
            model = untied(model, folder)
        if name == "fsmt":  # as the files of wmt19 are: without the places
            weights = load_file(folder / "model.safetensors")
            save_file({k: v for k, v in weights.items() if "embed_positions" not in k},
                      folder / "model.safetensors", metadata={"format": "pt"})
        inputs = arguments(model, batch(model.config))
        output = model(**inputs)
        output.loss.backward()
        table[f"tiny-{name}"] = gradients(model)
        save_file({**inputs, "logits": output.logits.detach().contiguous(),
                   "loss": output.loss.detach().reshape(1)}, folder / "reference.safetensors")
    for name in ["t5", "marian", "fsmt"]:
        folder = shared / GOLDEN / f"base-{name}-lm"
        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
        values = load_file(folder / "io.safetensors")
        if name == "marian":
            golden_places(model)
        output = model(**arguments(model, values))
        assert abs(output.loss.item() - values["loss"].item()) < 1e-5, name
        output.loss.backward()
        table[f"base-{name}-lm"] = gradients(model)
    lines = ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(table.items()))
    (MODELS / "gradients.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
