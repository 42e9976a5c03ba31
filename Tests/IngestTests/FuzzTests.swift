import Foundation
import Records
import Stages
import TestSupport
import Testing

/// No input may crash a reader, hang it or lose a file without a word: whatever it is, it ends in
/// records, counted drops and faults.
///
/// A run takes seconds; `ANNEAL_FUZZ=300` makes it go on for so many seconds a test, with other random
/// numbers.
@Suite struct FuzzTests {
  static let seeds: [(name: String, text: String)] = [
    ("a.jsonl", "{\"text\":\"a\\u00e9\\n\",\"label\":1}\n{\"text\":\"中\"}\n\n"),
    ("a.json", "{\"data\": [{\"text\":\"a\",\"x\":[1,{}]},{\"text\":\"b\"}], \"n\": 3}"),
    ("a.csv", "text,label\n\"a, \"\"b\"\"\",1\r\nc,2\r\"x\ny\",3\n"),
    ("a.tsv", "text\tlabel\na\t1\n"), ("a.txt", "one\n\ntwo\r\n"),
    ("a.html", "<html><body><p>a &amp; <b>b</b><script>x</script><pre> c</pre></html>"),
    ("a.xml", "<?xml version=\"1.0\"?><r><i n=\"1\">a &amp; b</i><i><![CDATA[c]]></i></r>"),
    (
      "a.md", "---\ntitle: x\n---\n# A *b*\n\n- c `d`\n  > e\n\n| a |\n|---|\n| b |\n[x]: y \"z\"\n"
    ),
    (
      "a.rss",
      "<rss><item><title>a</title><link>b</link><description>&lt;p&gt;c</description></item></rss>"
    ),
    (
      "a.warc",
      "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 53\r\n\r\n"
        + "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>text</p>\r\n\r\n"
    ),
    (
      "w.xml",
      "<mediawiki><page><title>a</title><ns>0</ns><revision><text>[[b|c]] {{d}} ''e''</text></revision>"
        + "</page></mediawiki>"
    ),
    ("data.noun", "  1 This\n00001740 03 n 01 entity 0 000 | that which is; \"x\"\n"),
  ]

  /// Files of Tests/Fixtures/Ingest/Archives that are changed at random.
  static let archives = [
    "two.jsonl.gz", "two.jsonl.zst", "two.jsonl.bz2", "two.jsonl.xz", "gnu.tar", "pax.tar",
    "odd.tar", "ustar.tar.gz", "sparse-pax.tar", "plain.zip", "descriptor64.zip", "zip64.zip",
    "encrypted.zip", "overlap.zip",
  ]

  private static let seconds = ProcessInfo.processInfo.environment["ANNEAL_FUZZ"].flatMap(
    Double.init)

  /// Calls `body` so many times, or for as long as is asked for.
  private func rounds(_ count: Int, _ name: String, _ body: (inout CounterRandom) throws -> Void)
    rethrows
  {
    guard let seconds = Self.seconds else {
      var random = CounterRandom(seed: 20_240, purpose: "fuzz", record: name)
      for _ in 0..<count { try body(&random) }
      return
    }
    var random = CounterRandom(seed: .random(in: 0 ... .max), purpose: "fuzz", record: name)
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end { try body(&random) }
  }

