import Parquet
import Records
import Stages
import TestSupport
import Testing

/// Small files of pyarrow, pandas, polars and DuckDB, and what pyarrow reads in them.
enum Fixtures {
  static let folder = "\(Shared.project)/Tests/Fixtures/Parquet"

  /// Files with the rows they hold beside them.
  static let names: [String] = ((try? Folders.list(folder)) ?? []).compactMap {
    $0.hasSuffix(".jsonl") ? String($0.dropLast(6)) : nil
  }

  static func rows(_ name: String) throws -> [JSONObject] {
    try FileReader.contents("\(folder)/\(name).jsonl").split(separator: UInt8(ascii: "\n"))
      .compactMap { try JSONValue.parse($0).object }
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try FileReader.contents("\(folder)/\(name).parquet")
  }
}

/// All rows of a file in memory.
func parquetRows(_ bytes: [UInt8]) throws(StageError) -> [JSONObject] {
  var rows: [JSONObject] = []
  let file = try ParquetFile(MemorySource(bytes), name: "test.parquet")
  do { try file.forEachRow { _, _, row in rows.append(row) } } catch let error as StageError {
    throw error
  } catch { throw StageError("unexpected", "\(error)") }
  return rows
}

/// The value with numbers that mean the same spelled alike.
func normal(_ value: JSONValue) -> JSONValue {
  switch value {
  case .number(let number):
    // Floats are spelled by the shortest text, which other writers pad.
    number.int == nil && number.literal.utf8.count < 20
      ? .real(number.double) : value
  case .array(let elements): .array(elements.map(normal))
  case .object(let object): .object(JSONObject(object.members.map { ($0.key, normal($0.value)) }))
  default: value
  }
}

struct ReadingTests {
  @Test func `there are fixtures`() { #expect(Fixtures.names.count >= 16) }

  @Test(arguments: Fixtures.names)
  func `the rows of a file are those that pyarrow reads`(_ name: String) throws {
    let rows = try parquetRows(try Fixtures.bytes(name))
    let expected = try Fixtures.rows(name)
    #expect(rows.count == expected.count)
    for (row, wanted) in zip(rows, expected) where normal(.object(row)) != normal(.object(wanted)) {
      Issue.record("\(JSONValue.object(row).text) for \(JSONValue.object(wanted).text)")
      break
    }
  }

  @Test func `decimals keep their digits and times their fractions`() throws {
    let first = try parquetRows(try Fixtures.bytes("types"))
    let expected = try Fixtures.rows("types")
    for key in ["dec9", "dec30", "ms", "us", "ns", "t32", "t64", "date", "u64", "bin", "fixed"] {
      for (row, wanted) in zip(first, expected) { #expect(row[key] == wanted[key], "\(key)") }
    }
  }

  @Test func `row groups and rows are numbered`() throws {
    let file = try ParquetFile(
      FileSource("\(Fixtures.folder)/chat-gzip-groups.parquet"), name: "chat.parquet")
    #expect(file.rowCount == 150 && file.groupSizes == [37, 37, 37, 37, 2])
    var places: [[Int]] = []
    try file.forEachRow { group, row, _ in places.append([group, row]) }
    #expect(places.first == [1, 1] && places[37] == [2, 1] && places.last == [5, 2])
  }

  @Test func `brotli is refused by name`() throws {
    let bytes = try Fixtures.bytes("refused-brotli")
    #expect {
      try parquetRows(bytes)
    } throws: {
      "\($0)".contains("BROTLI compression is not read") && "\($0)".contains("row group 1, row 1")
    }
  }

  @Test func `a file that was cut or is none says so`() throws {
    let bytes = try Fixtures.bytes("pandas")
    let cases: [([UInt8], String)] = [
      (Array(bytes.dropLast(9)), "may have been cut short"), (Array("PAR1".utf8), "does not begin"),
      (Array("{\"text\": \"no Parquet\"}".utf8), "does not begin"),
      (Array("PAR1".utf8) + [0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F] + Array("PAR1".utf8), "beyond"),
    ]
    for (bytes, message) in cases {
      #expect {
        try parquetRows(bytes)
      } throws: {
        "\($0)".contains(message)
      }
    }
  }

  @Test func `a flipped bit is seen where pages have checksums`() throws {
    var bytes = try Fixtures.bytes("chat-checksum")
    bytes[1000] ^= 4
    #expect {
      try parquetRows(bytes)
    } throws: {
      "\($0)".contains("damaged")
    }
  }
}
