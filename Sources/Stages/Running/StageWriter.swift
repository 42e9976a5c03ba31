import Dispatch
import Records
import Synchronization

/// Writes the files of a stage behind the back of whoever makes their content.
///
/// Hashing and writing take as long as parsing does on several threads, so they go on beside it; few slices
/// wait.
final class StageWriter: @unchecked Sendable {
  // Safe: touched by work on `queue`, which is serial, and by `finish` when all of that is done.
  private var output: StageOutput
  private let queue = DispatchQueue(label: "stage-writer")
  private let room = DispatchSemaphore(value: 8)
  private let fault = Mutex<(any Error)?>(nil)
  private let link: StageLink

  /// Begins the stage's folder.
  init(_ link: StageLink, report: @escaping @Sendable (Int) -> Void) throws {
    self.link = link
    // What a killed run left there would be published with this one's files.
    try Folders.remove(link.folder)
    try Folders.make("\(link.folder)/\(StageFiles.artifacts)")
    output = try StageOutput(folder: link.folder, after: link.upstream, report: report)
  }

  /// Goes on with the stage's folder, which an earlier run left.
  /// - Returns: nil where its files have not come as far as `mark`.
  init?(
    _ link: StageLink, goingOnFrom mark: StageOutput.Mark,
    report: @escaping @Sendable (Int) -> Void
  ) throws {
    guard
      let output = try StageOutput(goingOnIn: link.folder, from: mark, report: report)
    else { return nil }
    self.link = link
    self.output = output
    let own = [StageFiles.records, StageFiles.ledger, StageFiles.quarantine]
    for name in try Folders.list(link.folder) where !own.contains(name) {
      try Folders.remove("\(link.folder)/\(name)")
    }
    try Folders.make("\(link.folder)/\(StageFiles.artifacts)")
  }

  /// Appends what a slice of records became.
  /// - Throws: What went wrong with an earlier one.
  func write(_ slice: StageBuffers) throws {
    room.wait()
    queue.async { [self] in
      defer { room.signal() }
      guard fault.withLock({ $0 == nil }) else { return }
      do { try output.write(slice) } catch { fault.withLock { $0 = error } }
    }
    try check()
  }

  /// Tells how far the files have come with what has been handed over so far; not at all where that
  /// cannot be written.
  func mark(_ tell: @escaping @Sendable (StageOutput.Mark) -> Void) {
    queue.async { [self] in
      guard fault.withLock({ $0 == nil }) else { return }
      do { tell(try output.mark()) } catch { fault.withLock { $0 = error } }
    }
  }

  private func check() throws {
    if let error = fault.withLock({ $0 }) { throw error }
  }

  /// Waits for all that was handed over.
  func wait() { queue.sync {} }

  /// Waits for all that was written and finishes the files, but for the manifest.
  func finish() throws -> StageManifest {
    wait()
    try check()
    let manifest = try output.finish(label: link.step.label, fingerprint: link.fingerprint)
    precondition(manifest.counts.balances, "\(link.step.label) lost records: \(manifest.counts)")
    return manifest
  }
}
