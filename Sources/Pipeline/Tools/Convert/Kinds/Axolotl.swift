extension ConfigKind {
  /// axolotl's yaml.
  static let axolotl = ConfigKind(
    name: "axolotl", title: "axolotl", rules: rulesOfAxolotl,
    defaults: [
      ("batch-size", "1"), ("epochs", "1"), ("max-length", "512"), ("schedule", "cosine"),
    ])

  private static let rulesOfAxolotl: [String: ConfigRule] = {
    let own: [String: ConfigRule] = [
      "base_model": .special(.model), "adapter": .special(.method), "rl": .special(.task),
      "reward_model": .cannot("reward models are not trained"),
      "lora_model_dir": .cannot("training begins with new updates; merge the adapter first"),
      "lora_r": .adapter("rank"), "lora_alpha": .adapter("alpha"),
      "lora_dropout": .adapter("dropout"), "lora_target_modules": .special(.targets),
      "lora_target_linear": .special(.allLinear),
      "lora_modules_to_save": .adapter("modules-to-save"),
      "peft_use_rslora": .special(.adapterFlag("rslora")),
      "peft_use_dora": .special(.adapterFlag("dora")),
      "loraplus_lr_ratio": .adapter("loraplus-lr-ratio"),
      "load_in_4bit": .special(.fourBits), "load_in_8bit": .cannot("a base has 4 bits or all"),
      "unfrozen_parameters": .cannot("write method: {freeze: …}"),
      "datasets[].path": .special(.data), "datasets[].data_files": .special(.data),
      "datasets[].type": .special(.dataForm),
      "datasets[].ds_type": .needless("a file's format goes by its name"),
      "datasets[].field": .special(.field("text")),
      "datasets[].text_column": .special(.field("text")),
      "datasets[].field_messages": .special(.field("messages")),
      "datasets[].field_instruction": .special(.field("instruction")),
      "datasets[].field_input": .special(.field("input")),
      "datasets[].field_output": .special(.field("output")),
      "test_datasets": .cannot("the evaluation sides are taken from the data by split"),
      "val_set_size": .special(.validation),
      "dataset_prepared_path": .needless("a run keeps what its stages made"),
      "dataset_processes": .needless("records are read by --threads threads"),
      "sequence_len": .train("max-length"), "sample_packing": .train("packing"),
      "eval_sample_packing": .needless("packing changes no score"),
      "pad_to_sequence_len": .needless("padding changes no result"),
      "chat_template": .objective("template"), "chat_template_jinja": .objective("template"),
      "train_on_inputs": .objective("train-on"),
      "micro_batch_size": .train("batch-size"), "num_epochs": .train("epochs"),
      "lr_scheduler": .special(.courseOfRate), "cosine_min_lr_ratio": .schedule("min-ratio"),
      "optimizer": .special(.optimizer),
      "bf16": .special(.numberType), "fp16": .special(.precision("fp16")),
      "float16": .special(.precision("fp16")), "bfloat16": .special(.precision("bf16")),
      "gradient_checkpointing": .train("activation-checkpointing"),
      "gradient_checkpointing_kwargs": .needless("there is one way to compute layers again"),
      "early_stopping_patience": .train("early-stopping"),
      "evals_per_epoch": .cannot("the validation side is looked at after each epoch"),
      "saves_per_epoch": .cannot("write train.save-steps"),
      "loss_watchdog_threshold": .cannot("a loss that is no number ends a run by itself"),
      "flash_attention": .needless("attention is fused"),
      "xformers_attention": .needless("attention is fused"),
      "sdp_attention": .needless("attention is fused"),
      "strict": .needless("unknown keys are always faults"),
      "special_tokens": .cannot("tokens are those of the model's tokenizer"),
      "tokens": .cannot("tokens are those of the model's tokenizer"),
      "model_type": .needless("the model's configuration says what it is"),
      "tokenizer_type": .needless("the tokenizer's file says what it is"),
      "trust_remote_code": .needless("no code of a model is run"),
    ]
    var rules = trainingArgumentRules.merging(own) { $1 }
    for key in ["wandb_project", "wandb_entity", "wandb_watch", "wandb_name", "wandb_log_model"] {
      rules[key] = .needless("the run writes its own logs and page")
    }
    return rules
  }()
}
