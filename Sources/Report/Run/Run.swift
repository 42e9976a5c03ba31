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
  let trainerState: Part<History>

  /// Files of which a run has at least one.
  private static let marks = [
    "metrics.json", "stages.json", "timings.json", "trainer_state.json", "pipeline.lock.yaml",
  ]

  /// - Throws: ``ReportError`` when the folder holds none of a run's files.
  init(folder: RunFolder) throws(ReportError) {
    guard Self.marks.contains(where: folder.has) else { throw .noRun(path: folder.path) }
    metrics = folder.object("metrics.json").read(as: "file of metrics") { MetricsFile($0) }
    stages = folder.object("stages.json").read(as: "list of stages") { StagesFile($0) }
    timings = folder.object("timings.json").read(as: "file of times") { TimingsFile($0) }
    certificate = folder.object("split.certificate.json")
      .read(as: "split certificate") { CertificateFile($0) }
    trainerState = folder.object("trainer_state.json")
      .read(as: "state of a trainer") { History(trainerState: $0) }
    predictions = Predictions.read(from: folder, file: "predictions.jsonl")
    // The page is shown around; the file beside it keeps what is needed to run again.
    pipeline = folder.text("pipeline.lock.yaml").read(as: "text") { $0.withoutAddressSecrets }
    name = pipeline.value.flatMap(Self.name(inPipeline:)) ?? folder.name
  }

  /// How training went: from the metrics, else from the trainer's state.
  var history: History? { metrics.value?.history ?? trainerState.value }

  /// Whether the run trained a language model rather than a classifier.
  var isLanguageModel: Bool {
    let side = metrics.value?.test ?? metrics.value?.validation
    return side?["perplexity"] != nil || !(predictions.value?.passages ?? []).isEmpty
  }

  /// How far the run came, and the style of its badge.
  var status: (text: String, kind: String) {
    if metrics.value?.test != nil { return ("finished", "good") }
    if let progress = trainerState.value?.progress {
      let steps = "\(Format.count(progress.step)) of \(Format.count(progress.of)) steps"
      return ("trained \(steps)", "warn")
    }
    if metrics.value?.validation != nil { return ("validated", "warn") }
    return (stages.value == nil ? "started" : "data prepared", "warn")
  }

  /// The value of the top-level `name:` of a YAML file, quotes removed.
  private static func name(inPipeline text: String) -> String? {
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
