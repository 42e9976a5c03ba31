import Records
import Stages

/// `trainer_state.json` in the schema of Hugging Face's Trainer, which plotters read.
struct TrainerState {
  let options: TrainingOptions
  let state: TrainingState
  let selection: Selection?
  let totalSteps: Int
  let steps: EpochSteps
  let mixture: Mixture?

  /// Programs that read this file refuse keys that they do not know, save below this one.
  private var callbacks: JSONValue {
    guard let mixture else { return .object([:]) }
    return ["Mixture": ["args": .object([:]), "attributes": ["parts": mixture.json]]]
  }

  func write(to path: String) throws(FileError) {
    try AtomicFile.write(json.prettyText.utf8, to: path)
  }

  var json: JSONValue {
    let best = selection?.bestStep
    return [
      "best_global_step": best.map { .integer($0) } ?? .null,
      "best_metric": selection?.bestValue.map { .real($0) } ?? .null,
      "best_model_checkpoint": best.map { .string("checkpoints/step-\($0)") } ?? .null,
      "epoch": .real(steps.epochs(state.step)), "eval_steps": .integer(steps.perEpoch),
      "global_step": .integer(state.step), "is_hyper_param_search": false,
      "is_local_process_zero": true, "is_world_process_zero": true,
      "log_history": .array(state.history.entries.map { .object($0) }),
      "logging_steps": .integer(options.values[TrainingOptions.Keys.loggingSteps]),
      "max_steps": .integer(totalSteps),
      "num_input_tokens_seen": .integer(state.tokens),
      "num_train_epochs": .real(options.values[TrainingOptions.Keys.epochs]),
      "save_steps": .integer(options.values[TrainingOptions.Keys.saveSteps] ?? steps.perEpoch),
      "stateful_callbacks": callbacks, "total_flos": 0,
      "train_batch_size": .integer(options.values[TrainingOptions.Keys.batchSize]),
      "trial_name": nil, "trial_params": nil,
    ]
  }
}
