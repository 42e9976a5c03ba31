internal import CKernels

/// Values in 4-bit numbers with a scale a block, as bitsandbytes computes and stores them.
///
/// QLoRA keeps frozen matrices so: 4.5 bits a value, or 4.13 where the scales are 8-bit numbers
/// themselves ("double quantisation"). The values and their numbers are the same bits as those of
/// bitsandbytes 0.50 on a processor with AVX2.
public struct FourBitValues: Sendable {
  /// The scale of each block: the largest magnitude in it.
  public enum Scales: Sendable, Equatable {
    /// As they are.
    case plain([Float])
    /// 8-bit numbers of the scales less `offset`, which is their mean.
    case nested(NestedScales)
  }

  /// Scales in 8-bit numbers with a scale a block of their own.
  public struct NestedScales: Sendable, Equatable {
    /// The number of each scale.
    public var codes: [UInt8]
    /// What each number stands for.
    public var table: [Float]
    /// The scale of each block of numbers.
    public var scales: [Float]
    /// How many numbers a block has.
    public var blockSize: Int
    /// What is added to each.
    public var offset: Float

    /// Scales as they are stored.
    public init(
      codes: [UInt8], table: [Float], scales: [Float], blockSize: Int, offset: Float
    ) {
      self.codes = codes
      self.table = table
      self.scales = scales
      self.blockSize = blockSize
      self.offset = offset
    }
  }

  /// The shape of the values.
  public let shape: [Int]
  /// How many values share a scale.
  public let blockSize: Int
  /// What each of the 16 numbers stands for.
  public let table: [Float]
  /// Two numbers a byte, the first in the upper half.
  public let packed: [UInt8]
  /// The scales of the blocks.
  public let scales: Scales

  /// Values as they are stored.
  public init(shape: [Int], blockSize: Int, table: [Float], packed: [UInt8], scales: Scales) {
    let count = shape.reduce(1, *)
    precondition(
      blockSize > 0 && blockSize % 2 == 0 && table.count == 16 && packed.count == (count + 1) / 2,
      "\(packed.count) bytes in blocks of \(blockSize) for values of shape \(shape)")
    precondition(
      scales.count == (count + blockSize - 1) / blockSize,
      "\(scales.count) scales in blocks of \(blockSize) for values of shape \(shape)")
    self.shape = shape
    self.blockSize = blockSize
    self.table = table
    self.packed = packed
    self.scales = scales
  }

  /// Rounds a tensor to the nearest numbers of a code.
  /// - Parameters:
  ///   - blockSize: How many values share a scale; even.
  ///   - nested: Whether the scales are rounded to 8-bit numbers.
  public init(_ tensor: Tensor, _ code: FourBitCode, blockSize: Int = 64, nested: Bool = false) {
    precondition(blockSize > 0 && blockSize % 2 == 0, "a block of \(blockSize) values")
    let count = tensor.count
    var packed = [UInt8](repeating: 0, count: (count + 1) / 2)
    var scales = [Float](repeating: 0, count: (count + blockSize - 1) / blockSize)
    reading(tensor) {
      anneal_narrow_four(
        Int64(count), Int64(blockSize), code.kernel, tensor.base, &scales, &packed)
    }
    self.init(
      shape: tensor.shape, blockSize: blockSize, table: code.table, packed: packed,
      scales: nested ? .nested(NestedScales(rounding: scales)) : .plain(scales))
  }

  /// The values as 32-bit floats.
  public func tensor() -> Tensor {
    let result = Tensor(uninitialized: shape)
    let scales = self.scales.values
    anneal_widen_four(
      Int64(result.count), Int64(blockSize), table, scales, packed, result.fresh)
    return result
  }
}

extension FourBitValues.Scales {
  /// The number of blocks.
  public var count: Int {
    switch self {
    case .plain(let values): values.count
    case .nested(let nested): nested.codes.count
    }
  }

  /// The scales as they multiply.
  public var values: [Float] {
    switch self {
    case .plain(let values): values
    case .nested(let nested): nested.values
    }
  }
}

extension FourBitValues.NestedScales {
  /// Rounds scales to 8-bit numbers in blocks of 256.
  init(rounding values: [Float]) {
    let offset = values.isEmpty ? 0 : anneal_mean_in_lanes(Int64(values.count), values)
    let rest = values.map { $0 - offset }
    var codes = [UInt8](repeating: 0, count: values.count)
    var scales = [Float](repeating: 0, count: (values.count + 255) / 256)
    anneal_narrow_eight(Int64(values.count), 256, DynamicCode.table, rest, &scales, &codes)
    self.init(
      codes: codes, table: DynamicCode.table, scales: scales, blockSize: 256, offset: offset)
  }

  var values: [Float] {
    precondition(
      table.count == 256 && blockSize > 0
        && scales.count == (codes.count + blockSize - 1) / blockSize,
      "\(codes.count) codes in blocks of \(blockSize) with \(scales.count) scales")
    return [Float](unsafeUninitializedCapacity: codes.count) { buffer, initialized in
      if let first = buffer.baseAddress {
        anneal_widen_eight(
          Int64(codes.count), Int64(blockSize), table, scales, offset, codes, first)
      }
      initialized = codes.count
    }
  }
}
