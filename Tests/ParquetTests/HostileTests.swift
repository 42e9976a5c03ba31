import Parquet
import Records
import Stages
import TestSupport
import Testing

/// Files of a few bytes that say what no writer says.
struct HostileTests {
  private static let extremes: [Int64] = [
    .max, .min, .max - 1, -1, Int64(Int32.max), Int64(Int32.max) + 1, 1 << 40, 1 << 62,
  ]

  /// Files that are read as they are, of every kind of page.
  private static let sound: [CraftedFile] = {
    let long = [UInt8](repeating: 1, count: 8)
    let indices: [UInt8] = [1, 2, 0]
    return [
      CraftedFile(page: long), CraftedFile(page: long, isVersion2: true),
      CraftedFile(type: 7, length: 8, page: long),
      CraftedFile(page: indices, encoding: 8, dictionary: (long, 1)),
      CraftedFile(page: indices, encoding: 8, isVersion2: true, dictionary: (long, 1)),
      CraftedFile(type: 6, page: [1, 0, 0, 0, 0x61]),
    ]
  }()

  @Test func `crafted files are read where nothing is wrong with them`() throws {
    for file in Self.sound { #expect(try parquetRows(file.file.bytes).count == 1) }
  }

  @Test func `any number of a header may be any number`() {
    var faults = 0
    for sound in Self.sound {
      for place in 0..<sound.file.numbers {
        for value in Self.extremes {
          var file = sound
          file.twisted = (place, value)
          do { _ = try parquetRows(file.file.bytes) } catch { faults += 1 }
        }
      }
    }
    #expect(faults > 400)
  }

  @Test func `any type may say that it means anything`() {
    var rows = 0
    for type in 0..<8 {
      for byte: UInt8 in [0, 0x7F, 0x80, 0xFF] {
        var page = [UInt8](repeating: byte, count: 8)
        // The highest byte last, so that 7F makes the largest number there is.
        if byte == 0x7F { page = [UInt8](repeating: 0xFF, count: 7) + [byte] }
        if type == 6 { page = [8, 0, 0, 0] + page }
        if type == 3 || type == 7 { page += [1, 2, 3, byte] }
        for meaning in 0..<24 {
          for isLogical in [false, true] {
            let file = CraftedFile(
              type: type, converted: isLogical ? nil : meaning, logical: isLogical ? meaning : nil,
              page: page)
            if let read = try? parquetRows(file.file.bytes) { rows += read.count }
          }
        }
      }
    }
    #expect(rows > 700)
  }

  @Test func `a date that is no 32-bit number is refused by name`() {
    let file = CraftedFile(converted: 6, page: [UInt8](repeating: 0xFF, count: 7) + [0x7F])
    #expect {
      try parquetRows(file.file.bytes)
    } throws: {
      "\($0)".contains("'x' has a meaning that its type")
    }
  }

  // MARK: - Small files that hold much

  /// A list of one value of a dictionary, any number of times, in a page of a few bytes.
  private func list(of count: Int, type: Int, dictionary: [UInt8]) -> CraftedFile {
    let repetition = Bytes.run(1, 0) + Bytes.run(count - 1, 1)
    let definition = Bytes.run(count, 1)
    let page =
      Bytes.word(repetition.count) + repetition + Bytes.word(definition.count) + definition
      + [1] + Bytes.run(count, 0)
    return CraftedFile(
      type: type, isList: true, values: count, page: page, encoding: 8, dictionary: (dictionary, 1))
  }

  @Test(.timeLimit(.minutes(1)))
  func `a run of a few bytes makes no list of millions`() throws {
    let number = [UInt8](repeating: 0, count: 8)
    let small = try parquetRows(list(of: 1000, type: 2, dictionary: number).file.bytes)
    #expect(small[0]["x"]?.array?.count == 1000)
    let file = list(of: 1 << 26, type: 2, dictionary: number).file
    #expect(file.bytes.count < 200)
    #expect {
      try parquetRows(file.bytes)
    } throws: {
      "\($0)".contains("row 1: it has more than 4194304 values in lists")
    }
  }

  @Test func `a long text in a dictionary is not repeated without end`() {
    let text = Bytes.word(1 << 20) + [UInt8](repeating: 0x61, count: 1 << 20)
    #expect {
      try parquetRows(list(of: 1 << 20, type: 6, dictionary: text).file.bytes)
    } throws: {
      "\($0)".contains("its lists take more than 512 MB")
    }
  }

  @Test func `the values of a dictionary are in the budget`() throws {
    // As JSON, two bytes of text are a value of their own.
    let text = Array("[\(String(repeating: "0,", count: 20_000))0]".utf8)
    let file = CraftedFile(
      type: 6, converted: 19, page: [1] + Bytes.run(1, 0), encoding: 8,
      dictionary: (Bytes.word(text.count) + text, 1))
    #expect(try parquetRows(file.file.bytes)[0]["x"]?.array?.count == 20_001)
    let source = MemorySource(file.file.bytes)
    let bounded = try ParquetFile(source, name: "a.parquet", mostBytes: 200_000)
    #expect {
      try bounded.forEachRow { _, _, _ in }
    } throws: {
      "\($0)".contains("the pages that are read together")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `decimals have 32 bytes at most`() throws {
    func file(_ count: Int) -> [UInt8] {
      let page = Bytes.word(count) + [UInt8](repeating: 0x7F, count: count)
      return CraftedFile(type: 6, converted: 5, page: page).file.bytes
    }
    #expect(try parquetRows(file(32))[0]["x"]?.double ?? 0 > 1e74)
    #expect {
      try parquetRows(file(200_000))
    } throws: {
      "\($0)".contains("a decimal in 'x' has 200000 bytes")
    }
  }

  @Test func `long texts that share their beginnings are read a few at a time`() throws {
    // Each text is the one before and 1000 bytes more.
    let page =
      Bytes.steps(200, from: 0, by: 1000) + Bytes.steps(200, from: 1000, by: 0)
      + [UInt8](repeating: 0x61, count: 200_000)
    let file = CraftedFile(type: 6, converted: 0, values: 200, rows: 200, page: page, encoding: 7)
    let rows = try parquetRows(file.file.bytes)
    #expect(rows.map { $0["x"]?.string?.utf8.count } == (1...200).map { $0 * 1000 })
  }
}

/// Parts of pages.
private enum Bytes {
  static func varint(_ value: Int) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
  }

  /// A number as often as said, with levels or indices of one bit.
  static func run(_ count: Int, _ value: UInt8) -> [UInt8] { varint(count << 1) + [value] }

  static func word(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// Numbers of one distance, as differences in blocks of 128.
  static func steps(_ count: Int, from first: Int, by step: Int) -> [UInt8] {
    let blocks = (count - 1 + 127) / 128
    let block = varint(step << 1) + [0, 0, 0, 0]
    return varint(128) + [4] + varint(count) + varint(first << 1)
      + (0..<blocks).flatMap { _ in block }
  }
}
