import Records
import Stages

/// The ledger of a finished run: one line for every record, with its source, trail and fate.
struct RunLedger {
  /// The file.
  let path: String

  /// The lines of the ledger that a stage wrote.
  init(stage: StageResult) { path = stage.ledger }

  /// The ledger of the run in a folder.
  /// - Throws: `Diagnostics` where there is none.
  init(run: String) throws(Diagnostics) {
    path = "\(run)/ledger.jsonl"
    guard Folders.exists(path) else {
      throw Diagnostics([
        Diagnostic(
          "there is no ledger in '\(run)'", remedy: "name the folder of a finished run")
      ])
    }
  }

  /// Visits the lines in order; a batch of them is in memory at once.
  func forEach(_ visit: (JSONObject) throws -> Void) throws {
    try LineBatches(path).forEach { batch in
      for line in batch {
        if let object = try JSONValue.parse(line).object { try visit(object) }
      }
    }
  }
}

/// How a record ended, as one line of the ledger says it.
struct RecordEnd: Hashable, Sendable {
  /// `kept`, `dropped`, `merged`, `quarantined` or `expanded`.
  let fate: String
  /// The stage it ended in; nil for a kept one.
  let stage: String?
  /// Why it ended; nil for a kept one.
  let reason: String?
  /// The side it was kept on.
  let side: String?

  init(_ line: JSONObject) {
    fate = line["fate"]?.string ?? "?"
    stage = line["stage"]?.string
    reason = line["reason"]?.string
    side = line["side"]?.string
  }

  /// The end in words: `dropped by clean.length: too-few-words`, `kept on the train side`.
  var text: String {
    guard let stage else { return "\(fate) on the \(side ?? "train") side" }
    return "\(fate) by \(stage): \(reason ?? "?")"
  }
}
