import Ingest
import Records
import Stages
import TestSupport
import Testing

/// What a source made of its files, in order.
struct Ingested {
  var records: [Record] = []
  var dropped: [String: Int] = [:]
  /// Why, of each record that was dropped.
  var reasons: [Reason] = []
  var faults: [StageError] = []
  /// What the ledger is told of each record.
  var notes: [JSONValue?] = []

  var texts: [String] {
    records.compactMap { if case .text(let text) = $0.content { text } else { nil } }
  }
  var lines: [Int] { records.map(\.source.line) }
  var codes: [String] { faults.map(\.code) }
}

/// Runs `ingest` on paths as a pipeline file would, on one thread.
func ingest(_ path: String, _ parameters: [String: String] = [:], fields: TextMap = TextMap())
  throws -> Ingested
{
  let source = try ingestStage([path], parameters, fields: fields)
  var result = Ingested()
  try source.readUnits { unit in
    do throws(StageError) {
      switch try source.outcome(of: unit, .test("ingest")) {
      case .keep(let record, let note):
        result.records.append(record)
        result.notes.append(note)
      case .drop(let reason):
        result.dropped[reason.code, default: 0] += 1
        result.reasons.append(reason)
      case .merge, .quarantine, .expand, .derive: Issue.record("a source keeps or drops")
      }
    } catch { result.faults.append(error) }
  }
  return result
}

/// Makes the stage from parameters written in a pipeline file.
func ingestStage(
  _ paths: [String], _ parameters: [String: String] = [:], fields: TextMap = TextMap()
) throws -> any SourceStage {
  let place = Place(file: "test")
  func node(_ value: ConfigurationNode.Value) -> ConfigurationNode {
    ConfigurationNode(value, place: place, base: "/")
  }
  func scalar(_ text: String) -> ConfigurationNode { node(.scalar(text, quoted: false)) }
  var entries = parameters.map {
    ConfigurationNode.Entry(key: $0.key, place: place, node: scalar($0.value))
  }
  entries.append(.init(key: "path", place: place, node: node(.list(paths.map(scalar)))))
  let map = fields.entries.map {
    ConfigurationNode.Entry(key: $0.key, place: place, node: scalar($0.text))
  }
  entries.append(.init(key: "fields", place: place, node: node(.map(map))))
  var diagnostics = Diagnostics()
  let descriptor = try #require(ingestStages.first)
  let values = ParameterValues.read(
    descriptor.parameters, from: node(.map(entries)), owner: "ingest", into: &diagnostics)
  guard let values else { throw diagnostics }
  return try #require(try descriptor.make(values) as? any SourceStage)
}

/// A zip archive of members that are stored as they are.
func storedZip(_ members: [(name: String, text: String)]) -> [UInt8] {
  var archive: [UInt8] = []
  var directory: [UInt8] = []
  for member in members {
    let (name, bytes) = (Array(member.name.utf8), Array(member.text.utf8))
    let sum = Int(checksum(of: bytes))
    // Version, flags, method, time and date, checksum, two sizes, lengths of the name and of the rest.
    let about = littleEndian([
      (20, 2), (0x800, 2), (0, 2), (0x21_0000, 4), (sum, 4), (bytes.count, 4), (bytes.count, 4),
      (name.count, 2), (0, 2),
    ])
    directory += littleEndian([(0x0201_4B50, 4), (20, 2)])
    directory += about
    directory += littleEndian([(0, 2), (0, 2), (0, 2), (0, 4), (archive.count, 4)])
    directory += name
    archive += littleEndian([(0x0403_4B50, 4)])
    archive += about
    archive += name
    archive += bytes
  }
  let end = littleEndian([
    (0x0605_4B50, 4), (0, 4), (members.count, 2), (members.count, 2), (directory.count, 4),
    (archive.count, 4), (0, 2),
  ])
  return archive + directory + end
}

private func littleEndian(_ numbers: [(value: Int, bytes: Int)]) -> [UInt8] {
  numbers.flatMap { number in
    (0..<number.bytes).map { UInt8(truncatingIfNeeded: number.value >> (8 * $0)) }
  }
}

/// The CRC-32 of bytes.
private func checksum(of bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~UInt32(0)) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
}

extension TemporaryFolder {
  /// Writes bytes to a file below the folder and returns its path.
  func write(bytes: [UInt8], to name: String) throws -> String {
    try AtomicFile.write(bytes, to: "\(path)/\(name)")
    return "\(path)/\(name)"
  }
}
