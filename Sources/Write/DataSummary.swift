package import Records
package import Stages
import TextKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the sides of a data set are like: labels, lengths and languages, and what is amiss.
package struct DataSummary: Sendable {
  private var sides: [Side: SideSummary] = [:]

  /// Records of a side whose language is told, evenly spaced.
  private static let languageSample = 2000

  /// Walks the records of each side.
  package init(_ records: [(side: Side, records: RecordCollection)]) throws {
    for (side, records) in records where records.count > 0 {
      let step = max(1, records.count / Self.languageSample)
      var summary = SideSummary()
      try records.forEachSlice { slice in
        var part = SideSummary()
        try slice.forEach { record, _ in
          part.add(
            try RecordSummary(record, tellsLanguage: record.index.isMultiple(of: step)))
        }
        return part
      } _: {
        summary.add($0)
      }
      sides[side] = summary
    }
  }

  private var present: [Side] { Side.allCases.filter { sides[$0] != nil } }

  /// The summary as it is written to `data/summary.json`.
  package var object: JSONObject {
    let lengths = present.compactMap { sides[$0]?.lengthBins }
    let bins = (lengths.map(\.lowerBound).min() ?? 0)...(lengths.map(\.upperBound).max() ?? 0)
    var object = JSONObject(
      present.map { ($0.rawValue, .object(sides[$0]?.object(bins: bins) ?? [:])) })
    object["warnings"] = .array(warnings.map { .string($0) })
    return object
  }

  /// A line a side for people.
  package var lines: [String] {
    present.map { side in "data  \(side.rawValue): \(sides[side]?.line ?? "")" }
  }

  // MARK: - Warnings

  /// What may spoil a training, one sentence each.
  package var warnings: [String] {
    guard let train = sides[.train] else { return [] }
    var warnings = Self.imbalance(of: train)
    for side in present where side != .train {
      guard let other = sides[side] else { continue }
      warnings += Self.missing(train, other, side)
      warnings += Self.strangeLanguages(train, other, side)
    }
    return warnings
  }

  private static func imbalance(of train: SideSummary) -> [String] {
    guard train.hasClasses,
      let most = train.labels.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      let least = train.labels.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })
    else { return [] }
    if train.labels.count == 1 {
      return ["all training records have the label '\(most.key)'"]
    }
    guard most.value >= 10 * least.value else { return [] }
    return [
      "the labels are unbalanced: \(most.value) training records of '\(most.key)', \(least.value) of "
        + "'\(least.key)'"
    ]
  }

  private static func missing(
    _ train: SideSummary, _ other: SideSummary, _ side: Side
  ) -> [String] {
    guard train.hasClasses, other.hasClasses else { return [] }
    let unseen = other.labels.keys.filter { train.labels[$0] == nil }.sorted()
    let untested = train.labels.keys.filter { other.labels[$0] == nil }.sorted()
    var warnings: [String] = []
    if !unseen.isEmpty {
      warnings.append(
        "the \(side.rawValue) side has labels that no training record has: \(list(unseen))")
    }
    if !untested.isEmpty {
      warnings.append(
        "the \(side.rawValue) side lacks labels of the training side: \(list(untested))")
    }
    return warnings
  }

  /// A language that is rare in training and is not in what is scored.
  private static func strangeLanguages(
    _ train: SideSummary, _ other: SideSummary, _ side: Side
  ) -> [String] {
    let strange = other.languages.keys.filter {
      other.share(of: $0) >= 0.05 && train.share(of: $0) < 0.01
    }.sorted()
    return strange.isEmpty
      ? []
      : ["the \(side.rawValue) side has languages that the training side lacks: \(list(strange))"]
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}

/// What of a record is counted.
private struct RecordSummary: Sendable {
  let label: String?
  /// The length of all texts.
  let characters: Int
  /// The language, where it is told; `none` where it shows none.
  let language: String?

  /// A language is told by the beginning of a text.
  private static let languageBytes = 2000

  init(_ record: StoredRecord, tellsLanguage: Bool) throws(StageError) {
    let measure = try record.measure()
    label = measure.label?.name
    characters = measure.characters
    language = tellsLanguage ? Self.language(of: try record.record().texts()) : nil
  }

  private static func language(of texts: [String]) -> String {
    var text = ""
    for part in texts where text.utf8.count < languageBytes {
      text += String(part.unicodeScalars.prefix(languageBytes)) + "\n"
    }
    return LanguageIdentifier.standard.guess(text)?.language ?? "none"
  }
}

