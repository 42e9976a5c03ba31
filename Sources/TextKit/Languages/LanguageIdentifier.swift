/// The language of a text, and how sure that is.
public struct LanguageGuess: Sendable, Hashable {
  /// The language's code in ISO 639-1: `en`.
  public let language: String
  /// From 0 to 1: the share of letters in the language's script, times the model's probability.
  public let probability: Double
}

/// Tells languages apart: by their script where it is theirs alone, else by n-grams of characters.
///
/// Chinese, Japanese, Korean, Greek, Hebrew, Thai and others need no model. For 27 languages in
/// Latin, Cyrillic and Arabic letters a logistic regression decides; a text in another language of
/// those scripts is taken for a related one, with a lower probability.
public struct LanguageIdentifier: Sendable {
  /// The identifier with the model that comes with Anneal.
  public static let standard = LanguageIdentifier()

  private let latin = NGramModel(
    LanguageModel.latinLanguages, LanguageModel.latinScale, LanguageModel.latinOffsets,
    LanguageModel.latinWeights)
  private let cyrillic = NGramModel(
    LanguageModel.cyrillicLanguages, LanguageModel.cyrillicScale, LanguageModel.cyrillicOffsets,
    LanguageModel.cyrillicWeights)
  private let arabic = NGramModel(
    LanguageModel.arabicLanguages, LanguageModel.arabicScale, LanguageModel.arabicOffsets,
    LanguageModel.arabicWeights)

  /// The languages there are, in the order of their codes.
  public var languages: [String] {
    (latin.languages + cyrillic.languages + arabic.languages + LetterScript.languages).sorted()
  }

  /// The likeliest language of a text; nil where it has no letter of a known script.
  public func guess(_ text: String) -> LanguageGuess? {
    let counts = ScriptCounts(text)
    guard let (script, share) = counts.main else { return nil }
    if let language = script.language {
      return LanguageGuess(language: language, probability: share)
    }
    let model = script == .latin ? latin : script == .cyrillic ? cyrillic : arabic
    let (language, probability) = model.best(of: text)
    return LanguageGuess(language: language, probability: probability * share)
  }
}

/// Scripts, and the language of those that have one.
enum LetterScript: String, CaseIterable {
  case latin, cyrillic, arabic
  case chinese, japanese, korean, greek, hebrew, thai, hindi, bengali, tamil, telugu, georgian
  case armenian

  /// The language where the script tells it.
  var language: String? {
    switch self {
    case .latin, .cyrillic, .arabic: nil
    case .chinese: "zh"
    case .japanese: "ja"
    case .korean: "ko"
    case .greek: "el"
    case .hebrew: "he"
    case .thai: "th"
    case .hindi: "hi"
    case .bengali: "bn"
    case .tamil: "ta"
    case .telugu: "te"
    case .georgian: "ka"
    case .armenian: "hy"
    }
  }

  static let languages = allCases.compactMap(\.language)

  /// The script of a letter; Han characters are Chinese until kana stand beside them.
  init?(_ value: UInt32) {
    switch value {
    case 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x1E00...0x1EFF:
      self = .latin
    case 0x400...0x52F: self = .cyrillic
    case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: self = .arabic
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: self = .chinese
    case 0x3040...0x30FF, 0xFF66...0xFF9D: self = .japanese
    case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3130...0x318F: self = .korean
    case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
    case 0x590...0x5FF: self = .hebrew
    case 0xE00...0xE7F: self = .thai
    case 0x900...0x97F: self = .hindi
    case 0x980...0x9FF: self = .bengali
    case 0xB80...0xBFF: self = .tamil
    case 0xC00...0xC7F: self = .telugu
    case 0x10A0...0x10FF: self = .georgian
    case 0x530...0x58F: self = .armenian
    default: return nil
    }
  }
}

/// How many letters of each script a text has.
private struct ScriptCounts {
  private var counts: [LetterScript: Int] = [:]

  init(_ text: String) {
    // Most letters in a row are of one script.
    var (script, run): (LetterScript?, Int) = (nil, 0)
    for scalar in text.unicodeScalars {
      guard let next = LetterScript(scalar.value) else { continue }
      if next != script {
        if let script { counts[script, default: 0] += run }
        (script, run) = (next, 0)
      }
      run += 1
    }
    if let script { counts[script, default: 0] += run }
    joinJapanese()
  }

  /// Japanese writes Han characters among kana; a tenth of kana makes a text Japanese.
  private mutating func joinJapanese() {
    let (han, kana) = (counts[.chinese] ?? 0, counts[.japanese] ?? 0)
    guard han > 0, kana > 0 else { return }
    let isJapanese = kana * 10 >= han + kana
    counts[.chinese] = isJapanese ? nil : han + kana
    counts[.japanese] = isJapanese ? han + kana : nil
  }

  /// The script with most letters, and its share; an ideograph says as much as two letters.
  var main: (LetterScript, Double)? {
    func weight(_ script: LetterScript, _ count: Int) -> Int {
      script == .chinese || script == .japanese ? count * 2 : count
    }
    let weights = LetterScript.allCases.compactMap { script in
      counts[script].map { (script, weight(script, $0)) }
    }
    let all = weights.reduce(0) { $0 + $1.1 }
    guard let most = weights.max(by: { $0.1 < $1.1 }), all > 0 else { return nil }
    return (most.0, Double(most.1) / Double(all))
  }
}
