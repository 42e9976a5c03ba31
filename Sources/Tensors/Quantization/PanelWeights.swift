internal import CKernels

/// The weights of a linear map in the order in which products of few rows read them.
///
/// Safe to share: the memory is written before the initialiser returns, and never after.
final class PanelWeights: PackedWeights, @unchecked Sendable {
  let outputs: Int
  private let inputs: Int
  private let packed: UnsafeMutablePointer<Float>
  private let level: anneal_level

  /// Packs a weight matrix for the instructions in use.
  init(_ weight: Tensor, _ layout: WeightLayout) {
    (inputs, outputs) = layout.sizes(weight.shape)
    level = anneal_current_level()
    let size = Int(anneal_panels_size(Int64(outputs), Int64(inputs)))
    guard let memory = anneal_allocate(Int64(max(size, 1) * 4)) else {
      preconditionFailure("no memory for \(size) packed weights")
    }
    packed = memory.bindMemory(to: Float.self, capacity: size)
    reading(weight) {
      anneal_panels_pack(Int64(outputs), Int64(inputs), layout.matrix(weight), packed)
    }
  }

  deinit { anneal_release(packed, 0) }

  /// Whether a product of so many rows is better made with these; it is the same but for rounding.
  func serve(rows: Int) -> Bool { rows <= 64 && level == anneal_current_level() }

  func map(bias: UnsafePointer<Float>?, out: UnsafeMutablePointer<Float>) -> anneal_panel_map {
    anneal_panel_map(w: kernel, bias: bias, out: out)
  }

  static func multiply(
    _ x: Tensor, _ maps: [anneal_panel_map], _ activation: Activation, width: Int
  ) {
    anneal_panels_linear(
      Int64(x.rows), x.base, Int64(maps.count), maps, activation.kernel, Int64(width))
  }

  private var kernel: anneal_panels {
    anneal_panels(n: Int64(outputs), k: Int64(inputs), level: level, packed: packed)
  }
}