  private func check(_ bytes: [UInt8], as name: String, in folder: TemporaryFolder) throws {
    let result = try ingest(try folder.write(bytes: bytes, to: name))
    // Something must come of every file: a record, a counted drop or a fault.
    #expect(
      result.records.count + result.faults.count + result.dropped.count > 0, "\(name): \(bytes)")
  }

  @Test(.timeLimit(.minutes(10)), arguments: seeds.indices)
  func `broken copies of every format end in records and faults`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let seed = Self.seeds[index]
    try rounds(400, seed.name) { random in
      try check(Self.mutated(Array(seed.text.utf8), &random), as: seed.name, in: folder)
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: archives)
  func `broken copies of compressed files and archives end in records and faults`(
    _ name: String
  ) throws {
    let folder = try TemporaryFolder()
    let bytes = try ArchiveFixture.bytes(name)
    try rounds(150, name) { random in
      try check(Self.mutated(bytes, &random), as: name, in: folder)
    }
  }

  /// Members of documents, which are changed before they are put into an archive.
  static let documents = [
    ("a.docx", WordFile.members(WordFile.items(["0", "1", "2", "0"]))),
    ("a.epub", BookFile.members(["<h1>a</h1><p>b", "<p>c &amp; d</p>"])),
  ]

  @Test(.timeLimit(.minutes(10)), arguments: documents.indices)
  func `broken members of documents end in records and faults`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let (name, members) = Self.documents[index]
    try rounds(400, name) { random in
      var members = members
      let place = random.below(members.count)
      let bytes = Self.mutated(Array(members[place].text.utf8), &random)
      members[place].text = String(decoding: bytes, as: UTF8.self)
      try check(storedZip(members), as: name, in: folder)
    }
  }

  @Test(.enabled(if: DocumentTests.hasProgram, "needs pdftotext"), .timeLimit(.minutes(10)))
  func `broken copies of a PDF end in records and faults`() throws {
    let folder = try TemporaryFolder()
    let bytes = try FileReader.contents("\(Shared.project)/Tests/Fixtures/Documents/pages.pdf")
    try rounds(20, "a.pdf") { random in
      try check(Self.mutated(bytes, &random), as: "a.pdf", in: folder)
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: EncodingTests.samples)
  func `broken copies of texts in any encoding end in records and faults`(
    _ sample: EncodingTests.Sample
  ) throws {
    let folder = try TemporaryFolder()
    try rounds(20, sample.testDescription) { random in
      try check(Self.mutated(sample.bytes, &random), as: "a.txt", in: folder)
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: seeds.indices)
  func `junk under any name ends in faults`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let magics: [[UInt8]] = [
      [], [0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD], Array("BZh91AY&SY".utf8),
      [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0xFF, 0xFE],
    ]
    try rounds(4, "junk \(Self.seeds[index].name)") { random in
      for length in [1, 2, 3, 16, 300, 5000] {
        let junk = (0..<length).map { _ in UInt8(random.below(256)) }
        let bytes = magics[random.below(magics.count)] + junk
        try check(bytes, as: Self.seeds[index].name, in: folder)
      }
    }
  }

  @Test func `what parses as JSON is written and parsed to the same value`() throws {
    let seed = "{\"a\":[1,-2.5e3,true,null,\"\\ud83d\\ude00\\n\"],\"b\":{\"c\":\"中\\\"\"},\"a\":2}"
    try rounds(5000, "json") { random in
      let bytes = Self.mutated(Array(seed.utf8), &random)
      guard let own = try? JSONValue.parse(bytes) else { return }
      let again = try JSONValue.parse(own.bytes)
      #expect(again == own, "\(bytes)")
    }
  }

  private static let numbers = [
    "0", "-1", "-900000000", "2147483648", "9223372036854775807", "-9223372036854775808",
    "99999999999999999999", "1e400",
  ]

  /// The next number becomes one that few programs expect.
  private static func replaceNumber(
    behind place: Int, in bytes: inout [UInt8], _ random: inout CounterRandom
  ) {
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: numbers[random.below(numbers.count)].utf8)
  }

  /// A few bytes changed, inserted, doubled or cut away, numbers made extreme.
  private static func mutated(_ bytes: [UInt8], _ random: inout CounterRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(4) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      switch random.below(6) {
      case 0: bytes[place] = UInt8(random.below(256))
      case 1: bytes.insert(Array("\"{}[],:<>&\\\n\r\u{0}".utf8)[random.below(13)], at: place)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(8)))
      case 3: replaceNumber(behind: place, in: &bytes, &random)
      case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
      default: if random.below(3) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }
}
