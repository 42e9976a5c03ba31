public import Tensors

/// Targets as a decoder is trained on them: what it reads, and what it shall predict at each place.
public struct TargetBatch: Sendable {
  /// What the decoder reads.
  public let inputs: TokenBatch
  /// The label of each place; `Tape.ignoredTarget` for those that do not count.
  public let labels: [Int32]

  /// Shifts labels as the model was trained; ignored labels at their end are left out.
  /// - Parameter keys: A number of each record, so that dropout does not depend on batches.
  public init(
    _ labels: [[Int32]], for model: any SequenceToSequenceModel, keys: [UInt64]? = nil
  ) {
    let kept = labels.map { row in
      row.prefix((row.lastIndex { $0 != Tape.ignoredTarget } ?? -1) + 1)
    }
    self.labels = Array(kept.joined())
    inputs = TokenBatch(
      kept.map { $0.isEmpty ? [] : model.decoderInputs(for: Array($0)) }, keys: keys)
  }

  /// Targets whose inputs are given.
  public init(inputs: TokenBatch, labels: [Int32]) {
    precondition(
      inputs.ids.count == labels.count, "\(labels.count) labels for \(inputs.ids.count) inputs")
    self.inputs = inputs
    self.labels = labels
  }
}

extension SequenceToSequenceModel {
  /// The cross-entropy of targets given their sources, over the labels that count.
  /// - Parameter divisor: Replaces the number of labels in the mean.
  public func loss(
    _ tape: Tape, source: TokenBatch, target: TargetBatch, smoothing: Float = 0,
    divisor: Float? = nil
  ) -> Loss {
    let hidden = decode(
      tape, target.inputs, encoded: encode(tape, source), source: source.layout)
    return vocabularyLoss(
      tape, hidden, targets: target.labels, smoothing: smoothing, divisor: divisor)
  }
}
