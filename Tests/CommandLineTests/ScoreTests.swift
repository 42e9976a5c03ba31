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
    ("auc", "1\n1\n", "0.5\n0.1\n", "all records are of 1"),
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

  @Test func `one file may hold true classes and their probabilities alone`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      """
      {"label": "x", "scores": {"x": 0.3, "y": 0.7}}
      {"label": "y", "scores": {"x": 0.1, "y": 0.9}}
      {"label": "y", "scores": {"x": 0.45, "y": 0.55}}

      """, to: "scores.jsonl")
    let found = try score(["--metrics", "auc,brier,log-loss,ece", path], in: folder)
    // brier_score_loss, log_loss and roc_auc_score of scikit-learn 1.9.1 on these numbers.
    #expect(found["auc"]?.double == 0.5)
    #expect(abs((found["brier"]?.double ?? 0) - 0.7025 / 3) < 1e-12)
    #expect(abs((found["log-loss"]?.double ?? 0) - 0.635723440246461) < 1e-12)
    #expect(abs((found["ece"]?.double ?? 0) - (0.45 + 0.7 + 0.1) / 3) < 1e-12)
  }

  @Test func `packed files are read, and a JSON list is a fault`() throws {
    let folder = try TemporaryFolder()
    let lines = #"{"reference": "a b c d", "hypothesis": "a b c d"}"# + "\n"
    _ = try folder.write(lines, to: "pairs.jsonl")
    let text = try folder.write("a b c d\n", to: "ref.txt")
    for file in ["pairs.jsonl", "ref.txt"] {
      let packing = Process()
      packing.executableURL = URL(filePath: "/usr/bin/env")
      packing.arguments = ["gzip", "-k", "\(folder.path)/\(file)"]
      try packing.run()
      packing.waitUntilExit()
      #expect(packing.terminationStatus == 0)
    }
    for paths in [["\(folder.path)/pairs.jsonl.gz"], ["\(folder.path)/ref.txt.gz", text]] {
      let found = try score(["--metrics", "bleu"] + paths, in: folder)
      #expect(abs((found["bleu"]?.double ?? 0) - 100) < 1e-9)
    }
    let list = try folder.write("[" + lines + "]", to: "list.json")
    let result = try Binary.run(["score", "--metrics", "bleu", list], in: folder)
    #expect(result.status == 2 && result.errors.contains("jq -c '.[]'"), "\(result.errors)")
  }

  @Test func `searches are scored from lines of pairs or of queries`() throws {
    let folder = try TemporaryFolder()
    let relevances = try folder.write(
      """
      {"query": "q1", "document": "a", "relevance": 1}
      {"query": "q1", "document": "b", "relevance": 0}
      {"query-id": "q2", "corpus-id": "c", "score": 2}
      {"query": "q2", "document": "d"}
      {"query": "q3", "document": "z"}

      """, to: "qrels.jsonl")
    let pairs = try folder.write(
      """
      {"query": "q1", "document": "b", "score": 0.9}
      {"query": "q1", "document": "a", "score": 0.5}
      {"query": "q2", "document": "c", "score": 7}
      {"query": "q2", "document": "x", "score": 6.5}
      {"query": "other", "document": "a", "score": 1}

      """, to: "run.jsonl")
    let lists = try folder.write(
      """
      {"query": "q1", "documents": ["b", "a"]}
      {"query": "q2", "documents": {"x": 1, "c": 3}}

      """, to: "lists.jsonl")
    for run in [pairs, lists] {
      let found = try score(
        ["--metrics", "mrr,map,recall@1,recall@20,ndcg", relevances, run], in: folder)
      #expect(found["mrr"]?.double == 0.5, "of q1 a half, of q2 1, of q3, which found nothing, 0")
      #expect(found["map"]?.double == (0.5 + 0.5 + 0) / 3)
      #expect(found["recall@1"]?.double == 0.5 / 3)
      #expect(found["recall@20"]?.double == 0.5)
      let second = 1 / log2(3.0)
      let gain = (second + 2 / (2 + second)) / 3
      #expect(abs((found["ndcg"]?.double ?? 0) - gain) < 1e-12)
    }
    let twice = try folder.write(
      "{\"query\": \"q1\", \"documents\": [\"a\", \"a\"]}\n", to: "twice.jsonl")
    for (arguments, part) in [
      (["--metrics", "mrr", relevances, twice], "twice.jsonl:1: names document 'a'"),
      (["--metrics", "mrr,bleu", relevances, pairs], "'bleu' is not of searches"),
      (["--metrics", "mrr", relevances], "one file of relevances"),
      (["--metrics", "mrrr", relevances, pairs], "did you mean 'mrr'?"),
    ] {
      let result = try Binary.run(["score"] + arguments, in: folder)
      #expect(result.status == 2 && result.errors.contains(part), "\(result.errors)")
    }
  }

  @Test func `numbers are correlated, whether lines or fields`() throws {
    let folder = try TemporaryFolder()
    let truth = try folder.write("1\n2\n3\n4\n", to: "truth.txt")
    let guess = try folder.write("10\n30\n20\n40.5\n", to: "guess.txt")
    let found = try score(["--metrics", "pearson,spearman,kendall", truth, guess], in: folder)
    #expect(abs((found["spearman"]?.double ?? 0) - 0.8) < 1e-12)
    #expect(abs((found["kendall"]?.double ?? 0) - 2.0 / 3) < 1e-12)
    let lines = try folder.write(
      (1...4).map { "{\"score\": \($0), \"prediction\": \([10, 30, 20, 40.5][$0 - 1])}\n" }
        .joined(), to: "both.jsonl")
    let same = try score(
      ["--metrics", "pearson", "--hypothesis-field", "prediction", lines], in: folder)
    #expect(same["pearson"] == found["pearson"])
    let words = try folder.write("1\ntwo\n3\n4\n", to: "words.txt")
    let result = try Binary.run(["score", "--metrics", "pearson", truth, words], in: folder)
    #expect(result.status == 2 && result.errors.contains("words.txt:2"), "\(result.errors)")
  }

  @Test(.enabled(if: Binary.hasEncoder))
  func `an encoder gives BERTScore and similarity`() throws {
    let folder = try TemporaryFolder()
    let lines = try folder.write(
      """
      {"reference": "A man plays the guitar.", "hypothesis": "Someone plays a guitar."}
      {"reference": ["The sea is calm.", "It rains."], "hypothesis": "It is raining."}

      """, to: "pairs.jsonl")
    let arguments = ["--metrics", "bertscore,bertscore-recall,embedding-similarity", lines]
    let found = try score(arguments + ["--model", "all-MiniLM-L6-v2"], in: folder)
    // Scripts/evaluate_bertscore_reference.py check
    #expect(found.keys == ["bertscore", "bertscore_recall", "embedding_similarity"])
    #expect(found.members.allSatisfy { (40...100).contains($0.value.double ?? 0) }, "\(found)")
    let idf = try score(
      arguments + ["--model", "all-MiniLM-L6-v2", "--idf", "--layer", "3"], in: folder)
    #expect(idf["bertscore"] != found["bertscore"])
    #expect(idf["embedding_similarity"] == found["embedding_similarity"])
    for (options, part) in [
      ([], "needs an encoder"), (["--model", "no-such"], "no such model"),
      (["--model", "all-MiniLM-L6-v2", "--layer", "9"], "layers 1 to 6"),
    ] as [([String], String)] {
      let result = try Binary.run(["score"] + arguments + options, in: folder)
      #expect(result.status == 2 && result.errors.contains(part), "\(result.errors)")
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

  @Test func `areas are scikit-learn's, whatever the classes' scores have in common`() throws {
    let folder = try TemporaryFolder()
    let rows: [(String, [Double])] = [
      ("a", [0.5, 0.3, 0.2]), ("a", [0.6, 0.3, 0.1]), ("b", [0.3, 0.3, 0.4]),
      ("b", [0.2, 0.7, 0.1]), ("c", [0.1, 0.3, 0.6]), ("c", [0.45, 0.15, 0.4]),
      ("a", [0.35, 0.4, 0.25]),
    ]
    let lines = try folder.write(
      rows.map { truth, scores in
        #"{"reference":"\#(truth)","scores":{"a":\#(scores[0]),"b":\#(scores[1]),"c":\#(scores[2])}}"#
          + "\n"
      }.joined(), to: "lines.jsonl")
    // roc_auc_score and average_precision_score of scikit-learn 1.9.1.
    let expected = [
      ("auc.micro", 0.8979591836734694), ("auc.macro", 0.8722222222222222),
      ("auc.weighted", 0.8785714285714287), ("auc.ovo-macro", 0.875),
      ("ap.macro", 0.8055555555555554), ("ap.weighted", 0.8214285714285714),
    ]
    let names = expected.map(\.0).joined(separator: ",")
    let found = try score(["--metrics", names, lines], in: folder)
    for (name, value) in expected {
      #expect(abs((found[name]?.double ?? .nan) - value) < 1e-12, "\(name): \(found)")
    }
    // Scores that single precision does not tell apart.
    let truth = try folder.write("1\n0\n1\n0\n", to: "truth.txt")
    let scores = try folder.write(
      "0.999999999\n0.99999999\n0.9999999999\n0.5\n", to: "scores.txt")
    for metric in ["ap.binary", "auc.binary"] {
      #expect(
        try score(["--metrics", metric, truth, scores], in: folder)[metric] == 1, "\(metric)")
    }
  }

  @Test func `the positive class does not depend on the order of a line's keys`() throws {
    let folder = try TemporaryFolder()
    func lines(_ first: String, _ second: String, _ name: String) throws -> String {
      let rows = [("yes", 0.9), ("no", 0.8), ("yes", 0.7), ("no", 0.2), ("no", 0.1)]
      return try folder.write(
        rows.map { truth, yes in
          let scores = ["yes": yes, "no": 1 - yes]
          return #"{"reference":"\#(truth)","prediction":"\#(yes > 0.5 ? "yes" : "no")","#
            + #""scores":{"\#(first)":\#(scores[first] ?? 0),"\#(second)":\#(scores[second] ?? 0)}}"#
            + "\n"
        }.joined(), to: name)
    }
    let metrics = ["--metrics", "f1.binary,auc.binary,ap.binary,brier"]
    let one = try score(metrics + [lines("no", "yes", "one.jsonl")], in: folder)
    let other = try score(metrics + [lines("yes", "no", "other.jsonl")], in: folder)
    #expect(one == other)
    #expect(one["f1.binary"]?.double == 0.8)
    #expect(abs((one["ap.binary"]?.double ?? 0) - (1 + 2.0 / 3) / 2) < 1e-12)
  }

  @Test func `names that Unicode calls equivalent are different documents and classes`() throws {
    let folder = try TemporaryFolder()
    let (one, other) = ("e\u{301}", "\u{E9}")
    let relevances = try folder.write(
      #"{"query":"\#(one)","documents":["\#(one)"]}"# + "\n"
        + #"{"query":"\#(other)","documents":["\#(other)"]}"# + "\n", to: "qrels.jsonl")
    let run = try folder.write(
      #"{"query":"\#(one)","documents":["\#(other)","\#(one)"]}"# + "\n"
        + #"{"query":"\#(other)","documents":["\#(other)"]}"# + "\n", to: "run.jsonl")
    let found = try score(["--metrics", "mrr,recall@1", relevances, run], in: folder)
    #expect(found["mrr"] == 0.75 && found["recall@1"] == 0.5)
    let truth = try folder.write("\(one)\n\(other)\nz\n", to: "truth.txt")
    let said = try folder.write("\(other)\n\(other)\nz\n", to: "said.txt")
    let classes = try score(["--metrics", "accuracy,balanced-accuracy", truth, said], in: folder)
    #expect(classes["accuracy"]?.double == 2.0 / 3)
    #expect(classes["balanced-accuracy"]?.double == 2.0 / 3)
  }

  @Test func `a query whose documents come in a later line counts once`() throws {
    let folder = try TemporaryFolder()
    let relevances = try folder.write(
      #"{"query":"q1","documents":[]}"# + "\n" + #"{"query":"q1","document":"d1"}"# + "\n"
        + #"{"query":"q2","document":"d2"}"# + "\n", to: "qrels.jsonl")
    let run = try folder.write(#"{"query":"q1","documents":["d1"]}"# + "\n", to: "run.jsonl")
    #expect(try score(["--metrics", "mrr", relevances, run], in: folder)["mrr"] == 0.5)
  }
}
