import Models
import Stages
import Tokenize

/// What the trials of a search have in common: read, encoded and computed once for all of them.
///
/// Nothing of it hangs on the method, or it is what a frozen trunk says, which all trials of that trunk compute
/// in the same batches: with and without it trials give the same bits.
final class TrialCommons {
  /// Both sides as the model sees them.
  struct Sides {
    let training: [Example]
    /// The part of the mixture that each training example is of; empty without one.
    let parts: [String]
    let validation: [Example]
  }

  private struct TrunkKey: Hashable {
    let cut: ClassifierCut
    let maximumLength: Int
  }

  private let folder: String
  private let memory: MemoryAllowance
  private var task: ModelTask?
  private var tokenizer: Tokenizer?
  /// By the most tokens of a record, of which virtual tokens take some.
  private var sides: [Int: Sides] = [:]
  private var trunks: [TrunkKey: TrunkVectors] = [:]

  /// - Parameters:
  ///   - folder: Where vectors lie that memory has no place for.
  ///   - memory: The most bytes of vectors in memory, of all trunks together.
  init(folder: String, memory: Int = 128 << 20) {
    self.folder = folder
    self.memory = MemoryAllowance(memory)
  }

  /// What the model is wanted for.
  func task(_ read: () throws -> ModelTask) rethrows -> ModelTask {
    let known = try task ?? read()
    task = known
    return known
  }

  /// The tokenizer of all trials.
  func tokenizer(_ load: () throws -> Tokenizer) rethrows -> Tokenizer {
    let known = try tokenizer ?? load()
    tokenizer = known
    return known
  }

  /// Both sides with records of at most so many tokens.
  func sides(maximumLength: Int, _ read: () throws -> Sides) rethrows -> Sides {
    let known = try sides[maximumLength] ?? read()
    sides[maximumLength] = known
    return known
  }

  /// What a trunk says of both sides.
  /// - Parameter make: Given what may be held in memory, and the folder for what may not.
  func vectors(
    below cut: ClassifierCut, maximumLength: Int,
    _ make: (_ memory: MemoryAllowance, _ folder: String) -> TrunkVectors
  ) -> TrunkVectors {
    let key = TrunkKey(cut: cut, maximumLength: maximumLength)
    let known = trunks[key] ?? make(memory, folder)
    trunks[key] = known
    return known
  }
}
