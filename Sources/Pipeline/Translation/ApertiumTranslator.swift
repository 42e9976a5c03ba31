import Ingest
import Records
import Stages

/// Apertium's pairs of languages that are installed: `apt-get install apertium-eng-spa`.
struct ApertiumTranslator: Translator {
  let name: String
  private let pair: String
  private let program: TextProgram

  /// Where Debian puts the pairs.
  private static let modes = "/usr/share/apertium/modes"
  /// Codes of three letters that pairs are called by, beside those of two.
  private static let codes = [
    "en": "eng", "es": "spa", "ca": "cat", "gl": "glg", "eo": "epo", "pt": "por", "fr": "fra",
    "it": "ita", "is": "isl", "mk": "mkd", "sh": "hbs", "eu": "eus", "de": "deu", "nl": "nld",
    "sv": "swe", "da": "dan", "nb": "nob", "nn": "nno", "oc": "oci", "ar": "ara",
  ]

  init(_ request: TranslatorRequest) throws(Diagnostic) {
    guard let path = TextProgram.find("apertium", in: "/usr/bin:/usr/local/bin") else {
      throw Translators.fault(
        "Apertium is not installed", remedy: "apt-get install apertium-eng-spa, and pivot 'via: es'"
      )
    }
    guard let pair = Self.installedPair(request) else {
      throw Translators.fault(
        "Apertium has no pair from '\(request.from)' to '\(request.to)'",
        remedy: Self.advice(request))
    }
    self.pair = pair
    program = TextProgram(path: path, seconds: 24 * 3600, mostBytes: 1 << 32)
    name = "Apertium's \(pair)"
  }

  /// The name of the pair between two languages, where it is installed.
  static func installedPair(_ request: TranslatorRequest) -> String? {
    let pairs = Set(installedPairs)
    return spellings(request.from).lazy.flatMap { from in
      spellings(request.to).map { "\(from)-\($0)" }
    }.first { pairs.contains($0) }
  }

  /// Which pivots there are for the language of the texts, or how to get one.
  static func advice(_ request: TranslatorRequest) -> String {
    let pairs = Set(installedPairs)
    let pivots = codes.keys.filter { pivot in
      var there = request
      (there.from, there.to) = ("en", pivot)
      var back = request
      (back.from, back.to) = (pivot, "en")
      return pivot != "en" && installedPair(there) != nil && installedPair(back) != nil
    }.sorted()
    if pairs.isEmpty || pivots.isEmpty { return "apt-get install apertium-eng-spa, and 'via: es'" }
    return "installed there and back: \(pivots.joined(separator: ", "))"
  }

  private static var installedPairs: [String] {
    ((try? Folders.list(modes)) ?? []).filter { $0.hasSuffix(".mode") }.map {
      String($0.dropLast(5))
    }
  }

  private static func spellings(_ code: String) -> [String] {
    [code] + [codes[code]].compactMap { $0 }
  }

  func files() throws(StageError) -> [String] { ["\(Self.modes)/\(pair).mode"] }

  /// It cannot draw: for any keys it writes the same.
  func translate(_ texts: [String], draws: [UInt64]?) throws(StageError) -> [String?] {
    guard !texts.isEmpty else { return [] }
    let input = Array((texts.joined(separator: "\n") + "\n").utf8)
    let result: TextProgram.Result
    do { result = try program.run(["-u", pair], input: input) } catch {
      throw fault("cannot be started: \(error)")
    }
    guard result.status == 0 else { throw fault(result.complaint) }
    var lines = result.output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard lines.count == texts.count else {
      throw fault("wrote \(lines.count) lines for \(texts.count)")
    }
    return lines.map { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
  }

  private func fault(_ what: String) -> StageError {
    StageError(
      "no-translation", "\(name): \(what)", remedy: "run apertium \(pair) by hand to see why")
  }
}
