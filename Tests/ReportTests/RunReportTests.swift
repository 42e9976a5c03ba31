import Foundation
import Records
import Report
import Testing

@Suite struct `The page of a run` {
  @Test(arguments: Sample.allCases)
  func `it is well-formed, complete in itself and free of scripts`(sample: Sample) throws {
    let html = try RunReport.html(ofRunAt: sample.url.path)
    let page = ReadPage(html)
    #expect(page.error == nil)
    #expect(page.counts["script"] == nil)
    #expect(page.counts["img"] == nil && page.counts["link"] == nil)
    for address in ["http:", "https:", "src=", "@import", "url(", "//cdn"] {
      #expect(!html.contains(address), "\(address)")
    }
    #expect(html.utf8.count < 400_000)
    #expect(!html.contains("style="))
    #expect(page.counts["h1"] == 1)
    #expect(Set(page.ids).count == page.ids.count)
    #expect(!page.links.isEmpty)
    for link in page.links {
      #expect(link.hasPrefix("#") && page.ids.contains(String(link.dropFirst())))
    }
  }

  @Test(arguments: Sample.allCases)
  func `readers without eyes or a mouse find their way`(sample: Sample) throws {
    let page = ReadPage(try RunReport.html(ofRunAt: sample.url.path))
    #expect(page.links.first == "#main")
    for landmark in ["header", "nav", "main", "footer"] { #expect(page.counts[landmark] == 1) }
    #expect(page.counts["section"] == page.counts["h2"])
    #expect(page.counts["caption", default: 0] == page.counts["table", default: 0])
    let isStepped = zip(page.headings, page.headings.dropFirst()).allSatisfy { $1 <= $0 + 1 }
    #expect(isStepped, "\(page.headings)")
    #expect(page.unnamedPictures.isEmpty, "\(page.unnamedPictures)")
  }

  @Test func `a page of large data stays small`() throws {
    try Sample.classifier.withCopy { folder in
      let labels = (0..<500).map { "class \($0)" }
      let text = String(repeating: "The patient asks a long question. ", count: 300)
      let rows = (0..<6000).map { index in
        let (label, other) = (labels[index % 500], labels[(index * 7 + 1) % 500])
        return #"{"id": "a.jsonl:\#(index)", "input": "\#(text)", "reference": "\#(label)", "#
          + #""prediction": "\#(other)", "scores": {"\#(other)": 0.\#(index % 90 + 10)}}"#
      }
      let file = folder.appending(path: "predictions.jsonl")
      try Data(rows.joined(separator: "\n").utf8).write(to: file)
      #expect(try RunReport.html(ofRunAt: folder.path).utf8.count < 2_000_000)
    }
  }

  @Test func `a classifier's page has every section in order`() throws {
    let page = try readPage(Sample.classifier.url)
    #expect(
      page.sections == [
        "flow", "metrics", "training", "confusion", "classes", "calibration", "slices", "examples",
        "lost", "distributions", "augmentation", "split", "stages", "cost", "configuration",
      ])
    for words in [
      "patient-questions", "finished", "2026-03-01 09:30 UTC", "took 1 min 37 s", "f1.weighted",
      "Every record is accounted for: 3,168 in + 2,226 made = 5,004 kept + 117 dropped + 256 merged + 17 "
        + "quarantined.", "no similar pair crosses sides", "1.37 GiB",
      "The best model is that of "
        + "step 225", "min-words", "cached", "form: NFKC",
    ] {
      #expect(page.text.contains(words), "\(words)")
    }
  }

  @Test func `a run that went on tells the time of its last start as that`() throws {
    try Sample.classifier.withCopy { folder in
      let file = folder.appending(path: "timings.json")
      var timings = try #require(JSONValue.parse([UInt8](Data(contentsOf: file))).object)
      timings["total_seconds"] = 10
      try Data(JSONValue.object(timings).text.utf8).write(to: file)
      let text = try readPage(folder).text
      #expect(text.contains("took 10.0 s since its last start"), "\(text.prefix(400))")
      #expect(text.contains("Since the last start") && !text.contains("Total time"))
    }
    // Two of its stages were reused, which proves an earlier start.
    #expect(try !readPage(Sample.classifier.url).text.contains("Total time"))
    try Sample.classifier.withCopy { folder in
      let file = folder.appending(path: "timings.json")
      let timings = try String(contentsOf: file, encoding: .utf8)
      try timings.replacing("\"cached\": true", with: "\"cached\": false")
        .write(to: file, atomically: true, encoding: .utf8)
      #expect(try readPage(folder).text.contains("Total time"))
    }
  }

