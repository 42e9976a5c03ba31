/// The files of a stage while they are written.
struct StageOutput {
  private let folder: String
  private let records: AtomicFile
  private let ledger: AtomicFile
  private let quarantine: AtomicFile
  private let report: @Sendable (Int) -> Void
  private var counts = StageCounts()
  /// Bytes of records that may not be on the disk yet, and how many may be before it is waited for: the
  /// disk then works beside the processors, and not after them.
  private var unsynced = 0
  private static let mostUnsynced = 1 << 24

  init(folder: String, report: @escaping @Sendable (Int) -> Void) throws(FileError) {
    self.folder = folder
    self.report = report
    records = try AtomicFile("\(folder)/\(StageFiles.records)")
    ledger = try AtomicFile("\(folder)/\(StageFiles.ledger)")
    quarantine = try AtomicFile("\(folder)/\(StageFiles.quarantine)")
  }

  /// Appends what slices of records became, in their order.
  mutating func write(_ slices: [StageBuffers]) throws(FileError) {
    for slice in slices {
      try records.write(slice.records)
      try ledger.write(slice.ledger)
      try quarantine.write(slice.quarantine)
      counts += slice.counts
      unsynced += slice.records.count
    }
    if unsynced > Self.mostUnsynced {
      try records.sync()
      unsynced = 0
    }
    report(counts.incoming)
  }

  /// Finishes the files; the manifest, which proves the folder whole, comes last.
  func commit(label: String, fingerprint: String) throws(FileError) -> StageManifest {
    try ledger.commit()
    try quarantine.commit()
    let hash = try records.commit()
    let manifest = StageManifest(
      label: label, fingerprint: fingerprint, counts: counts, contentHash: hash,
      sizes: try StageManifest.sizes(in: folder))
    try AtomicFile.write(manifest.bytes, to: "\(folder)/\(StageFiles.manifest)")
    return manifest
  }
}
