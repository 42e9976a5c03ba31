/// The files of a stage while they are written.
struct StageOutput {
  private let folder: String
  private let records: AtomicFile
  private let ledger: AtomicFile
  private let quarantine: AtomicFile
  private let report: @Sendable (Int) -> Void
  private var counts = StageCounts()
  /// Records that fared alike, of the slices so far; those of the next may go on with them.
  private var run: StageChanges.Run?

  /// - Parameter upstream: The folder of the records before the stage; nil where there are none.
  init(
    folder: String, after upstream: String?, report: @escaping @Sendable (Int) -> Void
  ) throws(FileError) {
    self.folder = folder
    self.report = report
    records = try AtomicFile("\(folder)/\(StageFiles.records)")
    ledger = try AtomicFile("\(folder)/\(StageFiles.ledger)", isHashed: false)
    quarantine = try AtomicFile("\(folder)/\(StageFiles.quarantine)", isHashed: false)
    guard let upstream else { return }
    try records.write([StageChanges.Mark.folder] + Array("\(FilePaths.name(upstream))\n".utf8))
  }

  /// Appends what slices of records became, in their order.
  mutating func write(_ slices: [StageBuffers]) throws(FileError) {
    for slice in slices {
      try write(slice.changes)
      try ledger.write(slice.ledger)
      try quarantine.write(slice.quarantine)
      counts += slice.counts
    }
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
    try ledger.commit(syncs: false)
    try quarantine.commit(syncs: false)
    let hash = try records.commit(syncs: false)
    return StageManifest(
      label: label, fingerprint: fingerprint, counts: counts, upstream: nil, contentHash: hash,
      sizes: try StageManifest.sizes(in: folder))
  }
}
