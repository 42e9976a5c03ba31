public import Tensors

/// A tensor on its way into a file: floats in the precision of the file, or bytes as they are.
public struct SavedTensor: Sendable {
  /// The name it gets.
  public let name: String
  /// Its shape, outermost dimension first.
  public let shape: [Int]
  let content: Content

  enum Content: Sendable {
    case values(Tensor)
    case bytes([UInt8])
    case integers([Int32])
    case small([Int8])
    /// Floats that stay in 32 bits, whatever the precision of the file.
    case single(Tensor)
  }

  /// A tensor of floats.
  public init(_ name: String, _ tensor: Tensor) {
    self.name = name
    shape = tensor.shape
    content = .values(tensor)
  }

  /// A tensor of floats that stay in 32 bits.
  public init(single name: String, _ tensor: Tensor) {
    self.name = name
    shape = tensor.shape
    content = .single(tensor)
  }

  /// A tensor of bytes, such as numbers of few bits.
  public init(_ name: String, bytes: [UInt8], shape: [Int]) {
    precondition(
      bytes.count == shape.reduce(1, *), "\(bytes.count) bytes for a tensor of shape \(shape)")
    self.name = name
    self.shape = shape
    content = .bytes(bytes)
  }

  /// A tensor of integers.
  public init(_ name: String, integers: [Int32], shape: [Int]) {
    precondition(
      integers.count == shape.reduce(1, *), "\(integers.count) integers of shape \(shape)")
    self.name = name
    self.shape = shape
    content = .integers(integers)
  }

  /// A tensor of 8-bit integers.
  public init(_ name: String, integers: [Int8], shape: [Int]) {
    precondition(
      integers.count == shape.reduce(1, *), "\(integers.count) integers of shape \(shape)")
    self.name = name
    self.shape = shape
    content = .small(integers)
  }

  /// How its numbers are spelled in a file of a precision; nil is 32 bits.
  func format(_ half: HalfPrecision?) -> NumberFormat {
    switch content {
    case .bytes: return .u8
    case .integers: return .i32
    case .small: return .i8
    case .single: return .f32
    case .values: break
    }
    switch half {
    case nil: return .f32
    case .bfloat16: return .bf16
    case .float16: return .f16
    }
  }

  /// The bytes it takes in a file of a precision.
  func size(_ half: HalfPrecision?) -> Int { shape.reduce(1, *) * format(half).blockBytes }

  /// Calls `body` with its bytes in a file of a precision.
  func withBytes<Failure: Error>(
    _ half: HalfPrecision?, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    switch content {
    case .bytes(let bytes): try Self.passing(bytes.span, to: body)
    case .integers(let integers): try Self.passing(integers.span, to: body)
    case .small(let integers): try Self.passing(integers.span, to: body)
    case .single(let tensor):
      try tensor.withValues { (values) throws(Failure) in try Self.passing(values, to: body) }
    case .values(let tensor):
      if let half {
        try Self.passing(tensor.halfPrecision(half).span, to: body)
      } else {
        try tensor.withValues { (values) throws(Failure) in try Self.passing(values, to: body) }
      }
    }
  }

  private static func passing<Element: BitwiseCopyable, Failure: Error>(
    _ span: Span<Element>, to body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    span.withUnsafeBytes { bytes in
      do throws(Failure) { try body(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
