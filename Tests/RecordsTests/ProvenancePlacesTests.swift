import Records
import Testing

struct ProvenancePlacesTests {
  private func record(_ change: (inout Record) -> Void) -> Record {
    var record = Record(
      id: "a.jsonl:7", source: Source(file: "a.jsonl", line: 7), content: .text("one \"two\""),
      schema: .text)
    change(&record)
    return record
  }

  @Test func `the parts of a line are where writing puts them`() throws {
    let records = [
      record { _ in },
      record { $0.id = #"say "hi"\.txt:1#2"# },
      record { $0.source = Source(file: "b \"c\"\\.txt", line: 3, part: 2) },
      record { ($0.parent, $0.augmentedBy) = ("a.jsonl:7\n", "augment.\"x\"") },
      record { $0.side = .test },
      record { ($0.side, $0.metadata) = (.validation, ["anneal": ["id": "other"], "more": 1]) },
      record { $0.metadata = ["text\\": "中文 \u{1F600}", "anneal": "mine"] },
    ]
    for record in records {
      var line: [UInt8] = []
      record.write(to: &line)
      let comment = Comment(rawValue: String(decoding: line, as: UTF8.self))
      let places = try #require(
        line.withUnsafeBufferPointer { ProvenancePlaces(in: $0) }, comment)
      func value(_ range: Range<Int>?) throws -> JSONValue? {
        try range.map { try JSONValue.parse(line[$0]) }
      }
      #expect(try value(places.id)?.string == record.id, comment)
      #expect(try value(places.parent)?.string == record.parent, comment)
      #expect(try value(places.augmentedBy)?.string == record.augmentedBy, comment)
      #expect(places.side == record.side, comment)
      let source = try #require(try value(places.source))
      #expect(source["file"]?.string == record.source.file, comment)
      #expect(source["line"]?.int == record.source.line, comment)
      #expect(source["part"]?.int ?? 1 == record.source.part, comment)
    }
  }
}
