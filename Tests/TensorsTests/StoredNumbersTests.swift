import Stages
import Tensors
import TestSupport
import Testing

/// Numbers of files: every format, alignment, stride and byte order.
struct StoredNumbersTests {
  /// The bytes of a number, lowest first.
  private static func bytes(_ word: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: word.littleEndian) { Array($0) }
  }

  private static func mapped(_ bytes: [UInt8]) throws -> (TemporaryFolder, MappedFile) {
    let folder = try TemporaryFolder()
    try AtomicFile.write(bytes, to: folder.path + "/numbers")
    return (folder, try MappedFile(path: folder.path + "/numbers"))
  }

  private static let halves: [(UInt16, Float)] = [
    (0x3C00, 1), (0xC100, -2.5), (0x0001, 0x1p-24), (0x83FF, -1023 * 0x1p-24), (0x0400, 0x1p-14),
    (0x7BFF, 65504), (0x7C00, .infinity), (0xFC00, -.infinity), (0x8000, -0.0),
  ]

  private static let formats: [(NumberFormat, [UInt8], [Float])] = [
    (.f64, bytes((-1.5).bitPattern) + bytes(1e300.bitPattern), [-1.5, .infinity]),
    (.f32, bytes(Float(0.1).bitPattern) + bytes(Float(-7).bitPattern), [0.1, -7]),
    (.f16, halves.flatMap { bytes($0.0) }, halves.map(\.1)),
    (.bf16, bytes(UInt16(0x3F80)) + bytes(UInt16(0xC020)), [1, -2.5]),
    (.i64, bytes(Int64(-3)) + bytes(Int64(1) << 40), [-3, 0x1p40]),
    (.i32, bytes(Int32(-3)) + bytes(Int32.max), [-3, 0x1p31]),
    (.i16, bytes(Int16.min) + bytes(Int16(5)), [-32768, 5]),
    (.i8, [0x80, 0x7F], [-128, 127]),
    (.u64, bytes(UInt64.max), [0x1p64]),
    (.u32, bytes(UInt32.max), [0x1p32]),
    (.u16, bytes(UInt16.max), [65535]),
    (.u8, [0, 255], [0, 255]),
    (.bool, [0, 1], [0, 1]),
  ]

  @Test(arguments: formats, [0, 1, 4])
  func `every format widens at every alignment`(
    entry: (NumberFormat, [UInt8], [Float]), shift: Int
  ) throws {
    let (format, bytes, values) = entry
    let (folder, file) = try Self.mapped([UInt8](repeating: 9, count: shift) + bytes)
    let numbers = StoredNumbers(
      file: file, offset: shift, format: format, shape: [values.count])
    #expect(Tensor(numbers).values.map(\.bitPattern) == values.map(\.bitPattern))
    #expect(numbers.bytes == bytes)
    if format.kind == .integer, values.allSatisfy({ abs($0) < 0x1p24 }) {
      #expect(numbers.integers == values.map { Int($0) })
    }
    _ = folder
  }

  @Test func `a large tensor is widened alike by one thread and by several`() throws {
    let words = (0..<200_000).map { UInt16(truncatingIfNeeded: $0 &* 2_654_435_761) & 0x7BFF }
    let (folder, file) = try Self.mapped(words.flatMap { Self.bytes($0) })
    let numbers = StoredNumbers(file: file, offset: 0, format: .f16, shape: [400, 500])
    let threads = Engine.threads
    defer { Engine.threads = threads }
    Engine.threads = 1
    let single = Tensor(numbers).values
    Engine.threads = 3
    #expect(Tensor(numbers).values == single)
    #expect(single == Tensor(words.span, .float16, shape: [words.count]).values)
    _ = folder
  }

  @Test func `strided views and other byte orders are packed`() throws {
    let bytes = (0..<24).flatMap { Self.bytes(UInt16($0).byteSwapped) }
    let (folder, file) = try Self.mapped([1] + bytes)
    func integers(_ offset: Int, _ shape: [Int], _ strides: [Int]) -> [Int] {
      StoredNumbers(
        file: file, offset: 1 + 2 * offset, format: .u16, shape: shape, strides: strides,
        isBigEndian: true
      ).integers
    }
    #expect(integers(0, [4, 6], [6, 1]) == Array(0..<24))
    #expect(integers(0, [6, 4], [1, 6]) == (0..<24).map { $0 % 4 * 6 + $0 / 4 })
    #expect(integers(8, [2, 3], [6, 1]) == [8, 9, 10, 14, 15, 16])
    #expect(integers(23, [1, 1, 1], [99, 99, 99]) == [23])
    #expect(integers(3, [], []) == [3])
    #expect(integers(24, [0, 5], [5, 1]) == [])
    _ = folder
  }

  @Test func `rows are picked and matrices turned into copies`() {
    let matrix = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(matrix.turned().shape == [3, 2])
    #expect(matrix.turned().values == [1, 4, 2, 5, 3, 6])
    #expect(matrix.picking([1, 0, 1]).values == [4, 5, 6, 1, 2, 3, 4, 5, 6])
    #expect(Tensor([7, 8, 9]).picking([2, 0]).values == [9, 7])
  }
}
