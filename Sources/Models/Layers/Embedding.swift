import Synchronization
public import Tensors

/// A table with a vector for each token, place or segment.
///
/// `Model.embeddings` lists the tables that methods can adapt, by name.
public final class Embedding: Sendable {
  /// The name in the checkpoint, such as `bert.embeddings.word_embeddings`.
  public let name: String
  /// The vectors: `[entries, width]`.
  public let weight: Tensor
  private let adapted = Mutex<(any EmbeddingAdaptation)?>(nil)

  /// A table of so many entries.
  /// - Parameter isListed: Whether it is among `Model.embeddings`.
  init(
    _ scope: ParameterScope, _ entries: Int, _ width: Int, _ initial: Initialisation,
    isListed: Bool = true
  ) {
    name = scope.path
    weight = scope.weight([entries, width], initial)
    if isListed { scope.register(self) }
  }

  /// What a method adds to the vectors, if any.
  public internal(set) var adaptation: (any EmbeddingAdaptation)? {
    get { adapted.withLock { $0 } }
    set { adapted.withLock { $0 = newValue } }
  }
}

extension Tape {
  /// The sum of the vectors that several tables have for the same rows.
  func embed(_ parts: [(table: Embedding, ids: [Int32])]) -> Tensor {
    var sum = embedding(parts.map { ($0.table.weight, $0.ids) })
    for (table, ids) in parts {
      guard let adaptation = table.adaptation else { continue }
      sum = add(sum, adaptation.change(self, ids, table))
    }
    return sum
  }
}
