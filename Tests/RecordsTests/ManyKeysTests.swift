import Records
import TestSupport
import Testing

@Suite struct `A record of very many fields` {
  private static let count = 50_000

  @Test(.timeLimit(.minutes(1)))
  func `is read and written in time that grows with their number alone`() throws {
    var record = Record.text("one")
    record.metadata = JSONObject(
      lastWins: (0..<Self.count).map { .init(key: "field \($0)", value: .integer($0)) })
    #expect(record.object.count == Self.count + 2)
    var written: [UInt8] = []
    record.write(to: &written)
    let read = try Record(json: written[...])
    #expect(read.metadata.count == Self.count)
    var again: [UInt8] = []
    read.write(to: &again)
    #expect(again == written)
  }

  @Test(.timeLimit(.minutes(1)), arguments: [Schema.text, .messages])
  func `is written in a schema in time that grows with their number alone`(_ schema: Schema) {
    let metadata = JSONObject(
      lastWins: (0..<Self.count).map { .init(key: "field \($0)", value: .integer($0)) })
    let body = RecordBody(content: .text("one"), metadata: metadata)
    #expect(schema.write(body).count == Self.count + 1)
    #expect(schema.convert(body, from: .alpaca).object.count == Self.count + 1)
  }
}
