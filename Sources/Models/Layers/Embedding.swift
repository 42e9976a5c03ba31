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
  /// The table whose vectors these are, where it is read under a second name, such as an encoder's.
  let owner: Embedding?
  /// The entry whose vector takes no gradient, where there is one.
  let padding: Int32?
  private let adapted = Mutex<(any EmbeddingAdaptation)?>(nil)

  /// A table of so many entries.
  /// - Parameters:
  ///   - padding: The entry whose vector takes no gradient.
  ///   - isListed: Whether it is among `Model.embeddings`.
  init(
    _ scope: ParameterScope, _ entries: Int, _ width: Int, _ initial: Initialisation,
    padding: Int32? = nil, isListed: Bool = true
  ) {
    name = scope.path
    weight = scope.weight([entries, width], initial)
    owner = nil
    self.padding = padding
    if isListed { scope.register(self) }
  }

  /// Another name for a table, under which a part of the model reads it and methods can adapt it alone.
  init(_ scope: ParameterScope, sharing owner: Embedding) {
    name = scope.path
    weight = owner.weight
    self.owner = owner
    padding = owner.padding
    scope.register(self)
  }

  /// What a method adds to the vectors, if any.
  public internal(set) var adaptation: (any EmbeddingAdaptation)? {
    get { adapted.withLock { $0 } }
    set { adapted.withLock { $0 = newValue } }
  }
}

extension Tape {
  /// The sum of the vectors that several tables have for the same rows; what padding has takes no gradient.
  func embed(_ parts: [(table: Embedding, ids: [Int32])]) -> Tensor {
    var sum = embedding(
      parts.map { ($0.table.weight, $0.ids) }, padding: parts.map(\.table.padding))
    for (table, ids) in parts {
      guard let adaptation = table.adaptation ?? table.owner?.adaptation else { continue }
      sum = add(sum, adaptation.change(self, ids, table))
    }
    return sum
  }

  /// The vectors of some entries of a table, multiplied by a factor.
  func embed(_ table: Embedding, _ ids: [Int32], factor: Float) -> Tensor {
    let own = embedding([(table.weight, ids)], factor: factor, padding: [table.padding])
    guard let adaptation = table.adaptation ?? table.owner?.adaptation else { return own }
    return add(own, adaptation.change(self, ids, table), factor: factor)
  }
}

extension Embedding {
  /// The rows of the vectors that take no gradient.
  func paddedRows(_ ids: [Int32]) -> [Int] {
    padding.map { padding in ids.indices.filter { ids[$0] == padding } } ?? []
  }
}

extension Tape {
  /// x, of which some rows pass no gradient on, as torch has it for the padding of an embedding.
  func stoppingGradient(_ x: Tensor, rows: [Int]) -> Tensor {
    guard isRecording, x.requiresGradient, !rows.isEmpty else { return x }
    return record(x.copy(), inputs: [x]) { gradient in
      let passed = gradient.copy()
      passed.withMutableValues { values in
        for row in rows {
          for column in 0..<x.columns { values[row * x.columns + column] = 0 }
        }
      }
      x.accumulate(gradient: passed)
    }
  }
}
