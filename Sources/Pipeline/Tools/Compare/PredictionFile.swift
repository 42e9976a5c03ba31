import Ingest
import Records
import Stages

/// The predictions of one run on its test side, in memory: what `predictions.jsonl` holds.
struct PredictionFile: Sendable {
  /// What the user calls the run.
  let name: String
  let path: String
  let records: [PredictedRecord]
  /// The classes that scores are given for; nil without scores.
  let classes: [String]?
  /// What the run was scored by, with its options; empty where that is not known.
  let metrics: [MetricChoice]

  /// Reads a run folder's predictions, or a file of that form.
  ///
  /// - Throws: `Diagnostic` for a file that is not there, was cut off, or holds a line that is no
  ///   prediction; it names file, line and record.
  init(_ name: String) throws {
    self.name = name
    path = Folders.isFolder(name) ? "\(name)/predictions.jsonl" : name
    guard Folders.exists(path) else {
      throw Diagnostic(
        "there are no predictions in '\(name)'",
        remedy: "name the folder of a finished run that trained, or a predictions.jsonl")
    }
    var reading = Reading(path: path)
    if PackedFile.name(of: path) == path {
      try LineBatches(path).forEach { batch in
        for line in batch { try reading.add(line) }
      }
    } else {
      let bytes = try PackedFile.contents(path)
      for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
        try reading.add(line)
      }
    }
    try reading.finish()
    records = reading.records
    classes = reading.classes
    metrics = Self.metrics(of: name)
    guard !records.isEmpty else {
      throw Diagnostic("\(path) is empty", remedy: "run its pipeline again, or name another")
    }
  }

  /// What `evaluate:` of a run's lock file says.
  private static func metrics(of run: String) -> [MetricChoice] {
    guard Folders.isFolder(run),
      let file = try? PipelineFile(path: "\(run)/pipeline.lock.yaml"),
      case .list(let nodes)? = file.root["evaluate"]?.value
    else { return [] }
    var diagnostics = Diagnostics()
    return nodes.compactMap { MetricChoice.read($0, into: &diagnostics) }
  }

  /// What has been read so far.
  private struct Reading {
    let path: String
    var records: [PredictedRecord] = []
    var classes: [String]?
    private var number = 0
    private var ids: Set<ByteKey> = []
    /// The last line where that is no JSON: what a file ends with whose writer was stopped.
    private var broken: Diagnostic?

    init(path: String) { self.path = path }

    private var place: Place { Place(file: path, line: number, column: 1) }

    mutating func add(_ line: ArraySlice<UInt8>) throws(Diagnostic) {
      number += 1
      // What programs of Windows put before UTF-8.
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      let line = number == 1 && line.starts(with: mark) ? line.dropFirst(mark.count) : line
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return }
      if let broken { throw broken }
      let json: JSONValue
      do { json = try JSONValue.parse(line) } catch {
        broken = fault(error, in: line)
        return
      }
      let record: PredictedRecord
      do { record = try PredictedRecord(json, classes: &classes) } catch {
        throw Diagnostic(error.message, path: error.path, place: place, remedy: error.remedy)
      }
      guard ids.insert(ByteKey(record.id)).inserted else {
        throw Diagnostic(
          "record \(record.id) stands there twice", place: place,
          remedy: "name the predictions of one run")
      }
      try checkForm(record)
      records.append(record)
    }

    /// - Throws: `Diagnostic` where a record holds other things than the first.
    private func checkForm(_ record: PredictedRecord) throws(Diagnostic) {
      guard let first = records.first else { return }
      let (lack, field): (String, String)
      switch (first.answer, record.answer) {
      case (.label(_, .some, _), .label(_, nil, _)): (lack, field) = ("no scores", "scores")
      case (.label(_, nil, _), .label(_, .some, _)): (lack, field) = ("scores", "scores")
      case (.label, .text): (lack, field) = ("no class", "prediction")
      case (.text, .label): (lack, field) = ("a class", "prediction")
      default: return
      }
      throw Diagnostic(
        "record \(record.id) has \(lack), unlike those before it", path: field, place: place,
        remedy: "compare predictions of one model")
    }

    /// - Throws: `Diagnostic` where the last line is cut off.
    func finish() throws(Diagnostic) {
      guard let broken else { return }
      throw Diagnostic(
        broken.message + "; it is the last line: the file was cut off while it was written",
        place: broken.place,
        remedy: "run the pipeline again: it goes on where it was stopped")
    }

    private func fault(_ error: JSONError, in line: ArraySlice<UInt8>) -> Diagnostic {
      let text = String(decoding: line, as: UTF8.self)
      if ["NaN", "Infinity"].contains(where: { text.contains(": \($0)") || text.contains(":\($0)") }
      ) {
        return Diagnostic(
          "a score or loss of the line is not a number (NaN or Infinity)", place: place,
          remedy: "the training diverged: lower its learning rate and run it again")
      }
      return Diagnostic(
        "the line is no JSON: \(error)", place: place,
        remedy: "name a predictions.jsonl that 'anneal run' wrote")
    }
  }
}