  @Test(arguments: [("rouge3", 50, 40), ("rouge1", 50, 40), ("ter", 40, 50), ("perplexity", 8, 9)])
  func `what training made worse is marked so`(metric: String, before: Int, after: Int) throws {
    try Sample.texts.withCopy { folder in
      let file = folder.appending(path: "metrics.json")
      var metrics = try #require(JSONValue.parse([UInt8](Data(contentsOf: file))).object)
      func verdict(_ before: Int, _ after: Int) throws -> String {
        metrics["forgetting"] = [
          "records": 9, "before": .object([metric: .integer(before)]),
          "after": .object([metric: .integer(after)]),
        ]
        try Data(JSONValue.object(metrics).text.utf8).write(to: file)
        let html = try RunReport.html(ofRunAt: folder.path)
        let section = try #require(html.range(of: "id=\"forgetting\"")).lowerBound
        return String(html[section...].prefix(2000))
      }
      #expect(try verdict(before, after).contains(">worse<"))
      #expect(try !verdict(after, before).contains(">worse<"))
    }
  }

  @Test func `the confusion matrix shows each count with its share of the row`() throws {
    let html = try RunReport.html(ofRunAt: Sample.classifier.url.path)
    #expect(html.contains("title=\"cardiology → neurology: 10, 11.5 % of 87\""))
    #expect(html.contains("<b>10</b><small>11 %</small>"))
    #expect(html.components(separatedBy: "<td class=\"hit ").count == 7)
  }

