public import Records

/// A stage of a plan with its parameters: what the runner runs.
public struct StageStep: Sendable {
  /// The stage's name, numbered where the plan has several of that name.
  public let label: String
  /// What the stage is.
  public let descriptor: StageDescriptor
  /// The values of its parameters.
  public let values: ParameterValues
  /// What to do with records at fault.
  public let onError: ErrorPolicy
  /// The reasons for which records do not end.
  public let rescue: [String]
  /// The stage.
  public let stage: any Stage

  /// A stage of a plan.
  public init(
    label: String, descriptor: StageDescriptor, values: ParameterValues, onError: ErrorPolicy,
    rescue: [String] = [], stage: any Stage
  ) {
    self.label = label
    self.descriptor = descriptor
    self.values = values
    self.onError = onError
    self.rescue = rescue
    self.stage = stage
  }

  /// Whether it may run in one walk with other stages.
  var sharesWalk: Bool { stage is any RecordStage && descriptor.role != .augmenting }

  /// Whether it is a source whose files are read again in a few seconds.
  var readsLittle: Bool {
    get throws {
      guard let source = stage as? any SourceStage else { return false }
      var left = Self.fewBytes
      for path in try source.dependencies() {
        let isPlain = Self.plain.contains { path.hasSuffix(".\($0)") }
        left -= min(Folders.size(path) ?? .max, Self.fewBytes + 1) * (isPlain ? 1 : Self.unpacked)
        if left < 0 { return false }
      }
      return true
    }
  }

  private static let fewBytes = 1 << 28
  /// How the names of files end that are read as fast as they lie there.
  private static let plain = ["jsonl", "json", "ndjson", "txt", "csv", "tsv", "md"]
  /// How much longer than those others take, which are packed or laid out.
  private static let unpacked = 8

  /// A record that would end for a reason named in `rescue` goes on as it was; a note says so.
  package func rescuing(_ outcome: Outcome, of record: Record) -> Outcome {
    switch outcome {
    case .drop(let reason), .merge(_, let reason), .quarantine(let reason):
      rescued(record, from: reason) ?? outcome
    case .derive(let record, let children):
      rescue.isEmpty ? outcome : .derive(record, children: children.map(rescued))
    case .keep, .expand: outcome
    }
  }

  /// A child that goes on in spite of why it was refused, where that is named in `rescue`.
  private func rescued(_ child: Derived) -> Derived {
    guard let reason = child.refusal, rescue.contains(reason.code) else { return child }
    var note = note(reason)
    note["made"] = child.note
    return Derived(child.record, note: .object(note))
  }

  /// The record as it goes on in spite of a reason; nil where the reason is not named in `rescue`.
  package func rescued(_ record: Record, from reason: Reason) -> Outcome? {
    rescue.contains(reason.code) ? .keep(record, note: .object(note(reason))) : nil
  }

  /// Says what a record goes on in spite of.
  private func note(_ reason: Reason) -> JSONObject {
    var note: JSONObject = ["rescued": .string(reason.code)]
    if !reason.detail.isEmpty { note["detail"] = .object(reason.detail) }
    return note
  }

  /// A hash of all that the stage's output depends on: itself, its parameters, the seed, the files
  /// it reads, the output before it, and the shard, where only one is run.
  func fingerprint(after upstream: String, seed: UInt64, shard: Shard?) throws -> String {
    try fingerprint(after: upstream, seed: seed, shard: shard, files: files())
  }

  /// Hashes of the files that the stage reads, by their paths.
  func files() throws -> JSONObject {
    let hashes = try stage.dependencies().map { path in
      // Standard input cannot be read twice, so it is never the same as before.
      let hash = path == "-" ? "\(UInt64.random(in: 0 ... .max))" : try ContentHash.ofFile(path)
      return (path, JSONValue.string(hash))
    }
    return JSONObject(hashes)
  }

  /// The fingerprint where the files are hashed already.
  func fingerprint(
    after upstream: String, seed: UInt64, shard: Shard?, files: JSONObject
  ) throws -> String {
    // How fast and how much endpoints are asked changes no record.
    let parameters = values.encoded.without([EndpointLimits.parameter.name])
    var object: JSONObject = [
      "format": .integer(StageManifest.format), "stage": .string(label),
      "version": .integer(descriptor.version),
      "parameters": .object(parameters), "on-error": onError.encoded,
      "rescue": rescue.encoded,
      "seed": .string("\(seed)"), "files": .object(files),
      "upstream": .string(upstream), "shard": shard.map { .string($0.description) } ?? .null,
    ]
    // Nothing is added where a stage says nothing, so that what older versions left is found.
    if let identity = try stage.identity() { object["made-by"] = identity }
    return ContentHash.of(JSONValue.object(object).text)
  }
}

/// What a stage left on disk.
public struct StageResult: Sendable {
  /// The stage's label.
  public let label: String
  /// The folder of its output.
  public let folder: String
  /// The hash of all it depended on.
  public let fingerprint: String
  /// What became of the records.
  public let counts: StageCounts
  /// The hash of the records before it; nil where there are none.
  let upstreamHash: String?
  /// A hash of its records, trail included: SHA-256 of its file of records where it is the first stage,
  /// else of the hash of the records before it and that of its file, which holds what it changed of them.
  public let contentHash: String
  /// SHA-256 of the files that the stage reads besides its records, by their paths; standard input
  /// has none.
  public private(set) var inputs = JSONObject()
  /// Whether an earlier run's output was reused.
  public let cached: Bool
  /// Wall-clock seconds; 0 where it was reused.
  public let seconds: Double
  /// What it asked of endpoints, and what that took; nil where it asks none, or was reused.
  public let spent: EndpointSpending?

  init(
    _ manifest: StageManifest, folder: String, cached: Bool, seconds: Double,
    spent: EndpointSpending? = nil
  ) {
    label = manifest.label
    self.folder = folder
    fingerprint = manifest.fingerprint
    counts = manifest.counts
    upstreamHash = manifest.upstream
    contentHash = manifest.contentHash
    self.cached = cached
    self.seconds = seconds
    self.spent = spent
  }

  /// The result with what is known of the stage's files.
  func reading(_ files: JSONObject) -> StageResult {
    var result = self
    result.inputs = files.without(["-"])
    return result
  }

  /// The file of the records that the stage kept; `RecordCollection` reads them, together with the files
  /// of the stages before it.
  public var records: String { "\(folder)/\(StageFiles.records)" }
  /// The file of the lines of the ledger for records that ended in the stage.
  public var ledger: String { "\(folder)/\(StageFiles.ledger)" }
}

/// The names of the files in a stage's folder.
enum StageFiles {
  static let records = "records.lines"
  static let ledger = "ledger.jsonl"
  static let quarantine = "quarantine.jsonl"
  static let manifest = "stage.json"
  static let artifacts = "artifacts"
  /// The raw records that a shard has read.
  static let units = "units"
}
