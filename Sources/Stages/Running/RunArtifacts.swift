import Records

/// The files that stages leave in the run folder besides records, such as `tokenizer/`.
struct RunArtifacts {
  let folder: String
  let results: [StageResult]
  /// The folders outside of the run folder that some stages' files go to, by the stages' labels.
  let destinations: [String: String]

  /// One file or folder of the run folder, and the files it is made of.
  private struct Entry {
    var name: String
    /// Paths below the run folder and where the content is; of two stages' files the later stays.
    var files: [(path: String, source: String)]
  }

  /// Puts each file or folder in place in one step, and removes what an earlier run of other stages
  /// had put there.
  /// - Returns: Their names.
  func publish() throws -> [String] {
    for result in results {
      guard let destination = destinations[result.label] else { continue }
      try RunPublisher.publishFiles(of: result, to: destination)
    }
    let entries = try entries()
    for entry in entries { try publish(entry) }
    let names = entries.map(\.name)
    for name in published where !names.contains(name) { try Folders.remove("\(folder)/\(name)") }
    return names
  }

  private func entries() throws -> [Entry] {
    var entries: [Entry] = []
    for result in results where destinations[result.label] == nil {
      let source = "\(result.folder)/\(StageFiles.artifacts)"
      for path in try Folders.files(below: source) {
        let name = path.split(separator: "/").first.map(String.init) ?? path
        let file = (path: path, source: "\(source)/\(path)")
        guard let index = entries.firstIndex(where: { $0.name == name }) else {
          entries.append(Entry(name: name, files: [file]))
          continue
        }
        entries[index].files.removeAll { $0.path == path }
        entries[index].files.append(file)
      }
    }
    return entries
  }

  /// The one folder that a stage whose files go elsewhere has made.
  static func only(in result: StageResult) throws -> String {
    let artifacts = "\(result.folder)/\(StageFiles.artifacts)"
    let names = try Folders.list(artifacts)
    precondition(names.count == 1, "\(result.label) made \(names)")
    return "\(artifacts)/\(names[0])"
  }

  private func publish(_ entry: Entry) throws {
    let target = "\(folder)/\(entry.name)"
    if entry.files.count == 1, let only = entry.files.first, only.path == entry.name {
      return try Self.copy(only.source, to: target)
    }
    let temporary = Leftovers.name("tmp", for: target)
    for file in entry.files {
      try Self.copy(file.source, to: temporary + file.path.dropFirst(entry.name.count))
    }
    try Folders.publish(temporary, as: target)
  }

  private static func copy(_ source: String, to path: String) throws {
    let file = try AtomicFile(path, isHashed: false)
    try FileReader(source).forEachChunk { try file.write($0) }
    try file.commit()
  }

  /// The names that the run before this one published, from its `stages.json`.
  private var published: [String] {
    guard let bytes = try? FileReader.contents("\(folder)/stages.json"),
      let names = (try? JSONValue.parse(bytes))?["artifacts"]?.array
    else { return [] }
    return names.compactMap(\.string).filter { !$0.isEmpty && !$0.contains("/") && $0 != ".." }
  }
}
