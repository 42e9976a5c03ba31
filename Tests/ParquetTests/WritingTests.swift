import Parquet
import Records
import Stages
import TestSupport
import Testing

struct WritingTests {
  /// Writes rows and reads them back.
  private func again(
    _ rows: [JSONObject], _ compression: ParquetCompression = .zstd
  ) throws -> [JSONObject] {
    let folder = try TemporaryFolder()
    try write(rows, to: "\(folder.path)/a.parquet", compression)
    return try parquetRows(try FileReader.contents("\(folder.path)/a.parquet"))
  }

  private func write(
    _ rows: [JSONObject], to path: String, _ compression: ParquetCompression = .zstd
  ) throws {
    var type = ColumnType.structure([])
    for row in rows { type.merge(ColumnType(.object(row))) }
    guard case .structure(let fields) = type else {
      Issue.record("rows are no structures")
      return
    }
    let writer = try ParquetWriter(path, fields: fields, compression: compression)
    for row in rows { try writer.append(row) }
    try writer.finish()
  }

  @Test(arguments: ParquetCompression.allCases)
  func `rows of every kind are read as they were written`(_ compression: ParquetCompression) throws
  {
    let rows: [JSONObject] = [
      [
        "text": "a", "n": 1, "x": 0.5, "yes": true, "tags": ["a", nil, ""],
        "turns": [["role": "user", "content": "u"], ["role": "tool", "content": nil]],
        "deep": ["a": ["b": [[1, 2], [], [3]]]],
      ],
      [
        "text": nil, "n": nil, "x": 2, "yes": false, "tags": [], "turns": [], "deep": ["a": nil],
      ],
      [
        "text": "", "n": -9_007_199_254_740_993, "x": nil, "yes": nil, "tags": nil, "turns": nil,
        "deep": nil,
      ],
    ]
    let read = try again(rows, compression)
    #expect(read.map { normal(.object($0)) } == rows.map { normal(.object($0)) })
  }

  @Test func `members that are missing are null, and values of several kinds are kept as JSON`()
    throws
  {
    let rows: [JSONObject] = [
      ["a": 1], ["b": [1, "x", ["y": nil]]], ["a": "one", "b": []], ["c": [:], "a": [true]],
      ["n": 123_456_789_012_345_678],
    ]
    let read = try again(rows)
    #expect(read[0] == ["a": 1, "b": nil, "c": nil, "n": nil])
    #expect(read[1]["b"] == [1, "x", ["y": nil]])
    #expect(read[2]["a"] == "one" && read[3]["a"] == [true] && read[3]["c"] == [:])
    #expect(read[4]["n"] == 123_456_789_012_345_678)
  }

  @Test func `many rows make several pages and row groups, few texts a dictionary`() throws {
    let rows: [JSONObject] = (0..<40_000).map { index in
      [
        "id": .integer(index), "side": .string(["train", "test"][index % 2]),
        "same": "x", "text": .string(String(repeating: "wörter \(index) ", count: index % 30)),
        "list": .array((0..<index % 4).map { .integer($0) }),
      ]
    }
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.parquet"
    try write(rows, to: path)
    let file = try ParquetFile(FileSource(path), name: "a.parquet")
    #expect(file.groupSizes == [16_384, 16_384, 7232])
    var read: [JSONObject] = []
    try file.forEachRow { _, _, row in read.append(row) }
    #expect(read == rows)
    let first = try FileReader.contents(path)
    try write(rows, to: path)
    #expect(try FileReader.contents(path) == first)
  }

  @Test func `random rows are read as they were written, 200 times`() throws {
    for index in 0..<200 {
      var random = CounterRandom(seed: 11, purpose: "rows", record: "\(index)")
      let shape = Self.shape(&random, depth: 3)
      let rows = (0..<random.below(60)).map { _ in
        JSONObject(shape.map { ($0.0, $0.1.value(&random)) })
      }
      guard !rows.isEmpty else { continue }
      let read = try again(rows, ParquetCompression.allCases[index % 3])
      #expect(read == rows, "seed \(index)")
    }
  }

  /// A random type, and random values of it.
  private indirect enum Shape {
    case text, integer, flag, list(Shape), structure([(String, Shape)])

    func value(_ random: inout CounterRandom) -> JSONValue {
      // What is null everywhere, or has no members, is no column of its kind.
      if random.below(5) == 0, !isNested { return nil }
      switch self {
      case .text: return .string(["", "a", "é", "e\u{301}", "long text 🙂"][random.below(5)])
      case .integer:
        return .integer(Int(truncatingIfNeeded: random.next() >> UInt64(random.below(60))))
      case .flag: return .bool(random.below(2) == 0)
      case .list(let element):
        return .array((0..<random.below(4)).map { _ in element.value(&random) })
      case .structure(let fields):
        return .object(JSONObject(fields.map { ($0.0, $0.1.value(&random)) }))
      }
    }

    private var isNested: Bool { if case .structure = self { true } else { false } }
  }

  private static func shape(
    _ random: inout CounterRandom, depth: Int
  ) -> [(String, Shape)] {
    (0...random.below(4)).map { index in
      ("f\(index)", kind(&random, depth: depth))
    }
  }

  private static func kind(_ random: inout CounterRandom, depth: Int) -> Shape {
    switch random.below(depth > 0 ? 6 : 3) {
    case 0: .text
    case 1: .integer
    case 2: .flag
    case 3, 4: .list(kind(&random, depth: depth - 1))
    default: .structure(shape(&random, depth: depth - 1))
    }
  }
}
