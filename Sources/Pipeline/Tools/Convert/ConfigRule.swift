/// What one key of another trainer's file becomes.
enum ConfigRule: Sendable {
  /// A key of `train:` with the same values.
  case train(String)
  /// A parameter of the method LoRA.
  case adapter(String)
  /// A parameter of the objective.
  case objective(String)
  /// A parameter of the schedule.
  case schedule(String)
  /// What takes more than a name.
  case special(ConfigRole)
  /// There is nothing to convert, because.
  case needless(String)
  /// It cannot be converted, because.
  case cannot(String)
}

/// What a key means where its value does not go over as it stands.
enum ConfigRole: Sendable {
  /// The model that training begins with.
  case model
  /// What is updated: LoRA, everything, ….
  case method
  /// Turns on LoRA's 4-bit base.
  case fourBits
  /// What is minimised.
  case task
  /// The seed of everything.
  case seed
  /// Files, hub names, or names in LLaMA-Factory's dataset_info.json.
  case data
  /// mlx-lm's folder of train.jsonl, valid.jsonl and test.jsonl.
  case dataFolder
  /// The form of the records.
  case dataForm
  /// The field that a text, question or answer is read from.
  case field(String)
  /// The most records to read.
  case limit
  /// The share of records for validation.
  case validation
  /// How LLaMA-Factory mixes data sets.
  case mixing
  /// True asks for a precision.
  case precision(String)
  /// torchtune's or axolotl's name of a precision.
  case numberType
  /// What takes the steps.
  case optimizer
  /// The learning rate's course.
  case courseOfRate
  /// Steps, where -1 says without end.
  case maxSteps
  /// A number of warm-up steps, or a share below 1.
  case warmup
  /// The metric that chooses the model.
  case bestMetric
  /// The modules that LoRA updates.
  case targets
  /// True: LoRA updates all linear maps.
  case allLinear
  /// True: LoRA updates the feed-forward maps too.
  case feedForward
  /// mlx-lm's scale, alpha over rank.
  case scale
  /// True: prompts are read, not learned.
  case masksPrompts
  /// True: only the last answer is learned.
  case lastAnswer
  /// True turns a parameter of LoRA on.
  case adapterFlag(String)
}

/// One trainer's files: what its keys mean, and what holds where a key is not written.
struct ConfigKind: Sendable {
  /// The name that `--from` takes.
  let name: String
  /// What people call the trainer.
  let title: String
  /// Keys of which a file has at least one; of a kind that takes over another's keys.
  var marks: [String] = []
  /// Keys, dots between nested ones and `[]` for places of lists, and what they become; a key stands
  /// for all that is nested in it, too.
  let rules: [String: ConfigRule]
  /// The values of the trainer where a file does not say, by keys of `train:`.
  let defaults: [(key: String, value: String)]
  /// The method where the file names none.
  var method = "full"
  /// LoRA's parameters where the file does not say.
  var adapterDefaults: [(key: String, value: String)] = []
  /// The objective where nothing in the file says it.
  var objective = "causal"

  /// All kinds; of two that know as many keys of a file, the first.
  static let all: [ConfigKind] = [
    .trainingArguments, .llamaFactory, .axolotl, .mlx, .torchtune,
  ]

  /// Whether a file may be of this kind.
  func fits(_ leaves: [ConfigLeaf]) -> Bool {
    marks.isEmpty || leaves.contains { marks.contains($0.key) }
  }

  /// What a key means; nil where the table does not know it.
  func rule(of key: String) -> ConfigRule? {
    var key = key[...]
    while true {
      if let rule = rules[String(key)] { return rule }
      if key.hasSuffix("[]") {
        key.removeLast(2)
        continue
      }
      guard let dot = key.lastIndex(of: ".") else { return nil }
      key = key[..<dot]
    }
  }
}