  @Test func `a language model's page speaks of perplexity and not of classes`() throws {
    let page = try readPage(Sample.languageModel.url)
    #expect(
      page.sections == [
        "flow", "metrics", "training", "slices", "examples", "stages", "configuration", "left-out",
      ])
    #expect(page.text.contains("中文指令微调"))
    #expect(page.text.contains("Perplexity over steps"))
    #expect(page.text.contains("模型记住了训练数据的细节"))
    #expect(page.text.contains("timings.json is not in the run folder: no times and machine."))
  }

  @Test func `markup in a record is shown as text`() throws {
    let html = try RunReport.html(ofRunAt: Sample.classifier.url.path)
    #expect(!html.contains("<script"))
    #expect(!html.contains("</style> &"))
    #expect(html.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"))
    #expect(try readPage(Sample.classifier.url).text.contains("<b>normal</b>"))
  }

  @Test func `the mistakes are the most confident ones, the surest first`() throws {
    let page = try readPage(Sample.classifier.url)
    #expect(page.text.contains("42 of 300 test records are wrong"))
    let first = try #require(page.text.range(of: "99.4 %"))
    let second = try #require(page.text.range(of: "77.0 %"))
    #expect(first.lowerBound < second.lowerBound)
  }

  @Test func `the run is told in a few sentences`() throws {
    let text = try readPage(Sample.classifier.url).text
    for words in [
      "Of 3,168 records read, 390 were left behind and 2,226 were made from others; 5,004 went on.",
      "all-MiniLM-L6-v2 was trained on the training side for 300 steps, 4 passes.",
      "Of 300 records that it never saw, it is right about 86.0 %; it does worst on",
      "No similar pair of records lies on two sides of the split.",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(try readPage(Sample.data.url).text.contains("Nothing was trained on them."))
  }

  @Test func `what was lost is shown with its reason, its measure and its text`() throws {
    let html = try RunReport.html(ofRunAt: Sample.classifier.url.path)
    let text = ReadPage(html).text
    for words in ["Sore heel 0", "words 2, min-words 4", "-- page 2 <b> --", "put aside as faulty"]
    {
      #expect(text.contains(words), "\(words)")
    }
    #expect(
      html.contains("My knee clicks and <del>hurts</del><ins>locks</ins> when I stand up."))
  }

  @Test func `texts that differ far from their beginning are shown where they do`() throws {
    let html = try RunReport.html(ofRunAt: Sample.classifier.url.path)
    #expect(
      html.contains("gave me <del>a muscle relaxant</del><ins>ibuprofen</ins> for two weeks"))
    let text = ReadPage(html).text
    #expect(text.contains("256 merged:  near-duplicate"))
  }

  /// A line of `data/train.jsonl`.
  private func line(_ id: String, _ text: String, parent: String? = nil) -> String {
    let made = parent.map { #", "parent": "\#($0)", "augmented_by": "augment.synonyms""# } ?? ""
    return #"{"text": "\#(text)", "anneal": {"id": "\#(id)", "schema": "text", "#
      + #""source": {"file": "a", "line": 1}\#(made), "side": "train"}}"#
  }

  @Test func `a derived record that says the same as its parent is shown`() throws {
    try Sample.classifier.withCopy { folder in
      let text = String(repeating: "The patient asks again. ", count: 20)
      let lines = [line("a:1", text), line("a:1/b.1", text, parent: "a:1")]
      try Data(lines.joined(separator: "\n").utf8)
        .write(to: folder.appending(path: "data/train.jsonl"))
      #expect(try readPage(folder).text.contains(text))
    }
  }

  @Test func `samples are drawn from all that was lost and all that was derived`() throws {
    try Sample.classifier.withCopy { folder in
      // As many as `stages.json` tells of.
      let lost = (0..<390).map { "lost:\($0)" }
      let ledger = lost.map {
        #"{"id": "\#($0)", "fate": "dropped", "stage": "clean.length", "reason": "min-words"}"#
      }
      try Data(ledger.joined(separator: "\n").utf8)
        .write(to: folder.appending(path: "ledger.jsonl"))
      let derived = (0..<2000).map { "made:\($0)" }
      try Data(derived.map { line($0, "x", parent: "a:1") }.joined(separator: "\n").utf8)
        .write(to: folder.appending(path: "data/train.jsonl"))
      let text = try readPage(folder).text
      for (ids, count) in [(lost, 3), (derived, 4)] {
        let drawn = ids.sorted { StableHash.hash($0) < StableHash.hash($1) }
        for id in drawn.prefix(count) { #expect(text.contains(id), "\(id)") }
      }
    }
  }

  @Test func `the ledger is read up to the last record that ended`() throws {
    try Sample.classifier.withCopy { folder in
      // `stages.json` tells of 390; the last one stands behind them.
      let lines = (0...390).map { number in
        #"{"id": "a:\#(number)", "fate": "dropped", "stage": "clean.length", "reason": "\#(number < 390 ? "min-words" : "max-words")"}"#
      }
      try Data(lines.joined(separator: "\n").utf8)
        .write(to: folder.appending(path: "ledger.jsonl"))
      #expect(try !readPage(folder).text.contains("a:390"))
      let stages = folder.appending(path: "stages.json")
      let text = try String(contentsOf: stages, encoding: .utf8)
      try Data(text.replacing("\"total\"", with: "\"unknown\"").utf8).write(to: stages)
      #expect(try readPage(folder).text.contains("a:390"))
    }
  }

  @Test func `what the machine lacks is not listed`() throws {
    try Sample.classifier.withCopy { folder in
      try Data(#"{"machine": {"cpu": "Abacus", "blas": null}}"#.utf8)
        .write(to: folder.appending(path: "timings.json"))
      let text = try readPage(folder).text
      #expect(text.contains("Abacus"))
      #expect(!text.contains("BLAS"))
    }
  }

  @Test func `what endpoints were asked and what it cost is listed`() throws {
    #expect(try !readPage(Sample.classifier.url).text.contains("endpoints"))
    try Sample.classifier.withCopy { folder in
      let stages = """
        {"stages": [{"name": "ingest", "seconds": 1, "cached": false},
          {"name": "augment.paraphrase", "seconds": 2, "cached": false,
           "spent": {"requests": 1200, "prompt_tokens": 34567, "completion_tokens": 891, "cost": 0.25}},
          {"name": "augment.evol-instruct", "seconds": 2, "cached": false,
           "spent": {"requests": 1, "prompt_tokens": 10, "completion_tokens": 2, "estimated": true}}]}
        """
      try Data(stages.utf8).write(to: folder.appending(path: "timings.json"))
      let text = try readPage(folder).text
      for words in [
        "Models behind endpoints were asked 1,201 times, for about 0.25", "34,577", "893",
        "those are estimated",
      ] {
        #expect(text.contains(words), "\(words)")
      }
    }
  }

  @Test func `what is left unread of long files is told`() throws {
    try Sample.classifier.withCopy { folder in
      let lines = [line("a:1", "x"), line("a:1/b.1", "y", parent: "a:1"), line("a:2", "z")]
      try Data(lines.joined(separator: "\n").utf8)
        .write(to: folder.appending(path: "data/train.jsonl"))
      let whole = try readPage(folder).text
      #expect(!whole.contains("were read"))
      var bounds = ReadingBounds()
      (bounds.ledger, bounds.derived) = (400, 200)
      let page = ReadPage(try RunReport.html(ofRunAt: folder.path, reading: bounds))
      #expect(page.text.contains("Only the first 400 B of ledger.jsonl were read"))
      #expect(page.text.contains("Only the first 200 B of data/train.jsonl were read"))
    }
  }

  @Test(arguments: ["ter", "toxicity", "refusals", "pii_count", "bias"])
  func `of a score that is better when lower, the highest is the worst`(metric: String) throws {
    try Sample.texts.withCopy { folder in
      let lines = (1...3).map {
        #"{"id": "a:\#($0)", "input": "q", "reference": "r", "generated": "g", "#
          + #""scores": {"\#(metric)": \#($0)0}}"#
      }
      try Data(lines.joined(separator: "\n").utf8)
        .write(to: folder.appending(path: "predictions.jsonl"))
      let text = try readPage(folder).text
      #expect(text.contains("Worst, the highest score first"))
      #expect(text.contains("Best, the lowest score first"))
      let worst = try #require(text.range(of: "Worst, the"))
      let best = try #require(text.range(of: "Best, the"))
      #expect(text[worst.lowerBound..<best.lowerBound].contains("30.00"))
    }
  }

  @Test(arguments: [
    (#""consistency": 10, "consistency_ratio": 20"#, "Consistency"),
    (#""factscore_init": 10, "toxicity": 20"#, "FactScore without penalty"),
    (#""toxicity": 10, "keywords.all": 20"#, "Keywords, all"),
    (#""pii": 10, "embedding_similarity": 20, "rouge4": 5"#, "Similarity of vectors"),
  ])
  func `what a model wrote is shown whichever metrics scored it`(scores: String, ranking: String)
    throws
  {
    try Sample.texts.withCopy { folder in
      let line =
        #"{"id": "a:1", "input": "q", "reference": "r", "generated": "what it wrote", "#
        + #""loss": 2, "tokens": 3, "scores": {\#(scores)}}"#
      try Data(line.utf8).write(to: folder.appending(path: "predictions.jsonl"))
      let text = try readPage(folder).text
      #expect(text.contains("what it wrote"))
      #expect(text.contains("ranked by each record's \(ranking)."))
      #expect(text.contains("Worst, the lowest score first"))
    }
  }

  @Test func `classes that are called like metrics are classes`() throws {
    try Sample.classifier.withCopy { folder in
      let line =
        #"{"id": "a:1", "input": "q", "reference": "bias", "prediction": "toxicity", "#
        + #""scores": {"toxicity": 0.7, "bias": 0.3}, "loss": 1}"#
      try Data(line.utf8).write(to: folder.appending(path: "predictions.jsonl"))
      #expect(try readPage(folder).text.contains("1 of 1 test records are wrong."))
    }
  }

  @Test func `derived records stand beside their parents with the differences marked`() throws {
    let html = try RunReport.html(ofRunAt: Sample.classifier.url.path)
    #expect(html.contains("My knee clicks and <del>locks</del><ins>jams</ins> when I stand up."))
    #expect(
      html.contains(
        "<del>aches</del><ins>locks</ins> when I <del>sit down</del><ins>stand up</ins>."))
  }

  @Test func `texts that a model wrote are ranked by their score, the shared words marked`() throws
  {
    let html = try RunReport.html(ofRunAt: Sample.texts.url.path)
    let page = ReadPage(html)
    #expect(
      page.text.contains(
        "What the model wrote for 48 test records, ranked by each record's ROUGE-L"))
    #expect(html.contains("<mark>") && html.contains("class=\"shelf worst\""))
    #expect(page.text.contains("Mean ROUGE-L"))
    #expect(page.text.contains("zhihu.json") && page.text.contains("Chinese (zh)") == false)
    #expect(page.text.contains("gpt2 from scratch"))
  }

  @Test func `data without a model have their own page, and nothing is missing`() throws {
    let page = try readPage(Sample.data.url)
    #expect(
      page.sections == ["flow", "distributions", "stages", "configuration", "left-out"])
    #expect(page.text.contains("data ready") && page.text.contains("German (de)"))
    #expect(!page.text.contains("metrics.json is not in the run folder"))
  }

  @Test func `each part of the stream is as wide as its records`() throws {
    let html = try RunReport.html(ofRunAt: Sample.data.url.path)
    // 500 records are 72 of 100 wide, from 8 to 80; 20 of them, 2.88 wide, leave at the right.
    #expect(html.contains("M8 0L77.1 0L77.1 40L8 40Z"))
    #expect(html.contains("class=\"lost\" d=\"M77.1 0L80 0C"))
    #expect(html.contains("Of 500 records read, 20 were left behind; 480 went on."))
  }
}
