import Records

/// The folder below a run folder that holds the outputs of its stages.
extension StageRunner {
  static func cache(in folder: String) -> String { "\(folder)/cache" }

  /// The name of the folder of a stage's output.
  static func name(_ label: String, number: Int, _ fingerprint: String) -> String {
    "\(place(label, number))-\(fingerprint.prefix(12))"
  }

  /// The name of the folder of a stage's output while it is written.
  static func unfinished(_ label: String, number: Int) -> String {
    "\(unfinished)\(place(label, number))"
  }

  private static func place(_ label: String, _ number: Int) -> String {
    "\(number < 10 ? "0" : "")\(number)-\(label)"
  }

  /// How the name of a stage's folder begins until it is whole.
  static let unfinished = ".stage-"
  /// The names of the folders that the last finished run used, among those of other runs.
  private static let listName = "stages.json"

  /// The stages that the last finished run has left in its folder, in order.
  /// - Throws: `Diagnostics` where the folder is not that of a run.
  public static func results(in folder: String) throws -> [StageResult] {
    let cache = cache(in: folder)
    let bytes = try? FileReader.contents("\(cache)/\(listName)")
    let names = bytes.flatMap { try? JSONValue.parse($0) }?.array ?? []
    let results = names.compactMap { name in name.string.flatMap { result(in: "\(cache)/\($0)") } }
    guard !results.isEmpty, results.count == names.count else {
      throw Diagnostics([
        Diagnostic(
          "there are no finished stages in '\(folder)'", remedy: "name the folder of a run")
      ])
    }
    // A stage's folder says what became of the records before it: of others it would tell nonsense.
    let fit = zip(results, results.dropFirst()).allSatisfy { $1.upstreamHash == $0.contentHash }
    guard fit else {
      throw Diagnostics([
        Diagnostic(
          "the stages in '\(folder)' are of different runs", remedy: "run the pipeline again")
      ])
    }
    return results
  }

  /// What an earlier run left in a stage's folder; nil where it is not whole.
  static func result(in folder: String) -> StageResult? {
    StageManifest.read(folder).map { StageResult($0, folder: folder, cached: true, seconds: 0) }
  }

  /// Notes which folders a run that is finished used.
  static func list(_ results: [StageResult], in cache: String) throws(FileError) {
    let names = results.map { JSONValue.string(FilePaths.name($0.folder)) }
    try AtomicFile.write(JSONValue.array(names).bytes, to: "\(cache)/\(listName)")
  }

  /// Removes what a killed run had not finished, but for the folders of a walk that it left a note of.
  static func removeLeftovers(in cache: String, of walk: WalkNote? = nil) throws(FileError) {
    try Leftovers.clear(cache)
    if walk == nil { try WalkNote.remove(in: cache) }
    let kept = walk?.stages.map(\.folder) ?? []
    for name in try Folders.list(cache) where name.hasPrefix(unfinished) && !kept.contains(name) {
      try Folders.remove("\(cache)/\(name)")
    }
  }
}
