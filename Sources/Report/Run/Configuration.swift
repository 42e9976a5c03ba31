/// The settings of `train` in `pipeline.lock.yaml` that a reader asks for first.
///
/// The file is written by Anneal, two blanks a level, so lines are enough to read it by; what they
/// do not tell is in the file itself, which the page shows whole.
struct Configuration {
  private var values: [String: String] = [:]
  let seed: String?

  /// Nil where nothing is trained and no seed is given.
  init?(_ text: String) {
    var section = ""
    var parent = ""
    var seed: String?
    for line in text.utf8.split(separator: UInt8(ascii: "\n")).map({ Substring($0) }) {
      let indent = line.prefix { $0 == " " }.count
      guard let colon = line.firstIndex(of: ":"), line.first != "#", line.first != "-" else {
        continue
      }
      let key = String(line[..<colon].dropFirst(indent))
      let value = Self.unquoted(String(line[line.index(after: colon)...].drop { $0 == " " }))
      switch indent {
      case 0:
        section = key
        if key == "seed" { seed = value }
      case 2 where section == "train":
        parent = key
        values[key] = value
      case 4 where section == "train" && values[parent] == "":
        values[parent] = key
      default: break
      }
    }
    self.seed = seed
    if values.isEmpty, seed == nil { return nil }
  }

  /// The model that was fine-tuned, or the architecture that was trained from nothing.
  var model: String? {
    guard let model = values["model"] else { return nil }
    return model == "scratch" ? values["architecture"].map { "\($0) from scratch" } : model
  }

  /// Names and values, those that are set.
  var facts: [(name: String, value: String)] {
    let pairs: [(String, String?)] = [
      ("Model", model), ("Objective", values["objective"]), ("Method", values["method"]),
      ("Epochs", values["epochs"]), ("Steps at most", values["max-steps"]),
      ("Batch size", values["batch-size"]), ("Optimizer", values["optimizer"]),
      ("Learning rate", values["learning-rate"]),
      ("Schedule", values["schedule"]), ("Weight decay", values["weight-decay"]),
      ("Precision asked for", values["precision"]), ("Best model by", values["best-metric"]),
      ("Seed", seed),
    ]
    return pairs.compactMap { name, value in
      guard let value, !value.isEmpty, value != "null" else { return nil }
      return (name, value)
    }
  }

  private static func unquoted(_ text: String) -> String {
    for quote in ["\"", "'"]
    where text.count > 1 && text.hasPrefix(quote) && text.hasSuffix(quote) {
      return String(text.dropFirst().dropLast())
    }
    return text
  }
}
