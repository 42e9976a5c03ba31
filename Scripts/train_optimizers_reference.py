#!/usr/bin/env python3
"""Write Tests/Fixtures/Train/optimizers.{json,safetensors}: steps of torch's, transformers' and Lion's optimizers.

usage: python Scripts/train_optimizers_reference.py

Needs torch, transformers, safetensors and lion-pytorch. The tensors hold parameters of several shapes, six
steps' gradients, and what each case made of the parameters after every step and of its state at the end;
optimizers.json names the cases, the options of Anneal's file for each, and the packages. `average` is torch's
AveragedModel over the same values, `neftune` the magnitude of the noise of transformers' hook.
"""
import importlib.metadata
import json
import pathlib

import torch
import transformers
from lion_pytorch import Lion
from safetensors.torch import save_file
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers.integrations.neftune import neftune_post_forward_hook
from transformers.optimization import Adafactor

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/Fixtures/Train"
SHAPES = {"one": [1], "vector": [37], "square": [8, 8], "wide": [5, 67], "tall": [33, 3], "row": [1, 9],
          "stack": [2, 3, 5]}
RATES = [1e-2, 8e-3, 2e-2, 5e-3, 0.0, 1e-2]


def trainer_adafactor(parameters, **keywords):
    return Adafactor(parameters, **{"scale_parameter": False, "relative_step": False, **keywords})


