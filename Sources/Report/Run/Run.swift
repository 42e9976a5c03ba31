import Records

/// Everything the page is made of, read once.
struct Run {
  let name: String
  let metrics: Part<MetricsFile>
  let stages: Part<StagesFile>
  let timings: Part<TimingsFile>
  let certificate: Part<CertificateFile>
  let predictions: Part<Predictions>
  /// The resolved pipeline file, as text.
  let pipeline: Part<String>
  /// What of it a reader asks for first.
  let configuration: Configuration?
  let trainerState: Part<History>
  /// What a search for a method tried and chose.
  let search: Part<SearchFile>
  let summary: Part<SummaryFile>
  /// Records that ended on the way; nil where the ledger tells of none.
  let lost: LostRecords?
  /// Derived records of the training side; nil where there are none.
  let augmented: AugmentedRecords?
  /// What the two most similar records of different sides say; empty where they are not found.
  let nearestTexts: [String: String]

  /// Files of which a run has at least one.
  static let marks = [
    "metrics.json", "stages.json", "timings.json", "trainer_state.json", "pipeline.lock.yaml",
  ]

  /// - Parameter ledger: What the ledger tells, where that has been read.
  /// - Throws: ``ReportError`` when the folder holds none of a run's files.
  init(
    folder: RunFolder, bounds: ReadingBounds, ledger: LedgerReading? = nil
  ) throws(ReportError) {
    guard Self.marks.contains(where: folder.has) else { throw .noRun(path: folder.path) }
    metrics = folder.object("metrics.json").read(as: "file of metrics") { MetricsFile($0) }
    stages = StagesFile.read(from: folder)
    timings = folder.object("timings.json").read(as: "file of times") { TimingsFile($0) }
    certificate = folder.object("split.certificate.json")
      .read(as: "split certificate") { CertificateFile($0) }
    trainerState = folder.object("trainer_state.json")
      .read(as: "state of a trainer") { History(trainerState: $0) }
    search = folder.object("search/trials.json").read(as: "list of trials") { SearchFile($0) }
    summary = folder.object("data/summary.json")
      .read(as: "summary of the sides") { SummaryFile($0) }
    let total = stages.value?.total
    lost = (ledger ?? LedgerReading(folder, bounds, total)).lost
    augmented =
      total?.made == 0 ? nil : AugmentedRecords.read(from: folder, upTo: bounds.derived)
    nearestTexts = StageOutputs(folder: folder).finished(
      Set(certificate.value?.nearest?.records.map(\.id) ?? []),
      sides: certificate.value?.nearest?.records.map(\.side) ?? [])
    predictions = Predictions.read(from: folder, file: "predictions.jsonl")
    // The page is shown around; the file beside it keeps what is needed to run again.
    pipeline = folder.text("pipeline.lock.yaml").read(as: "text") { $0.withoutAddressSecrets }
    configuration = pipeline.value.flatMap { Configuration($0) }
    name = pipeline.value.flatMap(Self.name(inPipeline:)) ?? folder.name
  }

  /// How training went: from the metrics, else from the trainer's state.
  var history: History? { metrics.value?.history ?? trainerState.value }

  /// How many records each side has: of the finished data, else as they were split.
  var sides: [(name: String, records: Int)] {
    if let sides = summary.value?.sides { return sides.map { ($0.name, $0.records) } }
    return certificate.value?.sides.map { ($0.name, $0.records) } ?? []
  }

  /// Whether the run trained a language model rather than a classifier.
  var isLanguageModel: Bool {
    let side = metrics.value?.test ?? metrics.value?.validation
    return side?["perplexity"] != nil || predictions.value?.kind == .passages
  }

  /// How far the run came, and the style of its badge.
  var status: (text: String, kind: String) {
    if metrics.value?.test != nil { return ("finished", "good") }
    if let progress = trainerState.value?.progress {
      let steps = "\(Format.count(progress.step)) of \(Format.count(progress.of)) steps"
      return ("trained \(steps)", "warn")
    }
    if metrics.value?.validation != nil { return ("validated", "warn") }
    guard stages.value != nil else { return ("started", "warn") }
    return configuration?.model == nil ? ("data ready", "good") : ("data prepared", "warn")
  }

  /// The value of the top-level `name:` of a YAML file, quotes removed.
  static func name(inPipeline text: String) -> String? {
    for bytes in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let line = Substring(bytes)
      guard line.hasPrefix("name:") else { continue }
      let value = line.dropFirst("name:".count).trimmed()
      for quote in ["\"", "'"] where value.hasPrefix(quote) && value.hasSuffix(quote) {
        return value.count > 1 ? String(value.dropFirst().dropLast()) : nil
      }
      return value.isEmpty ? nil : String(value)
    }
    return nil
  }
}

extension Substring {
  /// Without blanks at either end.
  fileprivate func trimmed() -> Substring {
    let start = drop { $0 == " " || $0 == "\t" || $0 == "\r" }
    return start.lastIndex { $0 != " " && $0 != "\t" && $0 != "\r" }.map { start[...$0] } ?? ""
  }
}
