import Records
import Split
import Stages
import TestSupport
import Testing

/// Changes every member of certificates, and records in every way there is: nothing may pass.
@Suite struct TamperTests {
  /// A split of each kind, of records that are alike, grouped, labelled and dated.
  private static let kinds: [(name: String, parameters: [String: String])] = [
    ("hash", ["group": "metadata.patient", "stratify": "label"]),
    ("exact", ["exact": "true", "stratify": "length"]),
    ("texts alone", ["near-duplicates": "none", "group": "metadata.patient"]),
    ("time", ["time": "metadata.year", "group": "metadata.patient"]),
    ("boundaries", ["time": "metadata.year", "validation-from": "1950", "test-from": "1970"]),
    ("given", [:]),
  ]

  private func run(_ kind: (name: String, parameters: [String: String])) throws -> SplitRun {
    let records = (0..<240).map { number in
      var record = Make.record(
        number, label: "class \(number % 3)", group: number % 4 == 0 ? nil : "p\(number / 3)",
        text: number % 10 == 9 ? Make.text(number - 1) + " so" : nil)
      record.metadata["year"] = .integer(1900 + number / 3)
      return record
    }
    var parameters = kind.parameters
    let folder = try TemporaryFolder()
    if kind.name == "given" {
      parameters["test-ids"] = try folder.write(
        (0..<20).map { "f:\($0 * 10)\n" }.joined(), to: "test.txt")

    }
    return try withExtendedLifetime(folder) { try SplitRun(records, parameters) }
  }

  private func files(_ run: SplitRun, _ records: [Record]) throws -> [RecordCollection] {
    try Side.allCases.map { side in
      try SplitRun.collection(records.filter { $0.side == side }, "\(side).jsonl", in: run.folder)
    }
  }

  /// Whether a certificate holds for a run's records; refused ones do not.
  private func holds(_ json: JSONValue, _ files: [RecordCollection]) throws -> Bool {
    guard let certificate = try? SplitCertificate(json: json) else { return false }
    return try certificate.verify(files).isEmpty
  }

  // MARK: - Certificates

  /// Every change of one value within a value, with the path that leads there.
  private func changes(of value: JSONValue, at path: String = "") -> [(String, JSONValue)] {
    switch value {
    case .object(let object):
      var all: [(String, JSONValue)] = []
      for member in object.members {
        let place = "\(path).\(member.key)"
        all.append(("\(place) removed", .object(object.without([member.key]))))
        for (path, changed) in changes(of: member.value, at: place) {
          var copy = object
          copy[member.key] = changed
          all.append((path, .object(copy)))
        }
      }
      return all
    case .array(let values):
      var all: [(String, JSONValue)] = [(path + " longer", .array(values + ["more"]))]
      for index in values.indices {
        for (path, changed) in changes(of: values[index], at: "\(path)[\(index)]") {
          var copy = values
          copy[index] = changed
          all.append((path, .array(copy)))
        }
      }
      return all
    case .string(let text): return [(path, .string(text + "0")), (path + " null", .null)]
    case .number(let number):
      return [
        (path, .real(number.double + 1)), (path + " less", .real(number.double * 0.9 - 0.05)),
        (path + " text", .string(number.literal)),
      ]
    case .bool(let flag): return [(path, .bool(!flag))]
    case .null: return [(path, "label"), (path + " number", 0.5)]
    }
  }

