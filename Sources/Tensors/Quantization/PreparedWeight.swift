internal import CKernels

/// The numbers that a weight of inference is held in.
public enum WeightForm: String, Sendable, CaseIterable {
  /// 32-bit floating point.
  case fp32
  /// Integers of 8 bits with a scale for each output; inputs are rounded likewise as they come.
  ///
  /// A quarter of the memory traffic. Sums are exact, so that results do not depend on what is
  /// computed together.
  case int8
}

/// What stands for the values of a weight in products of inference.
struct PreparedWeight: Sendable {
  private enum Form {
    case panels(PanelWeights)
    case bytes(ByteWeights)
  }

  private let form: Form
  private let shape: [Int]
  private let layout: WeightLayout

  init(_ weight: Tensor, _ layout: WeightLayout, _ form: WeightForm) {
    precondition(weight.shape.count == 2, "a weight of shape \(weight.shape)")
    (shape, self.layout) = (weight.shape, layout)
    self.form =
      switch form {
      case .fp32: .panels(PanelWeights(weight, layout))
      case .int8: .bytes(ByteWeights(weight, layout))
      }
  }

  /// activation(x · weight + bias); nil where the values themselves serve better.
  func linear(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ activation: Activation,
    _ layout: WeightLayout
  ) -> Tensor? {
    guard weight.shape == shape, layout == self.layout else { return nil }
    let (inputs, outputs) = layout.sizes(shape)
    precondition(
      x.columns == inputs && bias.map { $0.count == outputs } ?? true,
      "linear of \(x.shape) by \(shape), stored \(layout), with a bias of \(bias?.shape ?? [])")
    switch form {
    case .panels(let panels):
      return panels.serve(rows: x.rows)
        ? PanelWeights.linear(x, [(panels, bias)], activation) : nil
    case .bytes(let bytes): return ByteWeights.linear(x, [(bytes, bias)], activation)
    }
  }

  /// The results of several maps of x side by side; nil where their values serve better, or the maps
  /// are prepared in different forms.
  static func linear(_ x: Tensor, jointly maps: [LinearMap]) -> Tensor? {
    var (panels, bytes) = ([PanelWeights.Map](), [ByteWeights.Map]())
    for map in maps {
      guard let prepared = map.weight.storage.prepared, prepared.shape == map.weight.shape,
        prepared.layout == .outputByInput
      else { return nil }
      switch prepared.form {
      case .panels(let weights) where weights.serve(rows: x.rows):
        panels.append((weights, map.bias))
      case .panels: return nil
      case .bytes(let weights): bytes.append((weights, map.bias))
      }
    }
    if bytes.count == maps.count { return ByteWeights.linear(x, bytes, .none) }
    return panels.count == maps.count ? PanelWeights.linear(x, panels, .none) : nil
  }
}

extension WeightLayout {
  /// Inputs and outputs of a weight of this shape.
  func sizes(_ shape: [Int]) -> (inputs: Int, outputs: Int) {
    self == .outputByInput ? (shape[1], shape[0]) : (shape[0], shape[1])
  }

  /// The weight read as [in, out].
  func matrix(_ weight: Tensor) -> anneal_matrix {
    let columns = Int64(weight.columns)
    return self == .outputByInput
      ? anneal_matrix(base: weight.base, row: 1, column: columns)
      : anneal_matrix(base: weight.base, row: columns, column: 1)
  }
}

extension Tensor {
  /// Makes products of inference tapes by this weight read it in a form of its own, until it changes.
  ///
  /// In fp32 that is the order in which products of few rows stream it; in 8 bits it is rounded. The
  /// values stay for whoever reads or trains them; where they are a file's, the memory that reading
  /// them took is given back. 4-bit numbers stay what they are, as a form of their own.
  public func prepare(_ layout: WeightLayout, as form: WeightForm) {
    guard storage.fourBit == nil else { return }
    storage.prepared = PreparedWeight(self, layout, form)
    storage.forgetPages()
  }

  /// Makes inference tapes multiply by the values themselves again.
  public func dropPrepared() { storage.prepared = nil }

  /// Whether inference tapes multiply by a prepared form of this weight.
  public var isPrepared: Bool { storage.prepared != nil }
}
