public import Tensors

/// One tensor of a checkpoint as its file describes it.
public struct StoredTensor: Sendable, Equatable {
  /// The tensor's name.
  public let name: String
  /// How its numbers are spelled.
  public let format: NumberFormat
  /// Its shape, outermost dimension first; empty for a single number.
  public let shape: [Int]
  /// Where its bytes stand, counted from the start of the file.
  public let bytes: Range<Int>

  /// A tensor as a file describes it.
  public init(name: String, format: NumberFormat, shape: [Int], bytes: Range<Int>) {
    self.name = name
    self.format = format
    self.shape = shape
    self.bytes = bytes
  }

  /// The number of its values.
  public var count: Int { shape.reduce(1, *) }

  /// The number of values of a shape; nil where it is negative or overflows.
  static func count(of shape: [Int]) -> Int? {
    var count = 1
    for dimension in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }
}
