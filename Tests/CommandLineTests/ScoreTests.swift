import Foundation
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Scoring on the command line` {
  private func score(
    _ arguments: [String], in folder: TemporaryFolder,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> JSONObject {
    let result = try Binary.succeed(
      ["score", "--json"] + arguments, in: folder, sourceLocation: sourceLocation)
    return try #require(JSONValue.parse(Array(result.output.utf8)).object)
  }

  @Test func `texts line by line give one flat object in the order asked`() throws {
    let folder = try TemporaryFolder()
    let references = try folder.write("The cat sat.\r\nA dog ran home\n", to: "ref.txt")
    let hypotheses = try folder.write("The cat sat.\nA dog ran home", to: "hyp.txt")
    let metrics = "bleu,chrf,ter,rouge,meteor,exact_match"
    let scores = try score(["--metrics", metrics, references, hypotheses], in: folder)
    #expect(
      scores.keys == [
        "bleu", "chrf", "ter", "rouge1", "rouge2", "rougeL", "rougeLsum", "meteor", "exact_match",
      ])
    #expect(abs((scores["bleu"]?.double ?? 0) - 100) < 1e-9)
    #expect(scores["ter"]?.double == 0)
    #expect(scores["exact_match"]?.double == 100)
  }

  @Test func `several references, options and a table with signatures`() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("我们去公园吧。\n", to: "a.txt")
    let second = try folder.write("我们去公园玩！\n", to: "b.txt")
    let hypotheses = try folder.write("我们去公园玩吧。\n", to: "hyp.txt")
    let result = try Binary.succeed(
      ["score", "--metrics", "bleu", "--tokenize", "zh", first, second, hypotheses], in: folder)
    #expect(
      result.output.hasSuffix("nrefs:2|case:mixed|eff:no|tok:zh|smooth:exp|version:2.6.0\n"))
    #expect(result.output.hasPrefix("bleu  "))
  }

  @Test func `JSON lines, with both in one file, and a line a record`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      """
      {"reference": ["a b", "c"], "prediction": "a b", "keywords": ["a", "z"]}
      {"reference": "d", "prediction": "e", "keywords": ["e"]}

      """, to: "predictions.jsonl")
    let records = "\(folder.path)/records.jsonl"
    let scores = try score(
      ["--metrics", "squad,keywords.all,keywords.any", path, "--records", records], in: folder)
    #expect(scores["exact_match"]?.double == 50)
    #expect(scores["keywords.all"]?.double == 50)
    #expect(scores["keywords.any"]?.double == 100)
    let lines = String(decoding: try FileReader.contents(records), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[1].hasPrefix(#"{"exact_match":0,"token_f1":0,"#))
  }

  @Test func `labels give accuracy, F1 in every average, and the area of scores`() throws {
    let folder = try TemporaryFolder()
    let truth = try folder.write("0\n0\n1\n1\n", to: "truth.txt")
    let labels = try folder.write("0\n1\n1\n1\n", to: "labels.txt")
    let scores = try folder.write("0.1\n0.4\n0.35\n0.8\n", to: "scores.txt")
    let found = try score(["--metrics", "accuracy,f1", truth, labels], in: folder)
    #expect(found["accuracy"]?.double == 0.75)
    #expect(found["f1.binary"]?.double == 0.8)
    #expect(found["f1"]?.double == found["f1.weighted"]?.double)
    #expect(try score(["--metrics", "auc", truth, scores], in: folder)["auc"]?.double == 0.75)
    let lines = try folder.write(
      """
      {"reference": "x", "scores": {"x": 0.7, "y": 0.2, "z": 0.1}}
      {"reference": "y", "scores": {"x": 0.1, "y": 0.6, "z": 0.3}}
      {"reference": "z", "scores": {"x": 0.2, "y": 0.2, "z": 0.6}}

      """, to: "scores.jsonl")
    #expect(try score(["--metrics", "auc", lines], in: folder)["auc"]?.double == 1)
  }

  @Test(arguments: [
    ("bleu", "a\nb\n", "a\n", "ref.txt has 2 records but "),
    ("bleuu", "a\n", "a\n", "did you mean 'bleu'?"),
    ("auc", "0\n1\n", "0.5\nnan\n", "hyp.txt:2: is not a number"),
    ("auc", "0\n1\n", "0.5\nhigh\n", "hyp.txt:2: is no number"),
    ("auc", "1\n1\n", "0.5\n0.1\n", "for the classes 1"),
    ("bleu", "", "", "nothing to score"),
  ])
  func `what cannot be scored is a fault that names the place`(
    metric: String, references: String, hypotheses: String, part: String
  ) throws {
    let folder = try TemporaryFolder()
    let paths = [
      try folder.write(references, to: "ref.txt"), try folder.write(hypotheses, to: "hyp.txt"),
    ]
    let result = try Binary.run(["score", "--metrics", metric] + paths, in: folder)
    #expect(result.status == 2)
    #expect(result.errors.contains(part), "\(result.errors)")
  }

  @Test func `a file that was cut short, a missing field and an unknown label are faults`() throws {
    let folder = try TemporaryFolder()
    let cut = try folder.write(
      #"{"reference": "a", "prediction": "a"}"# + "\n" + #"{"reference": "b", "predi"#,
      to: "cut.jsonl")
    let thin = try folder.write(#"{"reference": "a", "speech": "a"}"# + "\n", to: "thin.jsonl")
    let truth = try folder.write("a\nb\n", to: "truth.txt")
    let labels = try folder.write("a\nc\n", to: "labels.txt")
    for (arguments, part) in [
      (["--metrics", "bleu", cut], "cut.jsonl:2: the file ends in the middle of this line"),
      (["--metrics", "bleu", thin], "--hypothesis-field"),
      (
        ["--metrics", "f1", "--labels", "a,b", truth, labels],
        "labels.txt:2: 'c' is no class"
      ),
      (["--metrics", "bleu", truth], "no references"),
      (["--metrics", "bleu", truth, "\(folder.path)/none.txt"], "none.txt"),
    ] {
      let result = try Binary.run(["score"] + arguments, in: folder)
      #expect(result.status == 2, "\(arguments)")
      #expect(result.errors.contains(part), "\(result.errors)")
    }
  }

  @Test func `what is asked for is scored or a fault, and nothing with itself`() throws {
    let folder = try TemporaryFolder()
    let truth = try folder.write("a\nb\n", to: "truth.txt")
    let text = try folder.write(#"{"text": "a b c d"}"# + "\n", to: "text.jsonl")
    let late = try folder.write(
      #"{"keywords": ["a"], "reference": "a", "prediction": "a"}"# + "\n"
        + #"{"reference": "b", "prediction": "b"}"# + "\n", to: "late.jsonl")
    for (arguments, part) in [
      (["--metrics", "accuracy", truth], "no references"),
      (["--metrics", "bleu,accuracy", text], "compared with itself"),
      (["--metrics", "accuracy", truth, truth, truth], "one file of true classes"),
      (
        ["--metrics", "accuracy", truth, truth, "--records", "r.jsonl"], "scores of single records"
      ),
      (["--metrics", "keywords", late], "late.jsonl:2"),
      (["--metrics", "rouge01", truth, truth], "rouge01"),
      (["--metrics", "f1", "--labels", "", truth, truth], "--labels"),
      (["--metrics", "f1", "--labels", "a,b,a", truth, truth], "--labels"),
      (["--metrics", "chrf", "--chrf-char-order", "\(Int.max)", truth, truth], "chrF needs"),
      (["--metrics", "chrf", "--chrf-beta", "4000000000", truth, truth], "--chrf-beta"),
      (["--metrics", "bleu", "--smooth-value", "3", truth, truth], "--smooth-value"),
      (["--metrics", "bleu", "--smooth", "floor", "--smooth-value", "nan", truth, truth], "nan"),
      (
        ["--metrics", "bleu", "--smooth", "floor", "--smooth-value", "1e300", truth, truth],
        "1e+300"
      ),
    ] {
      let result = try Binary.run(["score"] + arguments, in: folder)
      #expect(result.status == 2, "\(arguments)")
      #expect(result.errors.contains(part), "\(result.errors)")
    }
  }

  @Test func `labels are in one order, numbers and truths are classes by value`() throws {
    let folder = try TemporaryFolder()
    let truth = try folder.write("1\n01\n01\n", to: "truth.txt")
    let labels = try folder.write("01\n01\n1\n", to: "labels.txt")
    for _ in 0..<4 {
      let scores = try score(["--metrics", "f1.binary", truth, labels], in: folder)
      #expect(scores["f1.binary"]?.double == 0)
    }
    let mixed = try folder.write(
      #"{"reference": true, "prediction": "true"}"# + "\n"
        + #"{"reference": "false", "prediction": false}"# + "\n"
        + #"{"reference": 1, "prediction": 1.0}"# + "\n", to: "mixed.jsonl")
    #expect(try score(["--metrics", "accuracy", mixed], in: folder)["accuracy"]?.double == 1)
  }

  @Test func `scores stand in the order asked, and a mark of byte order is none of the text`()
    throws
  {
    let folder = try TemporaryFolder()
    let truth = try folder.write("\u{FEFF}a b c d\n", to: "truth.txt")
    let texts = try folder.write("a b c d\n", to: "texts.txt")
    let scores = try score(["--metrics", "accuracy,bleu,exact_match", truth, texts], in: folder)
    #expect(scores.keys == ["accuracy", "bleu", "exact_match"])
    #expect(scores["accuracy"]?.double == 1)
    #expect(abs((scores["bleu"]?.double ?? 0) - 100) < 1e-9)
    let lines = try folder.write(
      "\u{FEFF}" + #"{"keywords": ["a"], "prediction": "a b"}"# + "\n", to: "lines.jsonl")
    let found = try score(["--metrics", "keywords.all", lines], in: folder)
    #expect(found["keywords.all"]?.double == 100)
  }
}
