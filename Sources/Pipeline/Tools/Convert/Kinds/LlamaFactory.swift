extension ConfigKind {
  /// LLaMA-Factory's yaml of `llamafactory-cli train`.
  static let llamaFactory = ConfigKind(
    name: "llama-factory", title: "LLaMA-Factory",
    marks: ["model_name_or_path", "finetuning_type", "stage", "dataset", "cutoff_len"],
    rules: rulesOfLlamaFactory,
    defaults: trainingArguments.defaults + [("max-length", "2048")], method: "lora",
    adapterDefaults: [("targets", "all-linear")])

  private static let rulesOfLlamaFactory: [String: ConfigRule] = trainingArgumentRules.merging(
    [
      "model_name_or_path": .special(.model),
      "adapter_name_or_path": .cannot("training begins with new updates; merge the adapter first"),
      "stage": .special(.task), "finetuning_type": .special(.method),
      "lora_rank": .adapter("rank"), "lora_alpha": .adapter("alpha"),
      "lora_dropout": .adapter("dropout"), "lora_target": .special(.targets),
      "additional_target": .adapter("modules-to-save"),
      "use_rslora": .special(.adapterFlag("rslora")),
      "use_dora": .special(.adapterFlag("dora")),
      "loraplus_lr_ratio": .adapter("loraplus-lr-ratio"),
      "pissa_init": .cannot("write init: pissa in method: {lora: …}"),
      "quantization_bit": .special(.fourBits), "quantization_method": .needless("4 bits are NF4"),
      "quantization_type": .needless("4 bits are NF4"),
      "double_quantization": .needless("the constants of NF4 are quantised too"),
      "freeze_trainable_layers": .cannot("write method: {freeze: …}"),
      "dataset": .special(.data),
      "dataset_dir": .needless("it is where the files of dataset were looked for"),
      "eval_dataset": .cannot("the evaluation sides are taken from the data by split"),
      "val_size": .special(.validation), "max_samples": .special(.limit),
      "cutoff_len": .train("max-length"), "template": .objective("template"),
      "default_system": .cannot("write the system turn into the records"),
      "train_on_prompt": .objective("train-on"), "mask_history": .special(.lastAnswer),
      "neat_packing": .train("packing"),
      "pure_bf16": .special(.precision("bf16")),
      "mix_strategy": .special(.mixing), "interleave_probs": .special(.mixing),
      "streaming": .needless("records are never all in memory"),
      "overwrite_cache": .needless("what has changed is made anew"),
      "preprocessing_num_workers": .needless("records are read by --threads threads"),
      "plot_loss": .needless("the page of a run draws the loss"),
      "compute_accuracy": .cannot("name metrics under evaluate"),
      "predict_with_generate": .cannot("name metrics of texts under evaluate"),
      "early_stopping_steps": .train("early-stopping"),
      "trust_remote_code": .needless("no code of a model is run"),
      "flash_attn": .needless("attention is fused"),
      "enable_liger_kernel": .needless("kernels are fused"),
      "rope_scaling": .cannot("positions are those of the model's configuration"),
      "cache_dir": .needless("models are looked for in the hub's cache"),
    ]) { $1 }
}
