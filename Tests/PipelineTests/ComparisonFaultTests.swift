import Evaluate
import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// What predictions lack, or have otherwise than others, is said.
@Suite struct `Predictions that do not fit each other`: ComparesRuns {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `runs of different records are refused, and the records named`() throws {
    var lines = Self.lines(8, period: 3)
    lines.removeSubrange(0..<4)
    let fault = try fault(lines)
    #expect(fault.contains("'\(folder.path)/good' has 6"))
    #expect(fault.contains("only the first has r0, r1, r2 and 1 more"))
    #expect(fault.contains("only the second has r6, r7"))
  }

  @Test func `another truth of a record is refused`() throws {
    var lines = Self.lines(6, period: 3)
    lines[2] = lines[2].replacing(#""reference":"no""#, with: #""reference":"yes""#)
    #expect(try fault(lines).contains("record r2 has another reference"))
  }

  @Test(arguments: [
    (#""reference":"no""#, #""reference":"perhaps""#, "none of the model's classes (no, yes)"),
    (#""scores":{"no":0.25"#, #""scores":{"no":null"#, "class 'no' of record r3 is not a number"),
    (#""scores":{"no":0.25"#, #""scores":{"no":NaN"#, "is not a number (NaN or Infinity)"),
    (#""loss":0.5"#, #""loss":null"#, "the loss of record r3 is not a number"),
    (#""id":"r3""#, #""id":"r2""#, "record r2 stands there twice"),
    (#""scores":{"no":0.25,"#, #""scores":{"#, "record r3 has 1 scores, earlier ones 2"),
    (#""reference""#, #""refernce""#, "record r3 has no reference"),
    (#""scores":{"no":0.25,"yes":0.75},"#, "", "record r3 has no scores, unlike those before it"),
    (#""prediction":"yes""#, #""tokens":4"#, "record r3 has no class, unlike those before it"),
    (#"{"no":0.25,"#, #"{"no":1e300,"#, "the score 1e+300 of class 'no' of record r3 is more"),
  ])
  func `a line that is no prediction names its place`(
    old: String, new: String, message: String
  ) throws {
    var lines = Self.lines(6, period: 5)
    lines[3] = lines[3].replacing(#""reference":"yes""#, with: #""reference":"no""#)
      .replacing(old, with: new)
    let fault = try fault(lines)
    #expect(fault.contains("predictions.jsonl:4") && fault.contains(message), "\(fault)")
  }

  @Test func `a file holds texts or classes, with scores or without`() throws {
    let classes = Self.lines(6, period: 5)
    let texts = Self.texts(6, loss: 2, #","tokens":3"#)
    let mixed = try fault(texts.prefix(2) + classes.suffix(4))
    #expect(mixed.contains("jsonl:3") && mixed.contains("has a class, unlike those before it"))
    let plain = classes[0].replacing(#""scores":{"no":0.25,"yes":0.75},"#, with: "")
    let late = try fault([plain] + classes.dropFirst())
    #expect(
      late.contains("jsonl:2") && late.contains("has scores, unlike those before it"), "\(late)")
  }

  @Test(arguments: [#""tokens":9223372036854775807"#, #""tokens":1,"bytes":1099511627776"#])
  func `counts that no text has are refused`(counts: String) throws {
    let texts = Self.texts(6, loss: 2, #","tokens":3"#)
    let huge = try fault(
      texts.prefix(5) + Self.texts(6, loss: 2, "," + counts).suffix(1), against: texts)
    #expect(huge.contains("jsonl:6") && huge.contains("which no text has"), "\(huge)")
  }

  @Test func `names that Unicode calls equivalent are two classes, and two ids`() throws {
    let names = ["\u{E9}", "e\u{301}", "z"]
    let lines = (0..<12).map { index in
      let said = names[index % 2]
      return #"{"id":"\#(names[index % 2])\#(index / 2)","reference":"\#(names[index % 3])","#
        + #""prediction":"\#(said)","#
        + #""scores":{"\#u{E9}":\#(index % 2 == 0 ? 0.5 : 0.25),"z":0.25,"#
        + #""e\#u{301}":\#(index % 2 == 0 ? 0.25 : 0.5)}}"#
    }
    let comparison = try RunComparison(
      runs: [run("one", lines), run("other", lines)], options: options(["accuracy", "kappa"]))
    #expect(comparison.pairs[0].rows[0].baseline.estimate == 1.0 / 3)
    #expect(comparison.records == 12)
  }

  @Test func `what one run lacks is said, with the metrics that it costs`() throws {
    let whole = Self.lines(12, period: 5)
    let bare = whole.map { $0.replacing(/"scores":\{[^}]*\},/, with: "") }
    var lossless = whole
    lossless[7] = lossless[7].replacing(#","loss":0.5"#, with: "")
    let (one, two) = (try run("whole", whole), try run("bare", bare))
    let comparison = try RunComparison(
      runs: [one, two, run("lossless", lossless)], options: options())
    let left = comparison.pairs.map(\.leftOut)
    #expect(left[0].map(\.reason) == ["'\(two)' has no scores"])
    #expect(left[0].first?.metrics == ["auc.binary", "ap.binary", "brier", "ece"])
    #expect(left[1].map(\.reason) == ["record r7 of '\(folder.path)/lossless' has no loss"])
    #expect(left[1].first?.metrics == ["loss"])
    let json = JSONValue.object(comparison.object)["runs"]?.array?.first?["left_out"]?.array
    #expect(json?.first?["reason"]?.string == "'\(two)' has no scores")
    #expect(json?.first?["metrics"]?.array?.count == 4)
    let same = try RunComparison(runs: [two, two], options: options())
    #expect(same.pairs[0].leftOut.isEmpty)
    let asked = try RunComparison(runs: [one, two], options: options(["accuracy"]))
    #expect(asked.pairs[0].leftOut.isEmpty)
  }

  @Test func `scores that are no probabilities are said to be none`() throws {
    let one = try run("one", Self.lines(12, period: 5))
    let two = try run(
      "two", Self.lines(12, period: 4).map { $0.replacing(#""no":0.25"#, with: #""no":-4.25"#) })
    let pair = try RunComparison(runs: [one, two], options: options()).pairs[0]
    #expect(pair.leftOut.map(\.metrics) == [["brier", "ece"]])
    #expect(
      pair.leftOut[0].reason
        == "a score of class 'no' is -4.25, which is no probability (record r0 of '\(two)')")
    let brier = try #require(pair.rows.first { $0.metric.name == "brier" })
    #expect(brier.baseline.estimate == 0.1875)
    #expect(brier.system.estimate.isNaN && brier.pValue.isNaN)
  }

  @Test func `texts that only one run wrote are said to be missing`() throws {
    let written = try run("written", Self.texts(6, loss: 2, #","tokens":3,"generated":"abc""#))
    let read = try run("read", Self.texts(6, loss: 2, #","tokens":3"#))
    let pair = try RunComparison(runs: [written, read], options: options()).pairs[0]
    #expect(pair.leftOut.map(\.metrics) == [["bleu", "chrf", "rougeL"]])
    #expect(pair.leftOut.map(\.reason) == ["'\(read)' has no generated text"])
  }

  @Test func `scores by an encoder that one run lacks are said to be missing`() throws {
    let scored = "[bleu, {bertscore: {model: one}}]"
    let both = #""bleu":1,"bertscore":70"#
    let whole = try written("whole", evaluate: scored, scores: both)
    let bare = try written("bare", evaluate: "[bleu]", scores: #""bleu":1"#)
    let holed = try written("holed", evaluate: scored, scores: both) { place, line in
      place == 3 ? line.replacing(#""bertscore":70"#, with: #""bertscore":null"#) : line
    }
    let comparison = try RunComparison(runs: [whole, bare, holed, whole], options: options())
    let left = comparison.pairs.map(\.leftOut)
    #expect(left.map { $0.map(\.metrics) } == [[["bertscore"]], [["bertscore"]], []])
    #expect(left[0].first?.reason == "'\(bare)' has no scores of bertscore")
    #expect(left[1].first?.reason == "record r3 of '\(holed)' has no scores of bertscore")
    #expect(comparison.pairs[2].rows.contains { $0.metric.name == "bertscore" })
    let turned = try RunComparison(runs: [bare, whole], options: options()).pairs[0]
    #expect(turned.leftOut.map(\.reason) == ["'\(bare)' has no scores of bertscore"])
  }

  @Test func `scores by different encoders are not held against each other`() throws {
    let scores = #""bertscore":70,"embedding_similarity":60"#
    let runs = try ["one", "two"].map { name in
      try written(
        name, evaluate: "[{bertscore: {model: \(name)}}, {embedding_similarity: {model: one}}]",
        scores: scores)
    }
    let pair = try RunComparison(runs: runs, options: options()).pairs[0]
    #expect(!pair.rows.contains { $0.metric.name == "bertscore" })
    #expect(pair.rows.contains { $0.metric.name == "embedding_similarity" })
    #expect(pair.leftOut.map(\.metrics) == [["bertscore"]])
    #expect(pair.leftOut.first?.reason.contains("other options") == true, "\(pair.leftOut)")
    let error = #expect(throws: Diagnostic.self) {
      try RunComparison(runs: runs, options: options(["bertscore"]))
    }
    #expect(error?.message.contains("other options") == true)
  }

  @Test(arguments: ["toxicity", "bias", "classifier"])
  func `a classifier's scores are compared but for the highest, which no record has`(
    name: String
  ) throws {
    let runs = try [20, 30].map { score in
      try written(
        "\(name)\(score)", evaluate: "[{\(name): {model: one}}]",
        scores: #""\#(name)":\#(score),"\#(name)_ratio":\#(score + 1)"#)
    }
    for asked in [[], [name], ["\(name)_ratio", name]] {
      let pair = try RunComparison(runs: runs, options: options(asked)).pairs[0]
      let rows = pair.rows.filter { $0.metric.name.hasPrefix(name) }
      #expect(Set(rows.map(\.metric.name)) == [name, "\(name)_ratio"], "\(asked)")
      #expect(rows.allSatisfy { $0.difference.estimate == 10 } && pair.leftOut.isEmpty)
    }
    for asked in ["\(name)_max", "\(name)-max", "distinct", "distinct-2", "self-bleu"] {
      let error = #expect(throws: Diagnostic.self) {
        try RunComparison(runs: runs, options: options([name, asked]))
      }
      #expect(error?.message.contains("'\(asked)' is of all texts together") == true)
    }
  }

  @Test func `a file that was cut off says so, as does one that is not there`() throws {
    var lines = Self.lines(6, period: 3)
    lines[5].removeLast(20)
    let cut = try fault(lines)
    #expect(cut.contains("predictions.jsonl:6") && cut.contains("the file was cut off"), "\(cut)")
    var middle = Self.lines(6, period: 3)
    middle[2].removeLast(20)
    #expect(try !fault(middle).contains("cut off while"))
    #expect(throws: Diagnostic.self) {
      try RunComparison(runs: ["\(folder.path)/none", "\(folder.path)/none"], options: options())
    }
  }

  @Test func `a mark of byte order and ends of lines of Windows are none of the predictions`()
    throws
  {
    let one = try run("one", Self.lines(6, period: 3))
    var lines = Self.lines(6, period: 3).map { $0 + "\r" }
    lines[0] = "\u{FEFF}" + lines[0]
    let comparison = try RunComparison(runs: [one, run("two", lines)], options: options())
    #expect(comparison.pairs[0].differingCount == 0)
  }

  @Test func `a metric that predictions do not allow is refused`() throws {
    let one = try run("one", Self.lines(6, period: 3))
    #expect(throws: MetricError.self) {
      try RunComparison(runs: [one, one], options: options(["perplexity"]))
    }
    #expect(throws: MetricError.isTable(name: "confusion")) {
      try RunComparison(runs: [one, one], options: options(["confusion"]))
    }
  }
}