/// What one side is like.
private struct SideSummary: Sendable {
  var records = 0
  var labels: [String: Int] = [:]
  private var lengths: [Int: Int] = [:]
  var languages: [String: Int] = [:]

  private static let mostLabels = 200
  mutating func add(_ record: RecordSummary) {
    records += 1
    // Names beyond the most are not counted: there are too many to be classes.
    if let label = record.label, labels[label] != nil || labels.count <= Self.mostLabels {
      labels[label, default: 0] += 1
    }
    lengths[record.characters, default: 0] += 1
    if let language = record.language { languages[language, default: 0] += 1 }
  }

  /// Adds what other records of the side are like.
  mutating func add(_ other: SideSummary) {
    records += other.records
    for (label, count) in other.labels
    where labels[label] != nil || labels.count <= Self.mostLabels {
      labels[label, default: 0] += count
    }
    lengths.merge(other.lengths, uniquingKeysWith: +)
    languages.merge(other.languages, uniquingKeysWith: +)
  }

  /// Whether the labels are names of classes, not scores that are all different.
  var hasClasses: Bool { !labels.isEmpty && labels.count <= Self.mostLabels }

  /// The share of a language among the records whose language was told.
  func share(of language: String) -> Double {
    let all = languages.values.reduce(0, +)
    return all == 0 ? 0 : Double(languages[language, default: 0]) / Double(all)
  }

  /// The length that so great a part of the records do not exceed, in characters.
  private func length(below part: Double) -> Int {
    var left = max(1, Int((Double(records) * part).rounded(.up)))
    for (length, count) in lengths.sorted(by: { $0.key < $1.key }) {
      left -= count
      if left <= 0 { return length }
    }
    return 0
  }

  /// The first and last bin that a record is in.
  var lengthBins: ClosedRange<Int> {
    LengthBins.place(of: lengths.keys.min() ?? 0)...LengthBins.place(of: lengths.keys.max() ?? 0)
  }

  /// How many records lie in each of the bins.
  private func histogram(_ bins: ClosedRange<Int>) -> JSONValue {
    var counts = [Int](repeating: 0, count: bins.count)
    for (length, count) in lengths {
      counts[LengthBins.place(of: length) - bins.lowerBound] += count
    }
    return .array(
      zip(bins, counts).map { bin, count in
        ["at_most": .integer(LengthBins.ends[bin]), "records": .integer(count)]
      })
  }

  func object(bins: ClosedRange<Int>) -> JSONObject {
    var object: JSONObject = [
      "records": .integer(records),
      "characters": [
        "median": .integer(length(below: 0.5)), "p95": .integer(length(below: 0.95)),
        "longest": .integer(length(below: 1)), "histogram": histogram(bins),
      ],
      "languages": Self.json(languages),
    ]
    if hasClasses { object["labels"] = Self.json(labels) }
    return object
  }

  var line: String {
    var text =
      "\(records.counted("record")), \(length(below: 0.5).counted("character")) in the median, "
      + "\(length(below: 1)) at most"
    if hasClasses {
      let shown = Self.sorted(labels).prefix(6).map { "\($0.key) \($0.value)" }
      let rest = labels.count - shown.count
      text += "; labels: \(shown.joined(separator: ", "))" + (rest > 0 ? " and \(rest) more" : "")
    }
    // What is less than a hundredth is as likely a short text that was told wrongly.
    let languages = Self.sorted(languages).prefix(4).filter { share(of: $0.key) >= 0.01 }.map {
      "\($0.key) \(Int((share(of: $0.key) * 100).rounded())) %"
    }
    return text + "; languages: \(languages.joined(separator: ", "))"
  }

  private static func sorted(_ counts: [String: Int]) -> [(key: String, value: Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }

  private static func json(_ counts: [String: Int]) -> JSONValue {
    .object(JSONObject(sorted(counts).map { ($0.key, .integer($0.value)) }))
  }
}

/// Bins of lengths that grow by the fourth root of two: equal ratios are equally wide.
private enum LengthBins {
  /// The greatest length in each bin.
  static let ends: [Int] = {
    var ends = [0]
    for quarter in 0..<124 {
      let end = Int(pow(2, Double(quarter) / 4).rounded())
      if end != ends.last { ends.append(end) }
    }
    return ends
  }()

  /// The bin that a length is in.
  static func place(of length: Int) -> Int {
    var (low, high) = (0, ends.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] < length { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
