/// A range of a tensor's columns, such as the queries of a packed projection.
public struct Columns: Sendable {
  /// The whole tensor.
  public let tensor: Tensor
  /// The first column.
  public let start: Int
  /// The number of columns.
  public let count: Int

  /// All columns of a tensor.
  public init(_ tensor: Tensor) {
    self.init(tensor, 0..<tensor.columns)
  }

  /// The columns in `range`.
  public init(_ tensor: Tensor, _ range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= tensor.columns,
      "columns \(range) of a tensor of shape \(tensor.shape)")
    self.tensor = tensor
    start = range.lowerBound
    count = range.count
  }
}
