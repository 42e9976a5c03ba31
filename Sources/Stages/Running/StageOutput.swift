/// The files of a stage while they are written.
///
/// They lie in a folder that is put in place when it is whole, so each has its name from the beginning: a
/// kill leaves them as far as they had come.
struct StageOutput {
  private let folder: String
  private let records: OutputFile
  private let ledger: OutputFile
  private let quarantine: OutputFile
  private let report: @Sendable (Int) -> Void
  private var counts = StageCounts()
  /// Records that fared alike, of the slices so far; those of the next may go on with them.
  private var run: StageChanges.Run?

  /// Begins the files in a folder that is there.
  ///
  /// - Parameter upstream: The folder of the records before the stage; nil where there are none.
  init(
    folder: String, after upstream: String?, report: @escaping @Sendable (Int) -> Void
  ) throws(FileError) {
    self.folder = folder
    self.report = report
    records = try Self.begin(StageFiles.records, in: folder, isHashed: true)
    ledger = try Self.begin(StageFiles.ledger, in: folder)
    quarantine = try Self.begin(StageFiles.quarantine, in: folder)
    guard let upstream else { return }
    try records.write([StageChanges.Mark.folder] + Array("\(FilePaths.name(upstream))\n".utf8))
  }

  /// Goes on with files that have come as far as `mark`, or further.
  /// - Returns: nil where a file is shorter, or holds something else.
  init?(
    goingOnIn folder: String, from mark: Mark, report: @escaping @Sendable (Int) -> Void
  ) throws(FileError) {
    func file(_ name: String, _ size: Int, _ known: String? = nil) throws(FileError) -> OutputFile?
    {
      try OutputFile(goingOn: "\(folder)/\(name)", from: size, known: known)
    }
    guard let records = try file(StageFiles.records, mark.sizes.records, mark.hash),
      let ledger = try file(StageFiles.ledger, mark.sizes.ledger),
      let quarantine = try file(StageFiles.quarantine, mark.sizes.quarantine)
    else { return nil }
    (self.folder, self.report) = (folder, report)
    (self.records, self.ledger, self.quarantine) = (records, ledger, quarantine)
    (counts, run) = (mark.counts, mark.run)
  }

  private static func begin(
    _ name: String, in folder: String, isHashed: Bool = false
  ) throws(FileError) -> OutputFile {
    let path = "\(folder)/\(name)"
    return try OutputFile(path, named: path, isHashed: isHashed)
  }

  /// Hands the files to the system as far as they have come, and says how far that is.
  func mark() throws(FileError) -> Mark {
    for file in [records, ledger, quarantine] { try file.flush() }
    return Mark(
      counts: counts, run: run,
      sizes: .init(records: records.size, ledger: ledger.size, quarantine: quarantine.size),
      hash: records.digest)
  }

  /// Appends what a slice of records became.
  mutating func write(_ slice: StageBuffers) throws(FileError) {
    try write(slice.changes)
    try ledger.write(slice.ledger)
    try quarantine.write(slice.quarantine)
    counts += slice.counts
    report(counts.incoming)
  }

  private mutating func write(_ changes: StageChanges) throws(FileError) {
    try add(changes.head)
    if !changes.bytes.isEmpty {
      try closeRun()
      try records.write(changes.bytes)
    }
    try add(changes.tail)
  }

  private mutating func add(_ more: StageChanges.Run?) throws(FileError) {
    guard let more else { return }
    if run?.mark == more.mark {
      run?.count += more.count
    } else {
      try closeRun()
      run = more
    }
  }

  private mutating func closeRun() throws(FileError) {
    if let run { try records.write(run.line) }
    run = nil
  }

  /// Finishes the files; that they are on the disk is seen to when their folder is put in place.
  mutating func finish(label: String, fingerprint: String) throws(FileError) -> StageManifest {
    try closeRun()
    for file in [records, ledger, quarantine] { try file.close(syncs: false) }
    return StageManifest(
      label: label, fingerprint: fingerprint, counts: counts, upstream: nil,
      contentHash: records.digest, sizes: try StageManifest.sizes(in: folder))
  }
}
