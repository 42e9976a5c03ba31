public import Records
import Stages

/// Answers where a record came from, what changed it, and why it was kept or dropped.
public struct Explanation: Sendable {
  /// The lines of the ledger that tell of the record: itself, then what was made from it.
  public let lines: [JSONObject]

  /// Looks a record up in a run's ledger by its id, or by the id of what it was made from.
  /// - Throws: `Diagnostics` with near ids where there is none.
  public init(run: String, id: String) throws {
    var own: [JSONObject] = []
    var children: [JSONObject] = []
    var near: [String] = []
    let ledger = try RunLedger(run: run)
    try ledger.forEach { line in
      guard let found = line["id"]?.string else { return }
      if found == id {
        own.append(line)
      } else if line["parent"]?.string == id || found.hasPrefix("\(id)/") {
        children.append(line)
      } else if near.count < 3, found.hasSuffix(":\(id)") || found.hasPrefix(id) {
        near.append(found)
      }
    }
    lines = own + children
    guard !lines.isEmpty else {
      let hint =
        near.isEmpty
        ? "ids look like FILE:LINE, such as questions.jsonl:17"
        : "did you mean \(near.joined(separator: " or "))?"
      throw Diagnostics([Diagnostic("no record '\(id)' in \(ledger.path)", remedy: hint)])
    }
  }

  /// The story as a person reads it.
  public var text: String {
    lines.map(Self.story).joined(separator: "\n\n") + "\n"
  }

  private static func story(_ line: JSONObject) -> String {
    var text = [line["id"]?.string ?? "?"]
    if let source = line["source"]?.object {
      let part = source["part"]?.int.map { ", part \($0)" } ?? ""
      text.append(
        "  read from \(source["file"]?.string ?? "?"), record \(source["line"]?.int ?? 0)\(part)")
    }
    switch RecordOrigin(line) {
    case .read: break
    case .window(let file):
      text.append("  repeats text of other windows of \(file), and is split with them")
    case .made(let parent, let stage):
      text.append("  made from \(parent) by \(stage ?? "a stage that splits records")")
    }
    for event in line["events"]?.array ?? [] { text += Self.event(event) }
    text.append("  \(fate(line))")
    return text.joined(separator: "\n")
  }

  private static func event(_ event: JSONValue) -> [String] {
    let stage = event["stage"]?.string ?? "?"
    var lines: [String] = []
    for change in event["changes"]?.array ?? [] {
      let from = change["from"] ?? .string("")
      let to = change["to"] ?? .string("")
      lines.append(
        "  \(stage) changed \(change["field"]?.string ?? "?"): \(from.text) → \(to.text)")
    }
    if let side = event["side"]?.string { lines.append("  \(stage) put it on the \(side) side") }
    if let label = event["label"], !label.isNull {
      lines.append("  \(stage) set its label to \(label.text)")
    }
    if let rule = event["note"]?["rescued"]?.string {
      let detail = event["note"]?["detail"].map { " \($0.text)" } ?? ""
      lines.append("  \(stage) let it go on in spite of \(rule)\(detail)")
    } else if let note = event["note"] {
      lines.append("  \(stage) notes \(note.text)")
    }
    return lines
  }

  private static func fate(_ line: JSONObject) -> String {
    var text = RecordEnd(line).text
    if let into = line["into"] { text += " into \(into.string ?? into.text)" }
    if let detail = line["detail"] { text += " \(detail.text)" }
    if let message = line["message"]?.string { text += ": \(message)" }
    return text
  }
}
