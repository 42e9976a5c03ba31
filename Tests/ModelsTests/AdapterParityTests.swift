import Models
import Records
import TestSupport
import Testing

/// Adapters that PEFT 0.21.2 wrote, against what it computed with them.
@Suite(.enabled(if: Shared.exists, "needs ../shared/golden"))
struct AdapterParityTests {
  static let lowRank = [
    "lora-bert", "lora-roberta", "lora-gpt2", "lora-gptj", "lora-llama", "lora-marian", "lora-fsmt",
    "lora-t5", "lora-rslora-llama", "dora-gpt2", "dora-llama",
  ]

  static let others = ["ia3-bert", "ia3-gpt2", "ia3-llama", "ia3-t5", "ln-llama"]

  @Test(arguments: lowRank + others)
  func `adapters give PEFT's logits, gradients and losses`(name: String) throws {
    let trial = try AdapterTrial(name)
    try trial.checkLogits()
    try trial.checkTraining()
  }

  @Test(arguments: lowRank + others)
  func `merged models compute what their adapters do, tied embeddings included`(
    name: String
  ) throws {
    try AdapterTrial(name).checkMerging()
  }

  @Test(arguments: lowRank + others)
  func `saved adapters hold what was read`(name: String) throws {
    try AdapterTrial(name).checkSaving()
  }
}
