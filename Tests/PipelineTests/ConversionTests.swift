import Pipeline
import Records
import Stages
import TestSupport
import Testing
import Train

@Suite struct `Config files of other trainers` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func convert(
    _ text: String, _ name: String = "config.yaml", from kind: String? = nil
  ) throws -> ConfigConversion {
    try ConfigConversion(
      path: folder.write(text, to: name), kind: kind, out: "\(folder.path)/pipeline.yaml")
  }

  /// The written file's `train:` as the planner reads it, defaults included.
  private func training(_ conversion: ConfigConversion) throws -> JSONValue {
    #expect(conversion.faults.isEmpty, "\(conversion.faults)")
    let file = try PipelineFile(text: conversion.text, path: "p.yaml", base: folder.path)
    let node = try #require(file.root["train"])
    var diagnostics = Diagnostics()
    let values = ParameterValues.read(
      TrainingOptions.parameters, from: node, owner: "train", into: &diagnostics)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
    return .object(try #require(values).encoded)
  }

  /// Where the written file reads records from.
  private func paths(_ file: PipelineFile) -> [String] {
    guard case .list(let stages)? = file.root["stages"]?.value else { return [] }
    return stages.compactMap { stage in
      guard case .scalar(let path, _)? = stage["ingest"]?["path"]?.value else { return nil }
      return path
    }
  }

  private func lost(_ conversion: ConfigConversion) -> [String] {
    conversion.lines.filter(\.isLost).map(\.key)
  }

  /// Whether an option is there: some are younger than others.
  private func has(_ name: String) -> Bool {
    TrainingOptions.parameters.contains { $0.name == name }
  }

  @Test func `TrainingArguments of Hugging Face`() throws {
    let conversion = try convert(
      """
      {
        "output_dir": "out", "per_device_train_batch_size": 16, "num_train_epochs": 4,
        "learning_rate": 3e-05, "weight_decay": 0.01, "warmup_ratio": 0.1, "seed": 7,
        "lr_scheduler_type": "cosine", "optim": "adamw_torch_fused", "max_steps": -1,
        "label_smoothing_factor": 0.1, "metric_for_best_model": "eval_accuracy",
        "load_best_model_at_end": true, "gradient_checkpointing": false, "fsdp": [],
        "deepspeed": null, "fp16": false, "eval_strategy": "epoch", "save_total_limit": 2,
        "data_seed": 11, "made_up_key": "value", "hub_token": "hf_abc", "my_api_key": "hf_def",
        "gradient_checkpointing_kwargs": null, "hub_strategy": "every_save"
      }
      """, "args.json")
    #expect(conversion.source == "Hugging Face TrainingArguments")
    let train = try training(conversion)
    #expect(train["batch-size"]?.int == 16 && train["epochs"]?.double == 4)
    #expect(train["learning-rate"]?.double == 3e-5 && train["weight-decay"]?.double == 0.01)
    #expect(train["schedule"]?["cosine"] != nil && train["best-metric"]?.string == "accuracy")
    #expect(train["max-steps"] == .null && train["keep-checkpoints"]?.int == 2)
    #expect(train["objective"]?["classification"]?["label-smoothing"]?.double == 0.1)
    #expect(lost(conversion) == ["data_seed", "made_up_key", "my_api_key"])
    let told = conversion.text + JSONValue.object(conversion.object).text
    #expect(!told.contains("hf_abc") && !told.contains("hf_def"), "a secret is told")
    #expect(conversion.text.contains("# Not converted: made_up_key: value"))
    #expect(conversion.text.contains("seed: 7"))
    #expect(conversion.assumptions.contains { $0.hasPrefix("model: ") })
  }

  @Test func `LLaMA-Factory`() throws {
    try folder.write(
      #"{"alpaca_en": {"file_name": "alpaca_en.json"}, "hub": {"hf_hub_url": "a/b"}}"#,
      to: "data/dataset_info.json")
    let conversion = try convert(
      """
      ### model
      model_name_or_path: meta-llama/Meta-Llama-3-8B-Instruct
      trust_remote_code: true
      ### method
      stage: sft
      do_train: true
      finetuning_type: lora
      lora_rank: 16
      lora_target: all
      ### dataset
      dataset: alpaca_en,hub,missing
      template: llama3
      cutoff_len: 1024
      max_samples: 1000
      val_size: 0.1
      ### train
      per_device_train_batch_size: 1
      gradient_accumulation_steps: 8
      learning_rate: 1.0e-4
      num_train_epochs: 3.0
      lr_scheduler_type: cosine
      warmup_ratio: 0.1
      bf16: true
      mask_history: true
      neftune_noise_alpha: 5
      """)
    #expect(conversion.source == "LLaMA-Factory")
    let train = try training(conversion)
    let lora = train["method"]?["lora"]
    #expect(lora?["rank"]?.int == 16 && lora?["targets"]?.array == ["all-linear"])
    #expect(train["model"]?.string == "meta-llama/Meta-Llama-3-8B-Instruct")
    #expect(train["objective"]?["causal"]?["template"]?.string == "llama3")
    #expect(train["objective"]?["causal"]?["train-on"]?.string == "last")
    #expect(train["max-length"]?.int == 1024 && train["precision"]?.string == "bf16")
    #expect(train["gradient-accumulation-steps"]?.int == 8)
    #expect(conversion.text.contains("path: data/alpaca_en.json"))
    #expect(conversion.text.contains("hf://datasets/a/b"))
    #expect(conversion.text.contains("validation: 0.1"))
    let noise = has("neftune-noise-alpha") ? [] : ["neftune_noise_alpha"]
    #expect(lost(conversion) == ["dataset"] + noise)
  }

  @Test func `LLaMA-Factory's mixing of data sets`() throws {
    try folder.write(
      #"{"domain": {"file_name": "domain.json"}, "general": {"hf_hub_url": "a/b"}}"#,
      to: "data/dataset_info.json")
    func converted(_ lines: String) throws -> ConfigConversion {
      try convert(
        """
        model_name_or_path: a/model
        stage: sft
        dataset: domain, general
        template: llama3
        \(lines)
        """)
    }
    let under = try converted("mix_strategy: interleave_under\ninterleave_probs: 0.8, 0.2")
    #expect(lost(under) == [])
    let mixture = try training(under)["mixture"]
    #expect(mixture?["weights"] == ["domain": 0.8, "general": 0.2])
    #expect(mixture?["until"] == "first" && mixture?["by"] == "source")
    let file = try PipelineFile(text: under.text, path: "p.yaml", base: folder.path)
    guard case .list(let stages)? = file.root["stages"]?.value else { return #expect(Bool(false)) }
    let names = stages.compactMap { stage -> String? in
      guard case .scalar(let name, _)? = stage["ingest"]?["name"]?.value else { return nil }
      return name
    }
    #expect(names == ["domain", "general"])
    let over = try converted("mix_strategy: interleave_over")
    #expect(try training(over)["mixture"]?["weights"] == ["domain": 1.0, "general": 1.0])
    #expect(try training(over)["mixture"]?["until"] == "last")
    let concat = try converted("mix_strategy: concat\ninterleave_probs: 0.8,0.2")
    #expect(lost(concat) == [] && !concat.text.contains("mixture"))
    for lines in ["interleave_probs: 0.8", "interleave_probs: 1,0", "interleave_probs: a,b"] {
      let wrong = try converted("mix_strategy: interleave_under\n\(lines)")
      #expect(lost(wrong) == ["mix_strategy", "interleave_probs"], "\(lines)")
      #expect(!wrong.text.contains("mixture"))
    }
    #expect(lost(try converted("mix_strategy: interleave_once")) == ["mix_strategy"])
  }

  @Test func axolotl() throws {
    let conversion = try convert(
      """
      base_model: NousResearch/Llama-3.2-1B
      load_in_8bit: false
      datasets:
        - path: teknium/GPT4-LLM-Cleaned
          type: alpaca
        - path: org/chats
          type: chat_template
          field_messages: turns
      val_set_size: 0.05
      sequence_len: 2048
      sample_packing: true
      adapter: lora
      lora_r: 16
      lora_alpha: 32
      lora_dropout: 0.05
      lora_target_modules: [gate_proj, down_proj, q_proj]
      wandb_project:
      gradient_accumulation_steps: 2
      micro_batch_size: 2
      num_epochs: 1
      optimizer: adamw_8bit
      lr_scheduler: cosine
      learning_rate: 0.0002
      bf16: auto
      gradient_checkpointing: true
      train_on_inputs: false
      warmup_ratio: 0.1
      evals_per_epoch: 4
      special_tokens:
        pad_token: "<|end_of_text|>"
      """)
    #expect(conversion.source == "axolotl")
    let train = try training(conversion)
    let lora = train["method"]?["lora"]
    #expect(lora?["alpha"]?.double == 32 && lora?["dropout"]?.double == 0.05)
    #expect(lora?["targets"]?.array == ["gate_proj", "down_proj", "q_proj"])
    #expect(train["packing"]?.bool == true && train["activation-checkpointing"]?.bool == true)
    #expect(train["objective"]?["causal"]?["train-on"]?.string == "completions")
    #expect(train["batch-size"]?.int == 2 && train["precision"]?.string == "auto")
    #expect(conversion.text.contains("hf://datasets/teknium/GPT4-LLM-Cleaned"))
    #expect(conversion.text.contains("messages: turns"))
    #expect(lost(conversion) == ["optimizer", "evals_per_epoch", "special_tokens.pad_token"])
  }

  @Test func `mlx-lm, with its scale and its steps`() throws {
    let conversion = try convert(
      """
      model: "mlx-community/Llama-3.2-1B-Instruct"
      train: true
      fine_tune_type: lora
      optimizer: adamw
      data: "./data"
      seed: 0
      num_layers: 16
      batch_size: 2
      iters: 600
      learning_rate: 1e-5
      steps_per_report: 20
      steps_per_eval: 200
      adapter_path: "adapters"
      save_every: 100
      mask_prompt: true
      max_seq_length: 1024
      lora_parameters:
        keys: ["self_attn.q_proj", "self_attn.v_proj"]
        rank: 8
        scale: 20.0
        dropout: 0.0
      lr_schedule:
        name: cosine_decay
        warmup: 100
        arguments: [1e-5, 600, 1e-7]
      """)
    #expect(conversion.source == "mlx-lm")
    let train = try training(conversion)
    #expect(train["method"]?["lora"]?["alpha"]?.double == 160)
    #expect(train["max-steps"]?.int == 600 && (train["epochs"]?.double ?? 0) > 1000)
    #expect(train["warmup-steps"]?.int == 100 && train["schedule"]?["cosine"] != nil)
    #expect(train["logging-steps"]?.int == 20 && train["save-steps"]?.int == 100)
    #expect(conversion.text.contains("data/train.jsonl"))
    #expect(lost(conversion) == ["num_layers", "steps_per_eval", "lr_schedule.arguments"])
  }

  @Test func `torchtune, with values that refer to others`() throws {
    let conversion = try convert(
      """
      output_dir: /tmp/torchtune/llama3_2_1B/lora
      model_dir: /tmp/Llama-3.2-1B
      tokenizer:
        _component_: torchtune.models.llama3.llama3_tokenizer
        path: ${model_dir}/original/tokenizer.model
        max_seq_len: 512
      model:
        _component_: torchtune.models.llama3_2.lora_llama3_2_1b
        lora_attn_modules: ['q_proj', 'v_proj', 'output_proj']
        apply_lora_to_mlp: True
        lora_rank: 64
        lora_alpha: 128
      checkpointer:
        _component_: torchtune.training.FullModelHFCheckpointer
        checkpoint_dir: ${model_dir}
        model_type: LLAMA3_2
      dataset:
        _component_: torchtune.datasets.alpaca_cleaned_dataset
        packed: False
      seed: null
      batch_size: 4
      optimizer:
        _component_: torch.optim.AdamW
        fused: True
        weight_decay: 0.02
        lr: 3e-4
      lr_scheduler:
        _component_: torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup
        num_warmup_steps: 100
      epochs: 1
      max_steps_per_epoch: null
      dtype: bf16
      device: cuda
      """)
    #expect(conversion.source == "torchtune")
    let train = try training(conversion)
    let lora = train["method"]?["lora"]
    #expect(
      lora?["targets"]?.array == [
        "q_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
      ])
    #expect(lora?["rank"]?.int == 64 && lora?["alpha"]?.double == 128)
    #expect(train["model"]?.string == "/tmp/Llama-3.2-1B")
    #expect(train["learning-rate"]?.double == 3e-4 && train["weight-decay"]?.double == 0.02)
    #expect(train["schedule"]?["cosine"] != nil && train["warmup-steps"]?.int == 100)
    #expect(train["max-length"]?.int == 512 && train["precision"]?.string == "bf16")
    #expect(conversion.text.contains("hf://datasets/yahma/alpaca-cleaned"))
    #expect(lost(conversion).isEmpty)
  }

  @Test(arguments: [
    ["finetuning_type: lora", "quantization_bit: 4", "model_name_or_path: m", "lora_rank: 16"],
    ["adapter: lora", "load_in_4bit: true", "base_model: m", "lora_r: 16"],
    ["adapter: qlora", "load_in_4bit: true", "base_model: m", "lora_r: 16"],
    ["adapter: qlora", "load_in_4bit: false", "base_model: m", "lora_r: 16"],
  ])
  func `a base of 4 bits stays one, whichever key comes first`(_ lines: [String]) throws {
    for (number, lines) in [lines, lines.reversed()].enumerated() {
      let conversion = try convert(lines.joined(separator: "\n"), "\(number).yaml")
      let method = try training(conversion)["method"]?["qlora"]
      #expect(method?["rank"]?.int == 16, "\(conversion.text)")
      #expect(lost(conversion).isEmpty)
      let said = conversion.lines.first { ["adapter", "finetuning_type"].contains($0.key) }
      guard case .converted("train.method: qlora")? = said?.outcome else {
        Issue.record("\(said as Any)")
        continue
      }
    }
  }

  @Test(arguments: [
    ["finetuning_type: dora", "quantization_bit: 4", "model_name_or_path: m", "lora_rank: 16"],
    ["finetuning_type: full", "quantization_bit: 4", "model_name_or_path: m", "lora_rank: 16"],
    ["use_dora: true", "quantization_bit: 4", "model_name_or_path: m", "lora_rank: 16"],
    ["adapter: dora", "load_in_4bit: true", "base_model: m", "lora_r: 16"],
    ["adapter: qdora", "load_in_4bit: false", "base_model: m", "lora_r: 16"],
    ["peft_use_dora: true", "load_in_4bit: true", "base_model: m", "lora_r: 16"],
  ])
  func `what does not go with 4 bits is told, whichever key comes first`(
    _ lines: [String]
  ) throws {
    for (number, lines) in [lines, lines.reversed()].enumerated() {
      let conversion = try convert(lines.joined(separator: "\n"), "\(number).yaml")
      let method = try training(conversion)["method"]?["qlora"]
      #expect(method?["rank"]?.int == 16 && method?["dora"]?.bool == false)
      #expect(lost(conversion).count == 1)
      #expect(conversion.text.contains("of a base in 4 bits"), "\(conversion.text)")
    }
  }

  @Test(arguments: [
    ["max_samples: 100", "dataset: one,two"], ["dataset: one,two", "max_samples: 100"],
    ["max_samples: 100", "model_name_or_path: m"],
  ])
  func `a limit is of every source, wherever it stands`(_ lines: [String]) throws {
    try folder.write(
      #"{"one": {"file_name": "1.json"}, "two": {"file_name": "2.json"}}"#,
      to: "data/dataset_info.json")
    let text = (lines + ["stage: sft", "cutoff_len: 64"]).joined(separator: "\n")
    let conversion = try convert(text)
    #expect(conversion.faults.isEmpty && lost(conversion).isEmpty)
    let sources = conversion.text.split(separator: "\n").count { $0.contains("- ingest:") }
    let limits = conversion.text.split(separator: "\n").count { $0.contains("limit: 100") }
    #expect(sources == (lines.contains("dataset: one,two") ? 2 : 1))
    #expect(limits == sources, "\(conversion.text)")
  }

  @Test(arguments: ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"])
  func `what is told of a file stays within its comments`(_ end: String) throws {
    let escaped = end.unicodeScalars.map {
      "\\u" + String($0.value + 0x10000, radix: 16).dropFirst()
    }
    let text =
      #"{"num_train_epochs": 1, "per_device_train_batch_size": 2, "#
      + #""made_up": "value\#(escaped.joined())seed: 99"}"#
    let conversion = try convert(text, "a\(end)name: other.json")
    #expect(lost(conversion) == ["made_up"])
    #expect(conversion.text.contains("# Not converted: made_up: value seed: 99 ("))
    #expect(conversion.text.hasPrefix("# From a name: other.json ("))
    let file = try PipelineFile(text: conversion.text, path: "p.yaml", base: folder.path)
    #expect(file.root["seed"] == nil && file.root["stages"] != nil)
  }

  @Test func `what a key means holds for the places of its list`() throws {
    let conversion = try convert(
      """
      base_model: m
      micro_batch_size: 1
      test_datasets:
        - path: test.jsonl
      tokens: [{a: b}]
      """)
    #expect(lost(conversion) == ["test_datasets[].path", "tokens[].a"])
    #expect(conversion.text.contains("(the evaluation sides are taken from the data by split)"))
    #expect(conversion.text.contains("(tokens are those of the model's tokenizer)"))
  }

  @Test func `a list of files within a data set takes no other data set's place`() throws {
    let conversion = try convert(
      """
      base_model: m
      micro_batch_size: 1
      datasets:
        - path: json
          data_files: [a.jsonl, b.jsonl]
        - path: org/second
        - path: json
          data_files: [c.jsonl]
      """)
    #expect(lost(conversion) == ["datasets[].data_files"])
    let file = try PipelineFile(text: conversion.text, path: "p.yaml", base: folder.path)
    #expect(paths(file) == ["data.jsonl", "hf://datasets/org/second", "c.jsonl"])
    #expect(conversion.text.contains("# Not converted: datasets[].data_files: [a.jsonl, b.jsonl]"))
  }

  @Test func `every value of a file has one line, and what is unknown is never dropped`() throws {
    let conversion = try convert(
      """
      base_model: m
      micro_batch_size: 1
      unknown: {a: 1, b: [1, 2], c: [{d: x}, {d: ""}], e: {}}
      learning_rate: fast
      lora_r: 8
      """)
    let keys = conversion.lines.map(\.key)
    #expect(
      keys == [
        "base_model", "micro_batch_size", "unknown.a", "unknown.b", "unknown.c[].d",
        "unknown.c[].d", "unknown.e", "learning_rate", "lora_r",
      ])
    #expect(
      lost(conversion) == ["unknown.a", "unknown.b", "unknown.c[].d", "learning_rate"])
    #expect(conversion.lines.map(\.place.line) == [1, 2, 3, 3, 3, 3, 3, 4, 5])
    #expect(conversion.faults.isEmpty)
  }

  @Test func `what is no such file is refused, and so is a kind that is none`() throws {
    let strange = try folder.write("a: 1\nb: 2\n", to: "strange.yaml")
    let unknown = #expect(throws: Diagnostics.self) {
      try ConfigConversion(path: strange, kind: nil)
    }
    #expect(unknown?.description.contains("--from") == true)
    let kind = #expect(throws: Diagnostics.self) {
      try ConfigConversion(path: strange, kind: "axolot")
    }
    #expect(kind?.description.contains("did you mean 'axolotl'?") == true)
    let forced = try ConfigConversion(path: strange, kind: "mlx")
    #expect(forced.lines.allSatisfy(\.isLost) && forced.faults.isEmpty)
  }
}
