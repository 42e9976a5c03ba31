public import Tensors

/// What a decoder sees of its sources: each layer's keys and values, computed once a source.
public struct SourceMemory: Sendable {
  /// The keys and values of each layer: `[source tokens, width]`.
  public let layers: [(key: Tensor, value: Tensor)]
  /// Where the sources lie among the rows.
  public let layout: SequenceLayout

  /// Keys and values of sources.
  public init(layers: [(key: Tensor, value: Tensor)], layout: SequenceLayout) {
    self.layers = layers
    self.layout = layout
  }

  /// The memory of some of the sources, in the given order; targets may share a source.
  ///
  /// Nothing is copied.
  public func selecting(_ sources: [Int]) -> SourceMemory {
    SourceMemory(layers: layers, layout: layout.selecting(sources))
  }
}
