extension ConfigKind {
  /// Hugging Face's TrainingArguments and TRL's SFTConfig, as `to_json_string` writes them.
  static let trainingArguments = ConfigKind(
    name: "hf", title: "Hugging Face TrainingArguments", rules: trainingArgumentRules,
    defaults: [
      ("batch-size", "8"), ("learning-rate", "5e-5"), ("epochs", "3"),
    ], objective: "classification")

  /// Also what LLaMA-Factory takes over.
  static let trainingArgumentRules: [String: ConfigRule] = {
    var rules: [String: ConfigRule] = [
      "per_device_train_batch_size": .train("batch-size"),
      "train_batch_size": .train("batch-size"),
      "gradient_accumulation_steps": .train("gradient-accumulation-steps"),
      "num_train_epochs": .train("epochs"),
      "max_steps": .special(.maxSteps),
      "learning_rate": .train("learning-rate"),
      "weight_decay": .train("weight-decay"),
      "adam_beta1": .train("beta1"), "adam_beta2": .train("beta2"),
      "adam_epsilon": .train("epsilon"),
      "max_grad_norm": .train("max-grad-norm"),
      "lr_scheduler_type": .special(.courseOfRate),
      "lr_scheduler_kwargs.num_cycles": .schedule("cycles"),
      "lr_scheduler_kwargs.min_lr_rate": .schedule("min-ratio"),
      "lr_scheduler_kwargs.power": .schedule("power"),
      "lr_scheduler_kwargs.lr_end": .schedule("end"),
      "lr_scheduler_kwargs.num_decay_steps": .schedule("decay-steps"),
      "lr_scheduler_kwargs.num_stable_steps": .schedule("stable-steps"),
      "warmup_ratio": .train("warmup-ratio"), "warmup_steps": .special(.warmup),
      "optim": .special(.optimizer),
      "optim_args": .cannot("arguments of an optimizer are written as train.optimizer"),
      "label_smoothing_factor": .objective("label-smoothing"),
      "neftune_noise_alpha": .train("neftune-noise-alpha"),
      "bf16": .special(.precision("bf16")), "fp16": .special(.precision("fp16")),
      "tf32": .needless("precision auto takes the fastest numbers near fp32"),
      "gradient_checkpointing": .train("activation-checkpointing"),
      "seed": .special(.seed),
      "data_seed": .cannot("one seed serves everything"),
      "logging_steps": .train("logging-steps"), "save_steps": .train("save-steps"),
      "save_total_limit": .train("keep-checkpoints"),
      "metric_for_best_model": .special(.bestMetric),
      "greater_is_better": .needless("each metric knows which way is better"),
      "load_best_model_at_end": .needless("the best model by best-metric is what is kept"),
      "early_stopping_patience": .train("early-stopping"),
      "eval_strategy": .needless("the validation side is looked at after each epoch"),
      "evaluation_strategy": .needless("the validation side is looked at after each epoch"),
      "eval_steps": .cannot("the validation side is looked at after each epoch"),
      "save_strategy": .needless("a checkpoint is saved each epoch, or each save-steps"),
      "group_by_length": .cannot("batches are drawn, not sorted by length"),
      "max_length": .train("max-length"), "max_seq_length": .train("max-length"),
      "packing": .train("packing"),
      "completion_only_loss": .special(.masksPrompts),
      "assistant_only_loss": .special(.masksPrompts),
      "dataset_text_field": .special(.field("text")),
      "chat_template_path": .objective("template"),
      "auto_find_batch_size": .cannot("write the batch size that fits"),
      "resume_from_checkpoint": .needless("a run that was stopped goes on by itself"),
      "ignore_data_skip": .cannot("a run goes on with the record it was at"),
      "deepspeed": .cannot("training is on one machine"),
      "fsdp": .cannot("training is on one machine"),
      "torch_compile": .needless("kernels are compiled ahead"),
    ]
    let needless = [
      ("the run folder is named by --out", ["output_dir", "overwrite_output_dir", "run_name"]),
      ("a run does all of it", ["do_train", "do_eval", "do_predict"]),
      (
        "the run writes its own logs and page",
        [
          "report_to", "logging_dir", "logging_strategy", "logging_first_step", "log_level",
          "disable_tqdm", "project", "include_tokens_per_second",
        ]
      ),
      (
        "records are read by --threads threads",
        ["dataloader_num_workers", "dataloader_pin_memory", "dataloader_prefetch_factor"]
      ),
      ("safetensors are always written", ["save_safetensors"]),
      ("the program runs on the processor", ["use_cpu", "no_cuda", "ddp_timeout", "local_rank"]),
      ("runs are always deterministic", ["full_determinism"]),
      (
        "it says nothing of the training",
        ["per_device_eval_batch_size", "remove_unused_columns", "save_only_model"]
      ),
    ]
    for (reason, keys) in needless {
      for key in keys { rules[key] = .needless(reason) }
    }
    return rules
  }()
}
