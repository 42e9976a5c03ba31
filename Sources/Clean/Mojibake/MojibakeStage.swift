import Stages
import TextKit

/// `clean.mojibake`: mends texts that were read in a wrong encoding, to the letter as ftfy does.
enum MojibakeStage {
  /// Whose choice of steps holds where none is made.
  enum Configuration: String, ChoiceValue {
    /// All steps, as ftfy's defaults and Data-Juicer's `fix_unicode_mapper` have them.
    case ftfy
    /// Encodings, references, escapes and control characters; the look of the text stays.
    case datatrove

    var repair: TextRepair {
      var repair = TextRepair()
      guard self == .datatrove else { return repair }
      repair.fixesLatinLigatures = false
      repair.fixesCharacterWidth = false
      repair.uncurlsQuotes = false
      repair.fixesLineBreaks = false
      repair.normalization = nil
      return repair
    }
  }

  /// The form that texts get in the end.
  enum Normalization: String, ChoiceValue {
    case none
    case nfc = "NFC"
    case nfd = "NFD"
    case nfkc = "NFKC"
    case nfkd = "NFKD"

    var form: NormalizationForm? { NormalizationForm(rawValue: rawValue) }
  }

  private static let configuration = Parameter(
    "configuration", default: Configuration.ftfy,
    "Which steps are taken where none is named: all of ftfy's, or datatrove's choice of them.")
  private static let unescapeHTML = Parameter<TextRepair.HTMLRule?>(
    "unescape-html", default: nil,
    "Read &eacute; and &#233;: auto does so up to the first line with a '<'.")
  private static let normalization = Parameter<Normalization?>(
    "normalization", default: nil, "The Unicode form in the end.")

  private static func step(_ name: String, _ summary: String) -> Parameter<Bool?> {
    Parameter<Bool?>(name, default: nil, summary)
  }

  private static let terminal = step("remove-terminal-escapes", "Remove colours of terminals.")
  private static let encoding = step("fix-encoding", "Undo reading UTF-8 in another encoding.")
  private static let byteA0 = step(
    "restore-byte-a0", "Take a blank for the byte A0 where that makes UTF-8 of mojibake.")
  private static let lossy = step(
    "replace-lossy-sequences", "Make U+FFFD of mojibake that lost a character.")
  private static let inconsistent = step(
    "decode-inconsistent-utf8", "Mend parts where the whole is not in one encoding.")
  private static let controls = step(
    "fix-c1-controls", "Take U+0080 to U+009F for what Windows-1252 has there.")
  private static let ligatures = step("fix-latin-ligatures", "Make fi of ﬁ.")
  private static let width = step("fix-character-width", "Make A of Ａ, and ター of ﾀｰ.")
  private static let quotes = step("uncurl-quotes", "Make straight quotation marks of curly ones.")
  private static let breaks = step("fix-line-breaks", "Make line feeds of all line ends.")
  private static let surrogates = step(
    "fix-surrogates", "Texts never hold halves of a character here: readers join them.")
  private static let removal = step(
    "remove-control-chars", "Remove control characters and byte order marks.")

  static let descriptor = StageDescriptor(
    "clean.mojibake",
    "Mend texts that were read in a wrong encoding, and what else ftfy mends, with its results.",
    role: .cleaning,
    parameters: [
      configuration, unescapeHTML, terminal, encoding, byteA0, lossy, inconsistent, controls,
      ligatures, width, quotes, breaks, surrogates, removal, normalization, CleanKeys.fields,
    ],
    example: "clean.mojibake: {configuration: datatrove}"
  ) { values in
    let repair = repair(values)
    return FieldStage(
      fields: values[CleanKeys.fields], change: TextChange { repair.repaired($0) })
  }

  private static func repair(_ values: ParameterValues) -> TextRepair {
    var repair = values[configuration].repair
    func set(_ key: Parameter<Bool?>, _ path: WritableKeyPath<TextRepair, Bool>) {
      if let value = values[key] { repair[keyPath: path] = value }
    }
    set(terminal, \.removesTerminalEscapes)
    set(encoding, \.fixesEncoding)
    set(byteA0, \.encoding.restoresByteA0)
    set(lossy, \.encoding.replacesLossySequences)
    set(inconsistent, \.encoding.decodesInconsistentUTF8)
    set(controls, \.encoding.fixesC1Controls)
    set(ligatures, \.fixesLatinLigatures)
    set(width, \.fixesCharacterWidth)
    set(quotes, \.uncurlsQuotes)
    set(breaks, \.fixesLineBreaks)
    set(removal, \.removesControlCharacters)
    if let rule = values[unescapeHTML] { repair.unescapesHTML = rule }
    if let form = values[normalization] { repair.normalization = form.form }
    return repair
  }
}
