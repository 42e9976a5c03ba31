import Records

/// A stage whose product is files for the user: they may go to a folder outside of the run's.
public protocol ExportingStage: Stage {
  /// The folder the files go to; nil for the run folder.
  var destination: String? { get }
}

/// A folder of the user's that a stage fills.
package enum ExportedFolder {
  /// The file that lists what the stage wrote, by its path below the folder under `files`.
  package static let manifest = "anneal-dataset.json"

  /// Puts a folder in the place of `destination` in one step.
  ///
  /// What an earlier run wrote there is replaced; anything else in it is a fault, so that no file of
  /// the user's is lost.
  /// - Throws: `Diagnostics` where the folder holds other files, `FileError`.
  package static func publish(_ folder: String, as destination: String) throws {
    try Leftovers.clear(of: destination)
    if Folders.exists(destination) {
      let strangers = try self.strangers(in: destination)
      guard strangers.isEmpty else {
        throw Diagnostics([
          Diagnostic(
            "'\(destination)' holds files that are no part of the data set: "
              + strangers.prefix(3).joined(separator: ", "),
            path: "write.path", remedy: "move them away, or name another folder")
        ])
      }
    }
    let temporary = Leftovers.name("tmp", for: destination)
    for path in try Folders.files(below: folder) {
      let file = try AtomicFile("\(temporary)/\(path)")
      try FileReader("\(folder)/\(path)").forEachChunk { try file.write($0) }
      try file.commit()
    }
    try Folders.publish(temporary, as: destination)
  }

  /// The files of a folder that no stage wrote.
  private static func strangers(in folder: String) throws -> [String] {
    guard Folders.isFolder(folder) else { return [FilePaths.name(folder)] }
    let bytes = try? FileReader.contents("\(folder)/\(manifest)")
    let listed = bytes.flatMap { try? JSONValue.parse($0) }?["files"]?.object
    return try Folders.files(below: folder).filter { $0 != manifest && listed?[$0] == nil }
  }
}
