#!/usr/bin/env python3
"""Records what transformers generates, for ModelsTests to compare token by token.

    python Scripts/models_generation_reference.py [../shared]

For the tiny models of Tests/Fixtures/Models and the golden ones of the shared folder, each case of
options is run with `generate`, prompt by prompt. Random models are nearly uniform: their matrices
are multiplied by a power of two first, which the tests repeat. `filters.json` holds probabilities
after the temperature, top-k and top-p processors.
"""

import json
import pathlib
import sys

import torch
import transformers
from transformers.generation import (
    LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper)

from models_make_fixtures import HERE, MODELS, SEED

GOLDEN = "golden/train-formats/golden"
FOLDER = HERE.parent / "Tests/Fixtures/Generation"


def cases(first, second, is_source):
    """Options by the names of transformers; `first` and `second` are tokens the model likes."""
    ends = {"eos_token_id": [first, second]}
    rows = [
        {"max_new_tokens": 12},
        {"max_new_tokens": 12, **ends},
        {"max_new_tokens": 12, "min_new_tokens": 7, **ends},
        {"max_new_tokens": 12, "repetition_penalty": 1.7},
        {"max_new_tokens": 14, "no_repeat_ngram_size": 2},
        {"max_new_tokens": 12, "bad_words_ids": [[first], [second]], "eos_token_id": second},
        {"max_new_tokens": 9, "suppress_tokens": [first], "begin_suppress_tokens": [second]},
        {"max_new_tokens": 8, "forced_bos_token_id": 5, "forced_eos_token_id": first},
        {"max_length": 11, "min_length": 6, **ends},
        {"num_beams": 4, "max_new_tokens": 12},
        {"num_beams": 4, "max_new_tokens": 12, **ends},
        {"num_beams": 4, "max_new_tokens": 12, "early_stopping": True, **ends},
        {"num_beams": 4, "max_new_tokens": 12, "early_stopping": "never", **ends},
        {"num_beams": 3, "max_new_tokens": 16, "length_penalty": 2.0, **ends},
        {"num_beams": 3, "max_new_tokens": 16, "length_penalty": 0.0, **ends},
        {"num_beams": 3, "max_new_tokens": 16, "length_penalty": -1.5, **ends},
        {"num_beams": 3, "max_new_tokens": 16, "length_penalty": 2.0, "early_stopping": "never",
         **ends},
        {"num_beams": 3, "max_new_tokens": 16, "length_penalty": -1.5, "early_stopping": "never",
         **ends},
        {"num_beams": 5, "max_new_tokens": 9, "num_return_sequences": 5, **ends},
        {"num_beams": 5, "max_new_tokens": 9, "num_return_sequences": 3, "early_stopping": True,
         "eos_token_id": first},
        {"num_beams": 3, "max_new_tokens": 14, "no_repeat_ngram_size": 2, "eos_token_id": first},
        {"num_beams": 3, "max_new_tokens": 10, "bad_words_ids": [[first], [second, 7], [7, second]]},
        {"num_beams": 3, "max_new_tokens": 10, "forced_eos_token_id": second, "min_length": 8,
         **ends},
        {"num_beams": 3, "max_new_tokens": 10, "repetition_penalty": 1.3, "forced_bos_token_id": 6,
         **ends},
        {"num_beams": 2, "max_length": 13, "suppress_tokens": [first], **ends},
        {"num_beams": 2},
    ]
    if is_source:
        rows.append({"num_beams": 5, "max_length": 60, "early_stopping": True, **ends})
    return rows


def generate(model, prompt, options):
    """The new tokens of each returned sequence, and the scores of beams."""
    ids = torch.tensor([prompt])
    output = model.generate(
        ids, attention_mask=torch.ones_like(ids), return_dict_in_generate=True, output_scores=True,
        output_logits=True, do_sample=False, **options)
    skipped = 1 if model.config.is_encoder_decoder else len(prompt)
    rows = output.sequences[:, skipped:].tolist()
    if "beam_indices" not in output or output.beam_indices is None:
        return rows, None
    lengths = (output.beam_indices >= 0).sum(1).tolist()
    scores = [float(f"{s:.7g}") for s in output.sequences_scores.tolist()]
    return [row[:length] for row, length in zip(rows, lengths)], scores


def ends(model, prompts, common):
    """Two tokens that the model says after a while: as ends, they stop it here and there."""
    liked = [generate(model, p, {"max_new_tokens": 10, **common})[0][0] for p in prompts]
    first = liked[0][5]
    return first, next(t for t in liked[2][6:] + liked[2] + liked[0] if t != first)


