import Stages

/// `clean.web-quality`: all rules for web pages with one look for words.
enum WebQuality {
  /// A set of rules.
  enum Rules: String, ChoiceValue {
    case gopherRepetition = "gopher-repetition"
    case gopherQuality = "gopher-quality"
    case c4
    case fineweb
  }

  private static let rules = Parameter(
    "rules", default: [Rules.gopherRepetition, .gopherQuality, .c4, .fineweb],
    "The sets of rules, in the order they are asked.")

  static let descriptor = QualityStage.descriptor(
    "clean.web-quality",
    "Drop what is no good web page by Gopher's, C4's and FineWeb's rules, as published.",
    parameters: [rules, QualityStage.reading],
    example: "clean.web-quality: {rules: [gopher-quality, fineweb]}"
  ) { values in
    let reading = values[QualityStage.reading]
    return values[rules].map { rules -> any QualityRules in
      switch rules {
      case .gopherRepetition: GopherRepetition(reading: reading)
      case .gopherQuality: GopherQuality(reading: reading)
      case .c4: C4(reading: reading)
      case .fineweb: FineWeb()
      }
    }
  }
}
