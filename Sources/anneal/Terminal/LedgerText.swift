import Pipeline
import Records
import Stages

/// What `anneal ledger` answers, as a person reads it.
enum LedgerText {
  /// One line a group: how many, which share, the first of them.
  static func text(_ table: LedgerTable) -> String {
    let width = table.rows.map(\.group.printable.count).max() ?? 0
    var text = "\(table.total.counted("record"))\n"
    for row in table.rows {
      let group = row.group.printable
      text += "  \(right(row.count)) \(share(row.count, of: table.total))  \(group)"
      let samples = row.samples.map(sample)
      if samples.count == 1 {
        text += String(repeating: " ", count: width - group.count) + "  \(samples[0])"
      }
      text += "\n"
      if samples.count > 1 { text += samples.map { "                  \($0)\n" }.joined() }
    }
    return text
  }

  /// What would change in each stage, and records that it concerns.
  static func text(_ answer: WhatIf) -> String {
    var text = ""
    for stage in answer.stages {
      text +=
        "\(stage.label) would keep \(stage.after.kept) of \(stage.after.incoming.counted("record")); "
        + "it kept \(stage.before.kept) of \(stage.before.incoming)\n"
      text += reasons(stage)
    }
    text += list("more", answer.gainedCount, answer.gained)
    text += list("fewer", answer.lostCount, answer.lost)
    return text
  }

  /// The groups of records that fare otherwise.
  static func text(_ difference: LedgerDifference) -> String {
    var text =
      "\(difference.same.counted("record")) \(difference.same == 1 ? "fares" : "fare") alike"
    if difference.trailsDiffer > 0 {
      text += ", \(difference.trailsDiffer) end alike after other changes"
    }
    text += "\n"
    for row in difference.rows {
      let change = "\(row.change.before) → \(row.change.after)"
      text += "  \(right(row.count))  \(change.printable)\n"
      if !row.samples.isEmpty {
        text += "            \(row.samples.joined(separator: ", ").printable)\n"
      }
    }
    return text
  }

  // MARK: - Parts

  private static func reasons(_ stage: WhatIf.Stage) -> String {
    var text = ""
    let before = ends(stage.before)
    let after = ends(stage.after)
    for reason in Set(before.keys).union(after.keys).sorted() {
      let counts = (old: before[reason, default: 0], new: after[reason, default: 0])
      guard counts.old != counts.new else { continue }
      text += "  \(right(counts.old)) → \(right(counts.new))  \(reason.printable)\n"
    }
    return text
  }

  private static func ends(_ counts: StageCounts) -> [String: Int] {
    var ends = counts.dropped.merging(counts.quarantined, uniquingKeysWith: +)
    if counts.merged > 0 { ends["merged"] = counts.merged }
    return ends
  }

  private static func list(_ word: String, _ count: Int, _ ids: [String]) -> String {
    guard count > 0 else { return "" }
    let names = ids.isEmpty ? "" : ": \(ids.joined(separator: ", ").printable)"
    return "\(count) \(word)\(names)\(count > ids.count && !ids.isEmpty ? ", …" : "")\n"
  }

  private static func sample(_ line: JSONObject) -> String {
    var text = line["id"]?.string ?? "?"
    for member in line["detail"]?.object?.members ?? [] {
      text += "  \(member.key) \(member.value.string ?? member.value.text)"
    }
    if let into = line["into"]?.string { text += "  into \(into)" }
    return text.printable
  }

  private static func right(_ count: Int) -> String {
    let digits = "\(count)"
    return String(repeating: " ", count: max(0, 8 - digits.count)) + digits
  }

  private static func share(_ count: Int, of total: Int) -> String {
    let tenths = total == 0 ? 0 : Int((1000 * Double(count) / Double(total)).rounded())
    let digits = "\(tenths / 10).\(tenths % 10) %"
    return String(repeating: " ", count: max(0, 7 - digits.count)) + digits
  }
}