def record(folder, name, factor, seed):
    auto = transformers.AutoConfig.from_pretrained(folder)
    kind = (transformers.AutoModelForSeq2SeqLM if auto.is_encoder_decoder
            else transformers.AutoModelForCausalLM)
    model = kind.from_pretrained(folder).eval()
    with torch.no_grad():
        for parameter_name, parameter in model.named_parameters():
            if parameter.dim() == 2 and "embed_positions" not in parameter_name:
                parameter *= factor
    # What the folder says is tested apart: here only the options of each case count.
    start = model.generation_config.decoder_start_token_id
    model.generation_config = transformers.GenerationConfig(
        decoder_start_token_id=start, pad_token_id=model.config.pad_token_id)
    generator = torch.Generator().manual_seed(seed)
    entries = getattr(model.config, "src_vocab_size", model.config.vocab_size)
    prompts = [torch.randint(3, entries - 3, (n,), generator=generator).tolist() for n in [5, 1, 8]]
    # Golden encoder-decoders say one token all the time unless they may not repeat it.
    common = {"no_repeat_ngram_size": 1} if auto.is_encoder_decoder and factor != 4 else {}
    first, second = ends(model, prompts, common)
    rows = []
    for options in cases(first, second, model.config.is_encoder_decoder):
        options = {**common, **options}
        results = [generate(model, prompt, options) for prompt in prompts]
        row = {"options": options, "tokens": [tokens for tokens, _ in results]}
        if results[0][1] is not None:
            row["scores"] = [scores for _, scores in results]
        rows.append(row)
    head = json.dumps({"model": name, "factor": factor, "prompts": prompts})[:-1]
    body = ",\n ".join(json.dumps(row) for row in rows)
    (FOLDER / f"{name}.json").write_text(f"{head}, \"cases\": [\n {body}\n]}}\n")


def filters():
    """Probabilities of one draw after the processors, in transformers' order."""
    generator = torch.Generator().manual_seed(SEED)
    rows = []
    for temperature, top_k, top_p, least in [
            (1.0, 0, 1.0, 1), (0.7, 0, 1.0, 1), (2.5, 5, 1.0, 1), (1.0, 1, 1.0, 1), (1.0, 0, 0.9, 1),
            (1.3, 7, 0.6, 1), (0.5, 4, 0.95, 3), (1.0, 0, 0.01, 2), (1.0, 50, 0.5, 1)]:
        scores = 2 * torch.randn(1, 20, generator=generator)
        scores[0, 3] = scores[0, 11]  # equals
        scores[0, 7] = -float("inf")
        processors = LogitsProcessorList()
        if temperature != 1:
            processors.append(TemperatureLogitsWarper(temperature))
        if top_k:
            processors.append(TopKLogitsWarper(top_k, min_tokens_to_keep=least))
        if top_p < 1:
            processors.append(TopPLogitsWarper(top_p, min_tokens_to_keep=least))
        kept = processors(torch.zeros(1, 1, dtype=torch.long), scores.clone()).softmax(-1)
        rows.append({
            "temperature": temperature, "top_k": top_k, "top_p": top_p, "least": least,
            "scores": [None if s == -float("inf") else s for s in scores[0].tolist()],
            "probabilities": [float(f"{p:.8g}") for p in kept[0].tolist()]})
    body = ",\n ".join(json.dumps(row) for row in rows)
    (FOLDER / "filters.json").write_text(f"[\n {body}\n]\n")


def main():
    torch.set_num_threads(1)
    shared = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent.parent / "shared")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for number, (name, factor) in enumerate([
            ("tiny-gpt2", 4), ("tiny-t5", 4), ("tiny-marian", 4), ("tiny-fsmt", 4),
            ("base-gpt2-lm", 8), ("base-llama-lm", 8), ("base-t5-lm", 2), ("base-marian-lm", 1),
            ("base-fsmt-lm", 1)]):
        folder = MODELS if name.startswith("tiny") else shared / GOLDEN
        record(folder / name, name, factor, SEED + number)
    filters()
    (FOLDER / "versions.json").write_text(json.dumps({
        "command": "python Scripts/models_generation_reference.py", "seed": SEED,
        "torch": torch.__version__.split("+")[0], "transformers": transformers.__version__,
    }, indent=1) + "\n")


if __name__ == "__main__":
    main()
