import Records

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How far a walk had come: what its stages had written when all of them had seen the same records.
///
/// It lies beside the stages' unfinished folders, so that a run that begins again after a kill goes on
/// from there. It counts for a walk of the same stages over the same input by the same program only.
struct WalkNote: Equatable {
  /// The hash of the records that the walk reads; nil where it has none before it.
  let upstream: String?
  /// What each stage had written, in order.
  let stages: [Stage]

  /// One stage of the walk.
  struct Stage: Equatable {
    let fingerprint: String
    /// The name of its folder.
    let folder: String
    let written: StageOutput.Mark
  }

  /// How many records, or raw records, of its input the walk had behind it.
  var position: Int { stages.first?.written.counts.incoming ?? 0 }

  /// What a walk writes when it has come as far as `marks`, one of each stage.
  init(_ links: [StageLink], after upstream: String?, _ marks: [StageOutput.Mark]) {
    self.upstream = upstream
    stages = zip(links, marks).map {
      Stage(fingerprint: $0.fingerprint, folder: FilePaths.name($0.folder), written: $1)
    }
  }

  /// Whether it is one of a walk through these stages from these records.
  func fits(_ links: [StageLink], after upstream: String?) -> Bool {
    upstream == self.upstream && !stages.isEmpty
      && stages.map(\.fingerprint) == links.map(\.fingerprint)
      && stages.map(\.folder) == links.map { FilePaths.name($0.folder) }
  }

  // MARK: - File

  /// Where the note of a run lies, whose stages' folders are in `cache`.
  static func path(in cache: String) -> String { "\(cache)/.walk.json" }

  /// Reads the note of a run; nil where there is none, or another version or program wrote it.
  static func read(in cache: String) -> WalkNote? {
    guard let bytes = try? FileReader.contents(path(in: cache)),
      let value = try? JSONValue.parse(bytes), value["format"]?.int == StageManifest.format,
      value["program"]?.string == program, let stages = value["stages"]?.array
    else { return nil }
    return WalkNote(upstream: value["upstream_sha256"]?.string, read: stages.map(Stage.init))
  }

  private init?(upstream: String?, read: [Stage?]) {
    let stages = read.compactMap(\.self)
    guard stages.count == read.count else { return nil }
    self.upstream = upstream
    self.stages = stages
  }

  /// Puts the note in place of the one before it.
  func write(in cache: String) throws(FileError) {
    let object: JSONObject = [
      "format": .integer(StageManifest.format), "program": .string(Self.program),
      "upstream_sha256": upstream.map { .string($0) } ?? .null,
      "stages": .array(stages.map(\.value)),
    ]
    try AtomicFile.write(JSONValue.object(object).bytes, to: Self.path(in: cache))
  }

  /// Takes the note of a run away.
  static func remove(in cache: String) throws(FileError) { try Folders.remove(path(in: cache)) }

  /// What tells this program from one built later, whose stages might do otherwise: files half of which
  /// one of them wrote and half the other would be neither's.
  private static let program: String = {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return CommandLine.arguments[0] }
    return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }()
}

extension WalkNote.Stage {
  fileprivate init?(_ value: JSONValue) {
    guard let fingerprint = value["fingerprint"]?.string, let folder = value["folder"]?.string,
      let written = StageOutput.Mark(value)
    else { return nil }
    self.init(fingerprint: fingerprint, folder: folder, written: written)
  }

  fileprivate var value: JSONValue {
    var object: JSONObject = ["fingerprint": .string(fingerprint), "folder": .string(folder)]
    object.merge(written.object)
    return .object(object)
  }
}
