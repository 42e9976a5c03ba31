import Records

/// `stage.json`: proof that a stage's folder is whole, and what is in it.
struct StageManifest {
  /// Counts up when the files of a stage's folder change their form, so that no other version's
  /// folder is taken for one of this version's.
  static let format = 4

  var label: String
  var fingerprint: String
  var counts: StageCounts
  /// The hash of the records before the stage, which its own file holds the changes of.
  var upstream: String?
  /// A hash of the stage's records: SHA-256 of its file, or of the hash of those before it and its file's.
  var contentHash: String
  /// The size of each file of the folder.
  var sizes: JSONObject

  var bytes: [UInt8] {
    let object: JSONObject = [
      "format": .integer(Self.format), "stage": .string(label),
      "fingerprint": .string(fingerprint), "counts": .object(counts.object),
      "upstream_sha256": upstream.map { .string($0) } ?? .null,
      "records_sha256": .string(contentHash), "files": .object(sizes),
    ]
    return Array(JSONValue.object(object).prettyText.utf8)
  }

  /// Writes the manifest of a stage's finished files; it comes last, as it proves the folder whole.
  ///
  /// - Parameter upstream: the hash of the records before the stage; nil where there are none.
  mutating func write(to folder: String, after upstream: String?) throws(FileError) {
    self.upstream = upstream
    if let upstream { contentHash = ContentHash.of(upstream + contentHash) }
    try AtomicFile.write(bytes, to: "\(folder)/\(StageFiles.manifest)", syncs: false)
  }

  /// The sizes of the files that are in a folder, in the order `Folders.files` gives.
  static func sizes(in folder: String) throws(FileError) -> JSONObject {
    var sizes: [(String, JSONValue)] = []
    for name in try Folders.files(below: folder) where name != StageFiles.manifest {
      sizes.append((name, .integer(Folders.size("\(folder)/\(name)") ?? 0)))
    }
    return JSONObject(sizes)
  }

  /// The manifest of a folder; nil where there is none, it cannot be read, another version wrote it,
  /// or a file is missing or has another size.
  ///
  /// Sizes find what people and full disks do to files; who edits a file in place must remove it.
  static func read(_ folder: String) -> StageManifest? {
    guard let bytes = try? FileReader.contents("\(folder)/\(StageFiles.manifest)"),
      let value = try? JSONValue.parse(bytes), value["format"]?.int == format,
      let label = value["stage"]?.string, let fingerprint = value["fingerprint"]?.string,
      let counts = value["counts"]?.object, let hash = value["records_sha256"]?.string,
      let sizes = value["files"]?.object, let found = try? Self.sizes(in: folder), found == sizes
    else { return nil }
    return StageManifest(
      label: label, fingerprint: fingerprint, counts: StageCounts(object: counts),
      upstream: value["upstream_sha256"]?.string, contentHash: hash, sizes: sizes)
  }
}
