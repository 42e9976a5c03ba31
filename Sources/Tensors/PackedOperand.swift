internal import CKernels
internal import Synchronization

/// A weight in the orders in which products of many rows read it, kept from product to product.
///
/// A product by a weight `[out, in]` packs it first, forward in one order and backward in another, which
/// of products of some hundred rows is up to a tenth of the time. A weight that no step changes need be
/// packed but once in either order.
final class PackedOperand: Sendable {
  /// The order of a forward or of a backward product, and what it was made for.
  private struct Form {
    let row, column, inner, outer: Int64
    let level: anneal_level
    let values: Storage
  }
  private let forms = Mutex<[Form]>([])

  /// The packed form of `matrix`, read as `[inner, outer]`, which is made when it is asked for first.
  ///
  /// It holds for as long as the values are read.
  func values(_ matrix: anneal_matrix, inner: Int64, outer: Int64) -> UnsafePointer<Float> {
    let level = anneal_current_level()
    return forms.withLock { forms in
      let known = forms.first {
        ($0.row, $0.column, $0.inner, $0.outer) == (matrix.row, matrix.column, inner, outer)
          && $0.level == level
      }
      if let known { return UnsafePointer(known.values.memory) }
      let values = Storage(uninitialized: Int(anneal_operand_size(outer, inner)))
      anneal_operand_pack(outer, inner, matrix, values.memory)
      forms.append(
        Form(
          row: matrix.row, column: matrix.column, inner: inner, outer: outer, level: level,
          values: values))
      return UnsafePointer(values.memory)
    }
  }

  /// Whether both orders are there, so that the values themselves are seldom read.
  var isWhole: Bool { forms.withLock { $0.count > 1 } }
}

extension Tensor {
  /// Makes products of many rows in fp32 keep what they make of this weight, until it changes.
  ///
  /// It takes up to twice the memory of the values, and, where they are a file's, gives back what reading
  /// them took. Results stay the same to the bit.
  package func keepPacked() {
    guard storage.fourBit == nil, storage.packed == nil else { return }
    storage.packed = PackedOperand()
  }

  /// Lets go of what products have kept, and lets them keep nothing more.
  package func dropPacked() { storage.packed = nil }

  /// This weight as the right operand of products of `rows` rows, with its packed form where it keeps one.
  ///
  /// It is read through `matrix` as `[inner, outer]`. To be called while the values are read.
  func operand(
    _ matrix: anneal_matrix, inner: Int, outer: Int, rows: Int, _ precision: anneal_precision
  ) -> anneal_matrix {
    guard let packed = storage.packed, rows > Self.fewRows, precision == ANNEAL_FP32,
      anneal_current_level() != ANNEAL_LEVEL_PORTABLE
    else { return matrix }
    var matrix = matrix
    let wasWhole = packed.isWhole
    matrix.packed = packed.values(matrix, inner: Int64(inner), outer: Int64(outer))
    if !wasWhole, packed.isWhole { storage.forgetPages() }
    return matrix
  }

  /// Up to so many rows, products read the values as they are.
  private static let fewRows = 16
}

extension anneal_matrix {
  /// A matrix as it lies in memory.
  init(base: UnsafePointer<Float>?, row: Int64, column: Int64) {
    self.init(base: base, row: row, column: column, packed: nil)
  }
}
