import Records
import Stages
import TestSupport
import Testing

/// No input may crash a reader: whatever it is, it ends in records and faults.
@Suite struct FuzzTests {
  static let seeds: [(name: String, text: String)] = [
    ("a.jsonl", "{\"text\":\"a\\u00e9\\n\",\"label\":1}\n{\"text\":\"中\"}\n\n"),
    ("a.json", "{\"data\": [{\"text\":\"a\",\"x\":[1,{}]},{\"text\":\"b\"}], \"n\": 3}"),
    ("a.csv", "text,label\n\"a, \"\"b\"\"\",1\nc,2\n\"x\ny\",3\n"),
    ("a.tsv", "text\tlabel\na\t1\n"), ("a.txt", "one\n\ntwo\r\n"),
    ("a.html", "<html><body><p>a &amp; <b>b</b><script>x</script><pre> c</pre></html>"),
    ("a.xml", "<?xml version=\"1.0\"?><r><i n=\"1\">a &amp; b</i><i><![CDATA[c]]></i></r>"),
    ("data.noun", "  1 This\n00001740 03 n 01 entity 0 000 | that which is; \"x\"\n"),
  ]

  @Test(.timeLimit(.minutes(2)), arguments: seeds.indices)
  func `broken copies of every format end in records and faults`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let seed = Self.seeds[index]
    var random = CounterRandom(seed: 20_240, purpose: "fuzz", record: seed.name)
    for _ in 0..<150 {
      let bytes = Self.mutated(Array(seed.text.utf8), &random)
      let result = try ingest(try folder.write(bytes: bytes, to: seed.name))
      // Something must come of every file: a record, a counted drop or a fault.
      #expect(result.records.count + result.faults.count + result.dropped.count > 0)
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: seeds.indices)
  func `junk under any name ends in faults`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    var random = CounterRandom(seed: 7, purpose: "junk", record: Self.seeds[index].name)
    for length in [1, 2, 3, 16, 300, 5000] {
      let bytes = (0..<length).map { _ in UInt8(random.below(256)) }
      let result = try ingest(try folder.write(bytes: bytes, to: Self.seeds[index].name))
      #expect(result.records.count + result.faults.count + result.dropped.count > 0)
    }
  }

  /// A few bytes changed, inserted, doubled or cut away.
  private static func mutated(_ bytes: [UInt8], _ random: inout CounterRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(4) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      switch random.below(5) {
      case 0: bytes[place] = UInt8(random.below(256))
      case 1: bytes.insert(Array("\"{}[],:<>&\\\n\r\u{0}".utf8)[random.below(13)], at: place)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(8)))
      case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }
}
