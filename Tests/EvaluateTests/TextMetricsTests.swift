import Evaluate
import Records
import Testing

/// Synonyms of one pair of words.
private struct TwoWords: SynonymSource {
  func synonyms(of word: String) -> [String] {
    ["car": ["automobile", "machine"], "quick": ["fast"]][word] ?? []
  }
}

@Suite struct `Text metrics` {
  @Test func `sums of records give what the corpus gives, in any grouping`() {
    let corpus = TextReference.shared.corpus("single")
    let measurement = Bleu().measure(corpus)
    let statistics = measurement.statistics
    let half = statistics.sums(of: 0..<20)
    let rest = statistics.sums(of: 20..<statistics.count)
    #expect(measurement.metric.score(of: zip(half, rest).map(+)) == measurement.score)
    #expect(statistics.sums(of: [3, 3]) == statistics[3].map { $0 * 2 })
    #expect(measurement.recordScores.count == corpus.count)
  }

  @Test func `references may differ in number from record to record`() {
    let corpus = TextCorpus(hypotheses: ["a b", "c"], references: [["a b"], ["c", "d"]])
    #expect(corpus.referencesPerRecord == nil)
    #expect(corpus.references(of: 1) == ["c", "d"])
    #expect(
      Bleu().measure(corpus).metric.signature
        == "nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0")
  }

  @Test func `a word and its synonym match in METEOR, later words first`() {
    let meteor = Meteor(synonyms: TwoWords())
    #expect(meteor.score("a car", references: ["a automobile"]) == 0.9375)
    #expect(Meteor().score("a car", references: ["a automobile"]) < 0.5)
  }

  @Test func `ROUGE of Chinese needs the Unicode tokenizer`() {
    let texts = ("今天天气很好", ["今天天气真好"])
    #expect(Rouge(kinds: [.ngrams(1)]).score(texts.0, references: texts.1)[0].f1 == 0)
    let unicode = Rouge(kinds: [.ngrams(1), .longest], tokenizer: .unicode)
    let scores = unicode.score(texts.0, references: texts.1)
    #expect(scores[0] == RougeScore(precision: 5.0 / 6, recall: 5.0 / 6, f1: 5.0 / 6))
    #expect(scores[1].f1 == 5.0 / 6)
    #expect(unicode.measure(TextCorpus(hypotheses: ["a"], references: ["a"]))[0].score == 100)
  }

  @Test func `long subsequences cross the words of the table of bits`() {
    let words = (0..<200).map { "w\($0)" }
    let odd = words.enumerated().filter { $0.offset % 3 != 0 }.map(\.element)
    let rouge = Rouge(kinds: [.longest, .longestByLine])
    let scores = rouge.score(
      odd.joined(separator: " "), references: [words.joined(separator: " ")])
    #expect(scores[0].recall == Double(odd.count) / 200)
    let lines = rouge.score(
      odd.joined(separator: "\n"), references: [words.joined(separator: " ")])
    #expect(lines[1].recall == Double(odd.count) / 200)
  }

  @Test(arguments: [
    ("The cat!", "a cat", 1.0, 1.0), ("cat dog", "dog cat", 0, 1), ("cat", "cat dog", 0, 2.0 / 3),
    ("the", "a", 1, 0), ("", "x", 0, 0), ("a—b the-end", "—b theend", 1, 1),
    ("It's Ａ An", "its ａ", 1, 1),
  ])
  func `answers are compared in SQuAD's form`(
    answer: String, reference: String, exact: Double, f1: Double
  ) {
    let corpus = TextCorpus(hypotheses: [answer], references: [[reference]])
    let scores = AnswerMatch().measure(corpus).map(\.score)
    #expect(scores == [100 * exact, 100 * f1])
  }

  @Test func `empty answers match in SQuAD 2`() {
    let corpus = TextCorpus(hypotheses: ["the", ""], references: [["a"], ["x"]])
    #expect(AnswerMatch(emptyMatchesEmpty: true).measure(corpus).map(\.score) == [50, 50])
  }

  @Test func `Chinese answers are compared by characters`() {
    let corpus = TextCorpus(hypotheses: ["北京，中国 ABC"], references: [["中国北京abc。"]])
    #expect(AnswerMatch(form: .characters).measure(corpus).map(\.score) == [0, 100])
    let same = TextCorpus(hypotheses: ["《北京》"], references: [["北 京"]])
    #expect(AnswerMatch(form: .characters).measure(same)[0].score == 100)
  }

  @Test func `keywords are all there or any`() {
    let corpus = TextCorpus(
      hypotheses: ["Take aspirin daily", "nothing", "IBUPROFEN"],
      references: [["aspirin", "daily"], ["aspirin", "not"], ["ibuprofen", "x"]])
    let share = { (accuracy: KeywordAccuracy) in
      accuracy.measure(corpus).statistics.sums()[0]
    }
    #expect(share(KeywordAccuracy(.all)) == 1)
    #expect(share(KeywordAccuracy(.any)) == 2)
    #expect(share(KeywordAccuracy(.any, ignoreCase: true)) == 3)
  }

  @Test func `distinct n-grams are shares of all n-grams`() {
    let texts = TextColumn(["a b a b", "b a"])
    let shares = DistinctNGrams(tokenizer: .none).shares(of: texts, orders: 3)
    #expect(shares == [2.0 / 6, 2.0 / 4, 1])
    #expect(DistinctNGrams().share(of: TextColumn([""]), order: 1).isNaN)
  }

  @Test func `self-BLEU is each text's BLEU against all others`() {
    let texts = TextReference.shared.corpus("single")
    let column = (0..<texts.count).map { texts.hypotheses[$0] }
    let bleu = Bleu(effectiveOrder: true)
    let scores = column.indices.map { text in
      bleu.score(
        column[text], references: column.enumerated().filter { $0.offset != text }.map(\.element)
      )
      .score
    }
    let mean = scores.reduce(0, +) / Double(scores.count)
    #expect(abs(SelfBleu().score(of: texts.hypotheses) - mean) < 1e-12)
    #expect(SelfBleu().score(of: TextColumn(["alone"])).isNaN)
  }

  @Test func `names find metrics, groups and their nearest likeness`() throws {
    let metrics = try TextMetrics(named: ["bleu", "rouge", "rougeL", "chrfpp", "distinct3"])
    #expect(
      metrics.names == [
        "bleu", "rouge1", "rouge2", "rougeL", "rougeLsum", "chrf++", "distinct3",
      ])
    let corpus = TextReference.shared.corpus("single")
    let scores = try metrics.scores(of: corpus)
    #expect(scores.map(\.name) == metrics.names)
    #expect(scores[0].score == Bleu().measure(corpus).score)
    #expect(TextMetrics.catalog.allSatisfy { TextMetrics.expand($0.name) != nil })
    let error = #expect(throws: MetricError.self) { try TextMetrics(named: ["bleuu"]) }
    #expect(error?.description.contains("did you mean 'bleu'?") == true)
  }

  @Test func `names as other tools write them, and the one number of a name`() throws {
    #expect(
      try TextMetrics(named: ["exact-match", "token-f1", "distinct-n", "rouge-l", "keywords"]).names
        == ["exact_match", "token_f1", "distinct1", "distinct2", "rougeL", "keywords.all"])
    #expect(try TextMetrics.selector(named: "BLEU".lowercased()).direction == .greater)
    #expect(try TextMetrics.selector(named: "ter").direction == .lower)
    #expect(try TextMetrics.selector(named: "rouge2").name == "rouge2")
    let error = #expect(throws: MetricError.self) { try TextMetrics.selector(named: "rouge") }
    #expect(error?.description.contains("rougeL") == true)
  }

  @Test func `what is of all texts together has no scores of records`() throws {
    let families = TextMetrics.families.filter { !$0.readsWithModel }
    let names = families.flatMap { $0.members.map(\.name) } + ["distinct", "distinct-3"]
    let scores = try TextMetrics(named: names).scores(of: TextReference.shared.corpus("single"))
    for score in scores {
      #expect((score.measurement == nil) == TextMetrics.isOfWhole(score.name), "\(score.name)")
    }
    let whole = ["distinct", "distinct-n", "distinct-9", "self-bleu", "toxicity-max", "bias_max"]
    #expect(whole.allSatisfy { TextMetrics.isOfWhole($0) })
    let others = ["toxicity", "rouge", "f1", "toxicity-ratio", "consistency", "factscore", ""]
    #expect(!others.contains { TextMetrics.isOfWhole($0) })
  }

  @Test func `a metric keeps its name whatever its settings say`() throws {
    var settings = TextMetricSettings()
    settings.chrf.wordOrder = 1
    let corpus = TextReference.shared.corpus("single")
    let scores = try TextMetrics(named: ["chrf"]).scores(of: corpus, settings: settings)
    #expect(scores.map(\.name) == ["chrf"])
    #expect(scores[0].score == Chrf(wordOrder: 1).measure(corpus).score)
  }

  @Test func `refusals and personal data are counted text by text`() throws {
    let texts = [
      "I'm sorry, but I cannot help with that request.", "很抱歉，我无法回答这个问题。",
      "Write to jane.doe@mail.org or call +49 30 1234567.", "Nothing of the kind, at 10.0.0.1.",
    ]
    let corpus = TextCorpus(hypotheses: texts, references: texts)
    let scores = try TextMetrics(named: ["refusals", "pii", "pii_count"]).scores(of: corpus)
    #expect(scores.map(\.score) == [50, 25, 50])
    #expect(scores[2].measurement?.recordScores == [0, 0, 200, 0])
  }

  @Test func `each name asked has its score, whatever the settings`() throws {
    var settings = TextMetricSettings()
    settings.chrf.wordOrder = 2
    let corpus = TextReference.shared.corpus("single")
    let metrics = try TextMetrics(named: ["chrf", "chrf++"])
    let scores = try metrics.scores(of: corpus, settings: settings)
    #expect(scores.map(\.name) == ["chrf", "chrf++"])
    #expect(scores[0].score == scores[1].score)
    for name in ["rouge01", "rouge+1", "rouge10", "distinct01"] {
      #expect(throws: MetricError.self) { try TextMetrics(named: [name]) }
    }
  }

  /// What Python 3.11 answers: `'...'.lower()`.
  @Test(arguments: [
    ("ΟΔΟΣ", "οδος"), ("ΣΑΣ ΣΑ", "σας σα"), ("ΑΣ\u{301}Β", "ασ\u{301}β"),
    ("ΑΣ\u{301}", "ας\u{301}"), ("Α\u{301}Σ", "α\u{301}ς"), ("\u{301}Σ", "\u{301}σ"),
    ("Σ", "σ"), ("ΣΣΣ", "σσς"), ("1Σ", "1σ"), ("Α.Σ", "α.ς"), ("ΑΣ.Α", "ασ.α"),
  ])
  func `a sigma at a word's end is another letter`(text: String, small: String) {
    #expect(Ter().score(text, references: [small]) == 0)
  }

  @Test func `TER of long lines holds the beam alone`() {
    let words = (0..<30_000).map { "w\($0)" }
    let moved = words[..<100] + words[103..<120] + words[100..<103] + words[120...]
    let score = Ter().score(
      moved.joined(separator: " "), references: [words.joined(separator: " ")])
    // One phrase moved; a table of all words by all would take 4.5 GB.
    #expect(abs(score - 100.0 / 30_000) < 1e-9)
  }
}
