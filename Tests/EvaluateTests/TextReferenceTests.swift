import Evaluate
import Foundation
import Records
import Testing

/// The numbers of `Scripts/evaluate_text_reference.py`.
struct TextReference: Sendable {
  let root: JSONValue

  static let shared = TextReference(root: load())

  private static func load() -> JSONValue {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures/Evaluate/text.json")
    guard let data = try? Data(contentsOf: file), let root = try? JSONValue.parse([UInt8](data))
    else { preconditionFailure("cannot read \(file.path)") }
    return root
  }

  /// Pairs of a name.
  func corpus(_ name: String) -> TextCorpus {
    let pairs = root["corpora"]?[name]?.array ?? []
    return TextCorpus(
      hypotheses: pairs.map { $0["hypothesis"]?.string ?? "" },
      references: pairs.map { ($0["references"]?.array ?? []).compactMap(\.string) })
  }

  var cases: [TextCase] { (root["cases"]?.array ?? []).map(TextCase.init) }
}

/// One setting of one metric on one corpus, and what the reference found.
struct TextCase: Sendable, CustomTestStringConvertible {
  let json: JSONValue

  var corpus: String { json["corpus"]?.string ?? "" }
  var name: String { json["name"]?.string ?? "" }
  var testDescription: String { "\(name) of \(corpus), \(json["settings"]?.text ?? "")" }

  private func flag(_ key: String) -> Bool { json["settings"]?[key]?.bool ?? false }
  private func number(_ key: String, _ usual: Int) -> Int {
    json["settings"]?[key]?.int ?? usual
  }

  var bleu: Bleu {
    let value = json["settings"]?["value"]?.double
    let smoothing: Bleu.Smoothing =
      switch json["settings"]?["smooth"]?.string {
      case "none": .none
      case "floor": .floor(value ?? 0.1)
      case "add-k": .addK(value ?? 1)
      default: .exponential
      }
    let tokenizer = json["settings"]?["tokenize"]?.string ?? "13a"
    return Bleu(
      tokenizer: BleuTokenizer(rawValue: tokenizer) ?? .mteval13a, smoothing: smoothing,
      lowercase: flag("lowercase"), effectiveOrder: flag("effective"))
  }

  /// What our metric of this case measures.
  func measure(_ corpus: TextCorpus, threads: Int) -> CorpusMeasurement? {
    switch json["settings"]?["metric"]?.string {
    case "bleu": return bleu.measure(corpus, threads: threads)
    case "chrf":
      return Chrf(
        characterOrder: number("characters", 6), wordOrder: number("words", 0),
        beta: number("beta", 2), lowercase: flag("lowercase"), whitespace: flag("whitespace"),
        epsilonSmoothing: flag("eps")
      ).measure(corpus, threads: threads)
    case "ter":
      return Ter(
        normalized: flag("normalized"), noPunctuation: flag("noPunct"),
        asianSupport: flag("asian"), caseSensitive: flag("case")
      ).measure(corpus, threads: threads)
    case "rouge":
      let kinds: [Rouge.Kind] = [
        .ngrams(1), .ngrams(2), .ngrams(3), .longest, .longestByLine,
      ]
      return Rouge(kinds: kinds, stemmer: flag("stemmer")).measure(corpus, threads: threads)
        .first { $0.metric.name == name }
    case "meteor": return Meteor().measure(corpus, threads: threads)
    default: return nil
    }
  }
}

@Suite struct `Text metrics against their references` {
  @Test func `the fixture holds every metric`() {
    let names = Set(TextReference.shared.cases.map(\.name))
    #expect(
      names == [
        "bleu", "chrf", "chrf+", "chrf++", "ter", "rouge1", "rouge2", "rouge3", "rougeL",
        "rougeLsum", "meteor",
      ])
  }

  @Test(arguments: TextReference.shared.cases)
  func `statistics, score and signature are the reference's`(expected: TextCase) throws {
    let corpus = TextReference.shared.corpus(expected.corpus)
    let found = try #require(expected.measure(corpus, threads: 2))
    let rows = try #require(expected.json["statistics"]?.array)
    #expect(rows.count == corpus.count && found.statistics.count == corpus.count)
    for (record, row) in rows.enumerated() {
      let wanted = (row.array ?? []).map { $0.double ?? .nan }
      #expect(Array(found.statistics[record]) == wanted, "record \(record)")
    }
    #expect(agrees(found.score, expected.json["score"]))
    if let signature = expected.json["signature"]?.string {
      #expect(found.metric.signature == signature)
    }
    if let line = expected.json["line"]?.string {
      #expect(expected.bleu.score(of: found.statistics.sums()).description == line)
    }
  }

  @Test(arguments: TextReference.shared.cases)
  func `threads change nothing`(expected: TextCase) throws {
    let corpus = TextReference.shared.corpus(expected.corpus)
    let alone = try #require(expected.measure(corpus, threads: 1))
    let many = try #require(expected.measure(corpus, threads: 7))
    #expect(alone.statistics == many.statistics)
  }

  @Test func `words are stemmed as by nltk`() throws {
    let words = try #require(TextReference.shared.root["stems"]?.array)
    #expect(words.count > 200)
    for word in words {
      let (form, stem) = (word.array?[0].string ?? "", word.array?[1].string ?? "")
      #expect(PorterStemmer.stem(form) == stem, "\(form)")
    }
  }
}
