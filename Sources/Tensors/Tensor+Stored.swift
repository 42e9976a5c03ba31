internal import CKernels
internal import Glibc

/// Where the numbers of a stored tensor lie in a mapped file.
public struct StoredNumbers: Sendable {
  /// The file.
  public let file: MappedFile
  /// The byte of the first value.
  public let offset: Int
  /// How the numbers are spelled.
  public let format: NumberFormat
  /// The sizes of the dimensions, outermost first.
  public let shape: [Int]
  /// The values from one index to the next of each dimension; nil for rows without gaps.
  public let strides: [Int]?
  /// Whether the highest byte of a number comes first.
  public let isBigEndian: Bool

  /// Numbers that lie within their file.
  public init(
    file: MappedFile, offset: Int, format: NumberFormat, shape: [Int], strides: [Int]? = nil,
    isBigEndian: Bool = false
  ) {
    self.file = file
    self.offset = offset
    self.format = format
    self.shape = shape
    self.strides = strides == Self.rowMajor(shape) ? nil : strides
    self.isBigEndian = isBigEndian && format.blockBytes > 1
  }

  /// The strides of rows without gaps.
  private static func rowMajor(_ shape: [Int]) -> [Int] {
    var step = 1
    let strides = shape.reversed().map { size in
      // Dimensions beside an empty one may be as large as they like.
      defer { step &*= size }
      return step
    }
    return strides.reversed()
  }

  /// The number of values.
  public var count: Int { shape.reduce(1, *) }

  /// The bytes from the first value to the last.
  public var range: Range<Int> {
    guard let strides, count > 0 else { return offset..<offset + (format.bytes(of: count) ?? 0) }
    let last = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    return offset..<offset + (last + 1) * format.blockBytes
  }

  /// Calls `body` with the numbers in rows without gaps, lowest byte first.
  func withPacked<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result? {
    guard count > 0 else { return nil }
    if strides == nil, !isBigEndian {
      let bytes = format.bytes(of: count) ?? 0
      return file.address(at: offset, count: bytes).map { body(UnsafeRawPointer($0)) }
    }
    return withUnsafeTemporaryAllocation(
      byteCount: count * format.blockBytes, alignment: 64
    ) { memory in
      guard let target = memory.baseAddress else { return nil }
      pack(into: target)
      return body(UnsafeRawPointer(target))
    }
  }

  private func pack(into target: UnsafeMutableRawPointer) {
    let strides = self.strides ?? Self.rowMajor(shape)
    guard let source = file.address(at: offset, count: range.count) else { return }
    anneal_pack(
      Int64(shape.count), shape.map { Int64($0) }, strides.map { Int64($0) },
      Int64(format.blockBytes), isBigEndian, source, target)
  }

  /// The numbers as integers; floating-point numbers are refused.
  public var integers: [Int] {
    precondition(
      format.kind == .integer || format.kind == .truth, "integers of \(format.rawValue) numbers")
    switch format {
    case .i64: return words(Int64.self)
    case .i32: return words(Int32.self)
    case .i16: return words(Int16.self)
    case .i8: return words(Int8.self)
    case .u64: return words(UInt64.self)
    case .u32: return words(UInt32.self)
    case .u16: return words(UInt16.self)
    default: return words(UInt8.self)
    }
  }

  private func words<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type) -> [Int] {
    withPacked { memory in
      (0..<count).map { index in
        let place = index * MemoryLayout<Word>.size
        let word = memory.loadUnaligned(fromByteOffset: place, as: type)
        return Int(truncatingIfNeeded: Word(littleEndian: word))
      }
    } ?? []
  }

  /// Whether other numbers are spelled by the same bytes.
  package func hasSameBytes(as other: StoredNumbers) -> Bool {
    guard format == other.format, shape == other.shape, strides == nil, other.strides == nil else {
      return false
    }
    let size = range.count
    guard let left = file.address(at: offset, count: size),
      let right = other.file.address(at: other.offset, count: size)
    else { return true }
    return memcmp(left, right, size) == 0
  }

  /// Gives back the memory that reading the numbers took; they can be read again.
  package func forgetPages() {
    guard let first = file.address(at: offset, count: range.count) else { return }
    file.forget(first, bytes: range.count)
  }

  /// The bytes of the numbers in rows without gaps.
  public var bytes: [UInt8] {
    let size = format.bytes(of: count) ?? 0
    return withPacked { [UInt8](UnsafeRawBufferPointer(start: $0, count: size)) } ?? []
  }
}

extension Tensor {
  /// Stored numbers as 32-bit floats: a view of the file where it holds these, else a copy.
  ///
  /// A view is copied on the first write. Widening is exact; 64-bit numbers are rounded.
  public convenience init(_ stored: StoredNumbers) {
    if stored.format == .f32, stored.strides == nil, !stored.isBigEndian,
      let address = stored.file.floats(at: stored.offset, count: stored.count)
    {
      let storage = Storage(mapping: stored.file, address: address, count: stored.count)
      self.init(storage: storage, shape: stored.shape)
      return
    }
    self.init(uninitialized: stored.shape)
    stored.withPacked { anneal_widen(stored.format.kernel, Int64(count), $0, fresh) }
  }

  /// A view of fp32 values in a mapped file; copied on the first write, or at once if unaligned.
  public convenience init(mapping file: MappedFile, offset: Int, shape: [Int]) {
    self.init(StoredNumbers(file: file, offset: offset, format: .f32, shape: shape))
  }

  /// A copy of a matrix with rows and columns in each other's place.
  package func turned() -> Tensor {
    precondition(shape.count == 2, "turning a tensor of shape \(shape)")
    let result = Tensor(uninitialized: [shape[1], shape[0]])
    reading(self) {
      anneal_pack(
        2, [Int64(shape[1]), Int64(shape[0])], [1, Int64(shape[1])], 4, false, base, result.fresh)
    }
    return result
  }

  /// A copy whose rows along the first dimension are the given ones, outside any tape.
  package func picking(_ rows: [Int32]) -> Tensor {
    let width = count == 0 ? 0 : count / shape[0]
    precondition(
      rows.allSatisfy { $0 >= 0 && Int($0) < shape[0] }, "a row outside a tensor of shape \(shape)")
    let result = Tensor(uninitialized: [rows.count] + shape.dropFirst())
    reading(self) {
      anneal_gather(Int64(rows.count), Int64(width), 1, rows, base, result.fresh, false)
    }
    return result
  }
}
