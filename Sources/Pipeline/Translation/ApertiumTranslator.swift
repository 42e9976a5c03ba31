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
    program = TextProgram(
      path: path, seconds: 24 * 3600, mostBytes: 1 << 32, isStoppable: true)
    name = "Apertium's \(pair)"
  }

  /// The name of the pair between two languages, where it is installed.
  static func installedPair(_ request: TranslatorRequest) -> String? {
    let pairs = Set(installedPairs)
    return spellings(request.from).lazy.flatMap { from in
      spellings(request.to).map { "\(from)-\($0)" }
    }.first { pairs.contains($0) }
  }

  /// Which pivots there are for the language of the records, or how to get one.
  static func advice(_ request: TranslatorRequest) -> String {
    let language = request.language
    let pivots = codes.keys.filter { pivot in
      let there = TranslatorRequest(from: language, to: pivot, backend: .apertium)
      return pivot != language && installedPair(there) != nil
        && installedPair(there.back(model: nil, prefix: nil)) != nil
    }.sorted()
    if !pivots.isEmpty { return "installed there and back: \(pivots.joined(separator: ", "))" }
    return language == "en"
      ? "apt-get install apertium-eng-spa, and 'via: es'"
      : "apt-cache search ^apertium- lists the pairs there are"
  }

  private static var installedPairs: [String] {
    ((try? Folders.list(modes)) ?? []).filter { $0.hasSuffix(".mode") }.map {
      String($0.dropLast(5))
    }
  }

  private static func spellings(_ code: String) -> [String] {
    [code] + [codes[code]].compactMap { $0 }
  }

  var draws: Bool { false }

  var identity: JSONValue { ["apertium": .string(pair)] }

  /// The list of the programs of the pair, and the files that it names.
  func files() throws(StageError) -> [String] {
    let mode = "\(Self.modes)/\(pair).mode"
    let text: [UInt8]
    do { text = try FileReader.contents(mode) } catch { throw fault("\(error)") }
    // Every other part stands within quotation marks.
    let parts = text.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
    let named = stride(from: 1, to: parts.count, by: 2).map {
      String(decoding: parts[$0], as: UTF8.self)
    }
    return [mode] + named.filter { Folders.isFile($0) }
  }

  func portions(_ texts: [String]) -> [[Int]] { Translators.portions(of: texts.count, size: 2000) }

  func translate(_ texts: [String], draws: [UInt64]?) throws -> [String?] {
    guard !texts.isEmpty else { return [] }
    // A paragraph each: within one, words are moved from line to line.
    let input = Array(texts.map { "\($0)\n\n" }.joined().utf8)
    let result: TextProgram.Result
    do { result = try program.run(["-u", pair], input: input) } catch {
      throw fault("cannot be started: \(error)")
    }
    try Interruption.check()
    guard result.status == 0 else { throw fault(result.complaint) }
    var lines = result.output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard lines.count == 2 * texts.count else {
      throw fault("wrote \(lines.count) lines for \(texts.count) paragraphs")
    }
    return texts.indices.map { place in
      let line = lines[2 * place]
      return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
  }

  private func fault(_ what: String) -> StageError {
    StageError(
      "no-translation", "\(name): \(what)", remedy: "run apertium \(pair) by hand to see why")
  }
}