  @Test(arguments: kinds.map(\.name))
  func `no certificate holds of which a single value was changed`(_ name: String) throws {
    let run = try run(try #require(Self.kinds.first { $0.name == name }))
    let files = try files(run, run.kept)
    #expect(try holds(run.certificate.json, files))
    let changes = changes(of: run.certificate.json)
    #expect(changes.count > 100)
    for (path, changed) in changes { #expect(try !holds(changed, files), "\(path)") }
  }

  /// What the records cannot tell, as it speaks of others, or of what may or may not have been.
  private static let untold = [
    ".seed", ".shares", ".largest_family", ".stratify", ".near_duplicates", ".missing",
  ]

  @Test(arguments: kinds.map(\.name))
  func `what the records tell is found by them, though a certificate is sealed anew`(
    _ name: String
  ) throws {
    let run = try run(try #require(Self.kinds.first { $0.name == name }))
    let files = try files(run, run.kept)
    var object = try #require(run.certificate.json.object)
    object["checksum"] = nil
    var told = 0
    for (path, changed) in changes(of: .object(object)) {
      guard !Self.untold.contains(where: path.contains) else { continue }
      let members = try #require(changed.object)
      told += 1
      #expect(try !holds(.object(SplitCertificate.sealed(members)), files), "\(path)")
    }
    #expect(told > 50)
  }

  @Test func `another seed and other shares are found, though the certificate is sealed anew`()
    throws
  {
    let run = try SplitRun(Make.records(0..<400))
    let files = try files(run, run.kept)
    func holds(_ key: String, _ value: JSONValue) throws -> Bool {
      var object = try #require(run.certificate.json.object)
      object[key] = value
      return try self.holds(.object(SplitCertificate.sealed(object)), files)
    }
    #expect(try holds("seed", "42"))
    #expect(try !holds("seed", "43"))
    #expect(try !holds("shares", ["train": 0.7, "validation": 0.1, "test": 0.2]))
    #expect(try !holds("shares", ["train": 0.85, "validation": 0.05, "test": 0.1]))
  }

  /// What builds wrote before there were checksums and sums of contents.
  private func oldForm(_ certificate: SplitCertificate) throws -> JSONObject {
    var object = try #require(certificate.json.object).without(["checksum"])
    object["version"] = 1
    var sides: JSONObject = [:]
    for side in Side.allCases {
      sides[side.rawValue] = .object(
        try #require(object["sides"]?[side.rawValue]?.object).without(["contents"]))
    }
    object["sides"] = .object(sides)
    return object
  }

  @Test func `a certificate of version 1 is still read, and one of version 2 is not made one`()
    throws
  {
    let run = try run(Self.kinds[0])
    let object = try oldForm(run.certificate)
    let old = try SplitCertificate(json: .object(object))
    #expect(old.verify(run.kept) == [])
    #expect(old.json == .object(object))
    var mixed = try #require(run.certificate.json.object).without(["checksum"])
    mixed["version"] = 1
    #expect(throws: SplitFault.self) { try SplitCertificate(json: .object(mixed)) }
    // No build of version 1 split by time or by lists.
    for kind in Self.kinds where ["time", "boundaries", "given"].contains(kind.name) {
      let object = try oldForm(try self.run(kind).certificate)
      #expect(throws: SplitFault.self, "\(kind.name)") {
        try SplitCertificate(json: .object(object))
      }
    }
  }

  // MARK: - Records

  @Test(arguments: kinds.map(\.name))
  func `no certificate holds for records that were changed`(_ name: String) throws {
    let run = try run(try #require(Self.kinds.first { $0.name == name }))
    let (a, b) = try (
      #require(run.kept.firstIndex { $0.side == .train && $0.label?.name == "class 0" }),
      #require(run.kept.firstIndex { $0.side == .train && $0.label?.name == "class 1" })
    )
    let c = try #require(run.kept.firstIndex { $0.side == .test })
    let changes: [(String, (inout [Record]) -> Void)] = [
      ("missing", { $0.remove(at: a) }), ("twice", { $0.append($0[a]) }),
      ("another's label", { $0[a].label = $0[b].label }),
      (
        "labels swapped",
        {
          let label = $0[a].label; $0[a].label = $0[b].label; $0[b].label = label
        }
      ),
      (
        "texts swapped",
        {
          let text = $0[a].content; $0[a].content = $0[b].content; $0[b].content = text
        }
      ),
      (
        "sides swapped",
        {
          $0[a].side = .test; $0[c].side = .train
        }
      ),
      ("another side", { $0[c].side = .validation }), ("no side", { $0[a].side = nil }),
      ("another id", { $0[a].id += "0" }), ("an empty text", { $0[a].content = .text("") }),
      ("a mark more", { $0[a].content = .text($0[a].texts().joined() + "!") }),
      ("a field more", { $0[a].metadata["new"] = 1 }),
      ("another group", { $0[a].metadata["patient"] = "p999" }),
      ("made from another", { $0[a].augmentedBy = "augment.noise" }),
      ("a parent on another side", { $0[a].parent = $0[c].id }),
      (
        "a copy on another side",
        {
          var copy = $0[a]
          copy.side = .test
          $0.append(copy)
        }
      ),
      ("all gone", { $0 = [] }),
    ]
    for (what, change) in changes {
      var records = run.kept
      change(&records)
      // A record without a side is in no side's file; it may stand in another.
      var files = try files(run, records)
      files.append(
        try SplitRun.collection(records.filter { $0.side == nil }, "other.jsonl", in: run.folder))
      #expect(try !run.certificate.verify(files).isEmpty, "\(what)")
    }
    let files = try files(run, run.kept)
    #expect(try run.certificate.verify(files.reversed()) == [])
    #expect(try !run.certificate.verify(files + [files[0]]).isEmpty)
    #expect(try !run.certificate.verify([files[0]]).isEmpty)
    #expect(try run.certificate.verify([files[0]], isComplete: false) == [])
    #expect(try !run.certificate.verify([], isComplete: false).isEmpty)
  }
}
