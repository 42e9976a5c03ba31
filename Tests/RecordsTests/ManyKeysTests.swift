import Records
import Testing

@Suite struct `A record of very many fields` {
  private static let count = 50_000

  private var line: [UInt8] {
    let rest = (0..<Self.count).map { ",\"field \($0)\":\($0)" }.joined()
    return Array("{\"text\":\"one\"\(rest)}".utf8)
  }

  @Test(.timeLimit(.minutes(1)))
  func `is read and written in time that grows with their number alone`() throws {
    let source = Source(file: "a.jsonl", line: 1)
    let line = line
    var raw: [UInt8] = []
    let isWritten = line.withUnsafeBufferPointer {
      RawRecord.write($0, as: nil, at: source, to: &raw)
    }
    #expect(isWritten)
    let record = try Record(object: try #require(try JSONValue.parse(raw).object))
    #expect(record.metadata.count == Self.count)
    #expect(record.object.count == Self.count + 2)
    var written: [UInt8] = []
    record.write(to: &written)
    #expect(written == raw)
  }
}
