import Parquet
import Records
import Stages

/// The card of a data set: `README.md` with the front matter that the hub and `datasets` read.
struct DatasetCard {
  let options: WriteOptions
  let survey: Survey
  let seed: UInt64

  private static let mostLines = 50

  /// The card's text.
  var text: String {
    (frontMatter + body).joined(separator: "\n") + "\n"
  }

  private var total: Int { survey.counts.values.reduce(0, +) }

  // MARK: - Front matter

  private var frontMatter: [String] {
    var lines = ["---"]
    if let license = options.license { lines.append("license: \(YAML.text(license))") }
    if !options.languages.isEmpty {
      lines += ["language:"] + options.languages.map { "- \(YAML.text($0))" }
    }
    if let name = options.name { lines.append("pretty_name: \(YAML.text(name))") }
    lines += ["size_categories:", "- \(sizeCategory)", "tags:", "- anneal", "configs:"]
    lines += ["- config_name: default", "  data_files:"]
    for side in survey.sides {
      lines += [
        "  - split: \(side.rawValue)",
        "    path: data/\(side.rawValue)-*.\(options.format.rawValue)",
      ]
    }
    lines += ["dataset_info:", "  features:"]
    lines += survey.fields.flatMap { feature($0, indent: "  ") }
    return lines + ["---", ""]
  }

  private var sizeCategory: String {
    let steps = [
      (1000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
      (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"),
    ]
    return steps.first { total < $0.0 }?.1 ?? "100M<n<1B"
  }

  /// A field as `datasets` spells its features.
  private func feature(_ field: ColumnField, indent: String) -> [String] {
    let type = options.format == .csv ? field.type.flat : field.type
    return ["\(indent)- name: \(YAML.text(field.name))"] + kind(type, indent: indent + "  ")
  }

  private func kind(_ type: ColumnType, indent: String) -> [String] {
    switch type {
    case .list(let element):
      if let name = element.scalarName { return ["\(indent)list: \(name)"] }
      if case .structure(let fields) = element {
        return ["\(indent)list:"] + fields.flatMap { feature($0, indent: indent) }
      }
      return ["\(indent)list:"] + kind(element, indent: indent + "  ")
    case .structure(let fields):
      return ["\(indent)struct:"] + fields.flatMap { feature($0, indent: indent) }
    default: return ["\(indent)dtype: \(type.scalarName ?? "string")"]
    }
  }

  // MARK: - What people read

  private var body: [String] {
    var lines = ["# \(options.name ?? "Data set")", ""]
    if let description = options.description { lines += [description, ""] }
    lines += ["## Records", "", "| side | records | files |", "|---|---:|---:|"]
    for side in survey.sides {
      let count = survey.counts[side, default: 0]
      lines.append(
        "| \(side.rawValue) | \(count) | \(ShardWriter.shards(options.shards, of: count)) |")
    }
    lines += [
      "",
      "Schema: `\(options.schema?.rawValue ?? "as read")`. "
        + "Format: \(options.format.rawValue).",
    ]
    lines += labels
    lines += list("Sources", survey.sources, "records")
    lines += list("Derived records", survey.derived, "records by this stage")
    lines += list("What the schema could not hold", survey.losses, "records without")
    return lines + [
      "",
      "Made with Anneal, seed \(seed). "
        + "`anneal-dataset.json` has the hash of each file.",
    ]
  }

  private var labels: [String] {
    guard !survey.labels.isEmpty else { return [] }
    let names = Set(survey.labels.values.flatMap(\.keys)).sorted()
    guard names.count <= Self.mostLines else { return ["", "\(names.count) different labels."] }
    let head = survey.sides.map(\.rawValue).joined(separator: " | ")
    let rule = String(repeating: "---:|", count: survey.sides.count)
    var lines = ["", "| label | \(head) |", "|---|\(rule)"]
    for name in names {
      let counts = survey.sides.map { "\(survey.labels[$0]?[name] ?? 0)" }
      lines.append("| \(YAML.cell(name)) | \(counts.joined(separator: " | ")) |")
    }
    return lines
  }

  private func list(_ title: String, _ counts: [String: Int], _ what: String) -> [String] {
    guard !counts.isEmpty else { return [] }
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = sorted.prefix(Self.mostLines).map { "- `\($0.key)`: \($0.value) \(what)" }
    let rest = sorted.count - shown.count
    return ["", "## \(title)", ""] + shown + (rest > 0 ? ["- and \(rest) more"] : [])
  }
}

extension ColumnType {
  /// The type as `datasets` names it; nil for lists and structures.
  fileprivate var scalarName: String? {
    switch self {
    case .boolean: "bool"
    case .integer: "int64"
    case .number: "float64"
    case .text, .json, .empty: "string"
    case .list, .structure: nil
    }
  }

  /// The type as a cell of CSV has it.
  fileprivate var flat: ColumnType { scalarName == nil ? .text : self }
}

/// Texts in YAML and in tables.
enum YAML {
  /// A text in double quotes, which JSON and YAML spell alike.
  static func text(_ text: String) -> String { JSONValue.string(text).text }

  /// A text in a table's cell.
  static func cell(_ text: String) -> String {
    // By scalars: a bar with a mark behind it is a bar, and CRLF ends a line.
    var cell = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "|" { cell.append("\\") }
      cell.append(scalar == "\n" || scalar == "\r" ? " " : scalar)
    }
    return String(cell)
  }
}

/// `anneal-dataset.json`: the files of a data set with their hashes.
struct DatasetManifest {
  let files: [String]
  let survey: Survey

  /// Writes the file into the data set's folder.
  func write(to folder: String) throws {
    let hashes = try files.map { name in
      (name, JSONValue.string("sha256:\(try ContentHash.ofFile("\(folder)/\(name)"))"))
    }
    let counts = survey.sides.map { ($0.rawValue, JSONValue.integer(survey.counts[$0] ?? 0)) }
    let object: JSONObject = [
      "records": .object(JSONObject(counts)), "files": .object(JSONObject(hashes)),
    ]
    try AtomicFile.write(
      JSONValue.object(object).prettyText.utf8, to: "\(folder)/\(ExportedFolder.manifest)")
  }
}