SGD, ADAMW = torch.optim.SGD, torch.optim.AdamW
# The name, the options of a pipeline file, what makes the reference, and its keywords.
CASES = [
    ("adamw", {}, ADAMW, {"weight_decay": 0.0}),
    ("adamw-own", {"optim": {"adamw_torch": {"adam_beta2": 0.98, "eps": 1e-6}}, "weight-decay": 0.1},
     ADAMW, {"betas": (0.9, 0.98), "eps": 1e-6, "weight_decay": 0.1}),
    ("adamw-top", {"adam_beta1": 0.8, "weight-decay": 0.1}, ADAMW, {"betas": (0.8, 0.999), "weight_decay": 0.1}),
    ("sgd", {"optimizer": "sgd"}, SGD, {}),
    ("sgd-decay", {"optimizer": "sgd", "weight-decay": 0.1, "max-grad-norm": 0.5}, SGD, {"weight_decay": 0.1}),
    ("sgd-momentum", {"optimizer": {"sgd": {"momentum": 0.9}}}, SGD, {"momentum": 0.9}),
    ("sgd-dampening", {"optimizer": {"sgd": {"momentum": 0.9, "dampening": 0.3}}, "weight-decay": 0.1,
                       "max-grad-norm": 0.5},
     SGD, {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    ("sgd-nesterov", {"optimizer": {"sgd": {"momentum": 0.8, "nesterov": True}}, "weight-decay": 0.1},
     SGD, {"momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    ("lion", {"optim": "lion_32bit"}, Lion, {}),
    ("lion-decay", {"optimizer": {"lion": {"beta1": 0.95, "beta2": 0.98}}, "weight-decay": 0.1,
                    "max-grad-norm": 0.5},
     Lion, {"betas": (0.95, 0.98), "weight_decay": 0.1}),
    ("adafactor", {"optim": "adafactor"}, trainer_adafactor, {}),
    ("adafactor-decay", {"optimizer": "adafactor", "weight-decay": 0.1, "max-grad-norm": 0.5},
     trainer_adafactor, {"weight_decay": 0.1}),
    ("adafactor-scale", {"optimizer": {"adafactor": {"scale-parameter": True}}, "weight-decay": 0.1},
     trainer_adafactor, {"scale_parameter": True, "weight_decay": 0.1}),
    ("adafactor-relative", {"optimizer": {"adafactor": {"scale_parameter": True, "relative_step": True}}},
     trainer_adafactor, {"scale_parameter": True, "relative_step": True, "lr": None}),
    ("adafactor-warmup", {"optimizer": {"adafactor": {"relative-step": True, "warmup-init": True}}},
     trainer_adafactor, {"relative_step": True, "warmup_init": True, "lr": None}),
    ("adafactor-mean", {"optimizer": {"adafactor": {"beta1": 0.9, "clip-threshold": 0.5, "decay-rate": -0.6,
                                                    "eps": [1e-8, 1e-2]}}, "weight-decay": 0.1},
     trainer_adafactor, {"beta1": 0.9, "clip_threshold": 0.5, "decay_rate": -0.6, "eps": (1e-8, 1e-2),
                         "weight_decay": 0.1}),
]
STATE = ["exp_avg", "exp_avg_sq", "exp_avg_sq_row", "exp_avg_sq_col", "momentum_buffer"]


def start():
    generator = torch.Generator().manual_seed(8)
    values = {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
    steps = []
    for step in range(len(RATES)):
        scale = [1.0, 3.0, 1e-3, 0.3, 1.0, 10.0][step]
        steps.append({name: scale * torch.randn(shape, generator=generator) for name, shape in SHAPES.items()})
    # Values without gradient: a whole row, and a whole step of one vector.
    for gradients in steps:
        gradients["tall"][4] = 0
    steps[1]["vector"].zero_()
    return values, steps


def run(name, train, make, keywords, values, gradients, tensors):
    parameters = {key: torch.nn.Parameter(value.clone()) for key, value in values.items()}
    optimizer = make(parameters.values(), **{"lr": RATES[0], **keywords})
    norm = train.get("max-grad-norm", 0)
    for step, rate in enumerate(RATES):
        if optimizer.param_groups[0]["lr"] is not None:
            optimizer.param_groups[0]["lr"] = rate
        for key, parameter in parameters.items():
            parameter.grad = gradients[step][key].clone()
        if norm:
            torch.nn.utils.clip_grad_norm_(parameters.values(), norm)
        optimizer.step()
        for key, parameter in parameters.items():
            tensors[f"{name}.{step}.{key}"] = parameter.detach().clone()
    for key, parameter in parameters.items():
        for entry in STATE:
            kept = optimizer.state[parameter].get(entry)
            if kept is not None:
                tensors[f"{name}.state.{key}.{entry}"] = kept.clone()


def average(values, gradients, tensors):
    """Torch's moving average of what parameters are behind each step: here start + gradient."""
    model = torch.nn.ParameterDict({key: torch.nn.Parameter(value.clone()) for key, value in values.items()})
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    for gradient in gradients:
        with torch.no_grad():
            for key in SHAPES:
                model[key].copy_(values[key] + gradient[key])
        averaged.update_parameters(model)
    for key in SHAPES:
        tensors[f"average.{key}"] = averaged.module[key].detach().clone()


def neftune():
    """The bound and the spread of the hook's noise, for lengths, widths and alphas."""
    torch.manual_seed(8)
    for length, width, alpha in [(1, 512, 5.0), (7, 384, 5.0), (64, 256, 15.0)]:
        module = torch.nn.Module()
        module.neftune_noise_alpha = alpha
        noise = torch.cat([neftune_post_forward_hook(module, None, torch.zeros(1, length, width)).flatten()
                           for _ in range(200)])
        yield {"length": length, "width": width, "alpha": alpha, "bound": noise.abs().max().item(),
               "deviation": noise.std().item()}


def main():
    values, gradients = start()
    tensors = {f"start.{key}": value for key, value in values.items()}
    for step, all_gradients in enumerate(gradients):
        tensors |= {f"gradient.{step}.{key}": value for key, value in all_gradients.items()}
    for case in CASES:
        run(*case, values, gradients, tensors)
    average(values, gradients, tensors)
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous() for key, value in tensors.items()}, FOLDER / "optimizers.safetensors")
    description = {
        "command": "python Scripts/train_optimizers_reference.py",
        "versions": {name: importlib.metadata.version(name) if name != "torch" else torch.__version__.split("+")[0]
                     for name in ["torch", "transformers", "lion-pytorch"]},
        "rates": RATES, "parameters": list(SHAPES),
        "cases": [{"name": name, "train": train} for name, train, _, _ in CASES],
        "neftune": list(neftune())}
    (FOLDER / "optimizers.json").write_text(json.dumps(description, indent=1) + "\n")


if __name__ == "__main__":
    main()
