/// Where a classifier of sequences is cut into the trunk and what is left above it.
public enum ClassifierCut: Sendable, Hashable {
  /// Below the layer of a number, from 0, or behind the last one by their count: the vectors of all tokens.
  /// Models with virtual tokens have no such cut.
  case layer(Int)
  /// Below the layer that pools tokens into one vector; where there is none, the same as `output`.
  case pooling
  /// Below the map that gives scores, and its dropout.
  case output

  /// Whether it is one vector of each sequence that passes it, and not one of each token.
  public var isOfSequences: Bool { self == .pooling || self == .output }
}

extension SequenceClassifier {
  /// The highest cut below which nothing is trained; nil where that is in the first layer or before it.
  ///
  /// - Parameter trained: Parameters of the model, or of what a method has added to it.
  package func highestCut(below trained: [NamedParameter]) -> ClassifierCut? {
    func isAll(within beginnings: [String]) -> Bool {
      trained.allSatisfy { parameter in beginnings.contains { parameter.name.hasPrefix($0) } }
    }
    guard virtualPlaces.allSatisfy({ $0.length == 0 }) else { return nil }
    if isAll(within: headNames) { return .output }
    if isAll(within: headNames + poolingNames) { return .pooling }
    let depth = LayerDepth(self)
    // What stands nowhere may stand before all layers.
    let lowest = trained.map { depth.depth(of: $0.name) ?? 0 }.min() ?? 0
    return lowest > 1 ? .layer(lowest - 1) : nil
  }
}
