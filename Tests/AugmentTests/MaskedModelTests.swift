import Augment
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// A model that says of each gap what a function says.
private final class Guesser: WordPredictor {
  /// The gaps it was asked about, in order.
  let asked = Mutex<[TextGap]>([])
  private let guess: @Sendable (TextGap) -> [LikelyWord]

  init(_ guess: @escaping @Sendable (TextGap) -> [LikelyWord]) { self.guess = guess }

  let identity: JSONValue = "a guesser"

  func files() throws(StageError) -> [String] { ["/model"] }

  func words(in gaps: [TextGap], atMost count: Int, least: Float) throws -> [[LikelyWord]] {
    asked.withLock { $0 += gaps }
    return gaps.map { guess($0).filter { $0.probability >= least }.prefix(count).map(\.self) }
  }
}

extension TextGap {
  /// The text without what is hidden.
  fileprivate var around: String { before + behind }
}

/// Runs `augment.masked-model` with a model of tests.
private struct Trial {
  let guesser: Guesser

  init(_ guess: @escaping @Sendable (TextGap) -> [LikelyWord]) throws { guesser = Guesser(guess) }

  /// A model that knows a few words, wherever they go.
  init(_ words: [String]) throws {
    try self.init { _ in words.map { LikelyWord($0, probability: 1 / Float(words.count)) } }
  }

  func stage(_ parameters: [String: String] = [:]) throws -> any CollectionStage {
    let descriptors = augmentStages(
      translators: { _ throws(Diagnostic) in throw Diagnostic("no translator") },
      words: { [guesser] _ throws(Diagnostic) in guesser })
    let descriptor = try #require(descriptors.first { $0.name == "augment.masked-model" })
    return try #require(
      try descriptor.stage(["model": "any"].merging(parameters) { $1 }) as? any CollectionStage)
  }

  func outcomes(
    _ records: [Record], _ parameters: [String: String] = [:], seed: UInt64 = 7, threads: Int = 2
  ) throws -> [Outcome] {
    try stage(parameters).outcomes(
      of: records, StageContext(seed: seed, stage: "augment.masked-model", threads: threads))
  }

  /// The texts of the children of one text.
  func texts(
    _ text: String, _ parameters: [String: String] = [:], seed: UInt64 = 7
  ) throws -> [String] {
    Self.texts(try outcomes([.text(text)], parameters, seed: seed)[0])
  }

  /// The words that are asked about in a text at a rate of 1.
  func hidden(_ record: Record, _ parameters: [String: String] = [:]) throws -> Set<String> {
    _ = try outcomes([record], ["rate": "1"].merging(parameters) { $1 })
    let text = record.fields(.all).first?.text ?? ""
    return Set(
      guesser.asked.withLock { $0 }.map { gap in
        String(text.dropFirst(gap.before.count).dropLast(gap.behind.count))
      })
  }

  static func texts(_ outcome: Outcome) -> [String] {
    outcome.children.flatMap { $0.record.fields(.all).map(\.text) }
  }

  static func reason(_ outcome: Outcome) -> String? {
    if case .keep(_, let note) = outcome { note?["no-child"]?.string } else { nil }
  }

  /// Whether every note leads from the parent's text to the child's.
  static func replays(_ text: String, _ outcome: Outcome) throws -> Bool {
    try Brood.replays(text, texts(outcome), outcome.children.map(\.note))
  }
}

@Suite(.enabled(if: Dictionary.exists, "WordNet is not installed: apt-get install wordnet-base"))
struct MaskedModelTests {
  @Test func `a word is replaced where it stands, and all else stays`() throws {
    let text = "  He watched, it seems,  the \u{201C}old\u{201D} film \u{2014} and\tslept.\n"
    let trial = try Trial(["movie"])
    let outcome = try trial.outcomes([.text(text, id: "f:1", label: "a", side: .train)])[0]
    #expect(Trial.texts(outcome) == [text.replacing("film", with: "movie")])
    let child = try #require(outcome.children.first)
    #expect(child.record.id == "f:1/masked-model.1" && child.record.parent == "f:1")
    #expect(child.record.augmentedBy == "augment.masked-model")
    #expect(child.record.label == Label("a") && child.record.side == .train)
    #expect(
      child.note == [["field": "text", "at": 35, "from": "film", "to": "movie", "by": "replace"]])
    #expect(
      trial.guesser.asked.withLock { $0 }.contains(
        TextGap(
          before: "  He watched, it seems,  the \u{201C}old\u{201D} ",
          behind: " \u{2014} and\tslept.\n")))
  }

  @Test(arguments: [
    ("We saw the film there.", "film", "the word itself"),
    ("We saw the film there.", "Film", "the word with a capital"),
    ("We saw the film there.", "films", "a form of it"),
    ("We saw the film there.", "movies", "a plural for a singular"),
    ("We saw the films there.", "movie", "a singular for a plural"),
    ("We saw the film there.", "quickly", "a word of another class"),
    ("We saw the film there.", "them", "a function word"),
    ("We saw the film there.", "x", "a letter"),
    ("We saw the film there.", "qzxv", "no word at all"),
    ("We saw the film there.", "Paris", "a name"),
    ("We saw the film there.", "london", "a name, as a model without capitals has it"),
    ("We saw the film there.", "john", "a name, as a model without capitals has it"),
    ("We saw a film there.", "episode", "an article that does not agree"),
    ("She ate an apple there.", "pear", "an article that does not agree"),
    ("We saw the doctor film there.", "doctor", "the word beside it"),
    ("We saw the film doctor there.", "doctor", "the word beside it"),
  ])
  func `a word that does not fit is not put in`(text: String, word: String, why: String) throws {
    // What is asked about is one of these.
    let trial = try Trial { gap in
      let isAsked = ["film", "apple"].contains { text.contains($0) && !gap.around.contains($0) }
      return isAsked ? [LikelyWord(word, probability: 0.9)] : []
    }
    #expect(Trial.reason(try trial.outcomes([.text(text)], ["rate": "1"])[0]) == "no-candidates")
  }

  @Test func `what fits agrees with the article and keeps the capitals`() throws {
    func one(_ text: String, _ word: String) throws -> [String] { try Trial([word]).texts(text) }
    #expect(try one("We saw a film there.", "movie") == ["We saw a movie there."])
    #expect(try one("It is an exam.", "examination") == ["It is an examination."])
    #expect(try one("Films were there.", "movies") == ["Movies were there."])
    #expect(try one("Films were there.", "Movies") == ["Movies were there."])
    #expect(try one("FILMS WERE THERE.", "movies") == ["MOVIES WERE THERE."])
    #expect(
      try one("They examined the patient.", "inspected") == ["They inspected the patient."])
  }

  @Test func `what must stay is not asked about`() throws {
    let text =
      "The cardio doctor paid Grace 20 dollars at https://a.org/film for COVID-19, GPT and "
      + "well-known `film` [MASK] {film} \"film\" film's films. Grace left Boston in the rain."
    let trial = try Trial([])
    #expect(
      try trial.hidden(.text(text, label: "cardio"))
        == ["doctor", "paid", "dollars", "films", "left", "rain"])
    let question = Record.instruction("buy red apples and pears", output: "Red apples!")
    #expect(try Trial([]).hidden(question) == ["buy", "pears"])
    #expect(
      try Trial([]).hidden(question, ["keep-answer-words": "false"])
        == ["buy", "apples", "pears"])
    #expect(
      try Trial([]).hidden(.text("the doctor left the big city"), ["protect": "big city"])
        == ["doctor", "left"])
  }

  @Test func `each word is replaced in the text as it stands by then`() throws {
    let text = "The doctor watched the film in the house with the student."
    let swaps = [
      "The ": "lawyer", "watched the ": "movie", "in the ": "town", "with the ": "teacher",
    ]
    let trial = try Trial { gap in
      let swap = swaps.first { gap.before.hasSuffix($0.key) }
      return swap.map { [LikelyWord($0.value, probability: 1)] } ?? []
    }
    let outcome = try trial.outcomes([.text(text)], ["rate": "1"])[0]
    #expect(
      Trial.texts(outcome) == ["The lawyer watched the movie in the town with the teacher."])
    #expect(try Trial.replays(text, outcome))
    // The last question is asked of a text that has all other words already.
    let last = try #require(trial.guesser.asked.withLock { $0 }.last)
    #expect(["lawyer", "movie", "town", "teacher"].count { last.around.contains($0) } == 3)
  }

  @Test func `as many words are replaced as the rate asks for`() throws {
    let text = "doctors, students, lawyers, teachers, cars, films, houses, dogs, cats, rivers"
    for (rate, count) in [("0.1", 1), ("0.11", 2), ("0.5", 5), ("1", 10)] {
      let outcome = try Trial(["tables", "chairs", "windows"]).outcomes(
        [.text(text)], ["rate": rate])[0]
      #expect(outcome.children.first?.note.array?.count == count, "\(rate)")
      #expect(try Trial.replays(text, outcome))
    }
    #expect(
      Trial.reason(try Trial(["tables"]).outcomes([.text(text)], ["rate": "0"])[0])
        == "no-candidates")
  }

  @Test func `words are drawn by their probabilities, sharpened by a low temperature`() throws {
    let records = (0..<600).map { Record.text("We saw the film.", id: "r:\($0)") }
    func share(_ parameters: [String: String]) throws -> Double {
      let trial = try Trial { gap in
        gap.behind != "."
          ? []
          : [LikelyWord("movie", probability: 0.6), LikelyWord("play", probability: 0.2)]
      }
      let texts = try trial.outcomes(records, parameters).flatMap(Trial.texts)
      #expect(texts.count == 600)
      return Double(texts.count { $0.contains("movie") }) / 600
    }
    // 0.6 of 0.8; squared 0.36 of 0.4; the least share of 600 draws is 3.5 deviations off.
    #expect(abs(try share([:]) - 0.75) < 0.062)
    #expect(abs(try share(["temperature": "0.5"]) - 0.9) < 0.043)
    #expect(try share(["temperature": "0.01"]) == 1)
    #expect(try share(["top-k": "1"]) == 1)
    #expect(try share(["min-probability": "0.3"]) == 1)
  }

  @Test func `copies differ, and the first is the same as the only one`() throws {
    let records = (0..<40).map { Record.text("The doctor saw the film.", id: "r:\($0)") }
    let words = ["movie", "play", "picture", "lawyer", "teacher", "student"]
    let one = try Trial(words).outcomes(records, ["copies": "1"])
    let many = try Trial(words).outcomes(records, ["copies": "3"])
    for (alone, all) in zip(one, many) {
      #expect(Trial.texts(alone).count == 1)
      #expect(Set(Trial.texts(all)).count == Trial.texts(all).count)
      #expect(Trial.texts(all).first == Trial.texts(alone).first)
    }
    #expect(many.count { Trial.texts($0).count == 3 } > 35)
    // Another seed draws others.
    let other = try Trial(words).outcomes(records, ["copies": "1"], seed: 8)
    #expect(zip(one, other).count { Trial.texts($0) != Trial.texts($1) } > 20)
  }

  @Test func `a record's children depend on no other record, nor on threads`() throws {
    let words = ["movies", "movie", "lawyer", "plays", "bought", "old", "small", "large"]
    let records = (0..<60).map {
      Record.text("The doctor number \($0) often saw big films, a film and cars.", id: "r:\($0)")
    }
    let parameters = ["rate": "0.5", "copies": "2"]
    let together = try Trial(words).outcomes(records, parameters, threads: 4)
    let again = try Trial(words).outcomes(records, parameters, threads: 1)
    #expect(together.map(Trial.texts) == again.map(Trial.texts))
    for place in [0, 17, 59] {
      let alone = try Trial(words).outcomes([records[place]], parameters)
      #expect(Trial.texts(alone[0]) == Trial.texts(together[place]))
      #expect(Trial.texts(alone[0]).isEmpty == false)
    }
  }

  @Test func `evaluation records and augmented records have no children`() throws {
    let said = "The doctor saw the film."
    var child = Record.text(said, side: .train)
    child.augmentedBy = "augment.synonyms"
    let trial = try Trial(["movie"])
    for record in [child, .text(said, side: .test), .text(said, side: .validation)] {
      let outcome = try trial.outcomes([record])[0]
      #expect(Trial.texts(outcome).isEmpty && Trial.reason(outcome) == nil)
    }
    #expect(trial.guesser.asked.withLock { $0 }.isEmpty)
    #expect(Trial.texts(try trial.outcomes([.text(said, side: .train)])[0]).count == 1)
  }

  @Test func `a record without a child says why`() throws {
    func reason(_ text: String, _ words: [String], copies: Int = 1) throws -> String? {
      Trial.reason(try Trial(words).outcomes([.text(text)], ["copies": "\(copies)"])[0])
    }
    #expect(try reason("", ["movie"]) == "no-words")
    #expect(try reason("12 `film` and the of", ["movie"]) == "no-words")
    #expect(try reason("我们今天学习大模型微调技术。", ["movie"]) == "no-words")
    #expect(try reason("We saw the film.", []) == "no-candidates")
    // A second copy finds nothing new, and is left out.
    #expect(try Trial(["movie"]).texts("We saw the film.", ["copies": "5"]).count == 1)
  }

  @Test func `words are put in before words`() throws {
    let text = "Doctors saw the film, cars and a house."
    let trial = try Trial(["old", "the", "Old", "x"])
    let outcome = try trial.outcomes([.text(text)], ["action": "insert", "rate": "1"])[0]
    // Not where a sentence begins, nor behind an article that does not agree.
    #expect(Trial.texts(outcome) == ["Doctors saw the old film, old cars and a house."])
    #expect(try Trial.replays(text, outcome))
    let note = try #require(outcome.children.first?.note.array?.first)
    #expect(note == ["field": "text", "at": 16, "from": "", "to": "old ", "by": "insert"])
    let gap = try #require(
      trial.guesser.asked.withLock { $0 }.first { $0.behind.hasPrefix(" house") })
    #expect(gap.before.hasSuffix(" and a "))
    let capitals = try Trial(["old"]).texts("THE FILM IS THERE", ["action": "insert"])
    #expect(capitals == ["THE OLD FILM IS THERE"])
  }

  @Test func `in other languages function words and names stay`() throws {
    let german = try Trial([]).hidden(
      .text("Der Hund und die Katze schlafen über größeren Bäumen."), ["language": "de"])
    #expect(german.isSuperset(of: ["Hund", "Katze", "schlafen", "größeren", "Bäumen"]))
    #expect(german.isDisjoint(with: ["Der", "und", "die"]))
    let french = try Trial([]).hidden(
      .text("Le chien de Marie aime l'homme très élégant."), ["language": "fr"])
    #expect(french.isSuperset(of: ["chien", "aime", "élégant"]))
    #expect(french.isDisjoint(with: ["Le", "de", "Marie", "l'homme"]))
    let polish = try Trial([]).hidden(
      .text("Ten pies zawsze lubi duże kości."), ["language": "pl"])
    #expect(polish == ["pies", "lubi", "duże", "kości"])
    #expect(
      try Trial(["Kater", "kater"]).texts("Die Katze schläft.", ["language": "de"])
        == ["Die Kater schläft."])
  }

  @Test func `any text keeps what is not replaced, byte for byte`() throws {
    var random = CounterRandom(seed: 3, purpose: "soup")
    let records = (0..<300).map { number in
      let soup = [Soup.text(&random), Soup.text(&random)]
      return Record.text("\(soup[0])\nThey bought the film and cars. \(soup[1])", id: "r:\(number)")
    }
    for action in ["replace", "insert"] {
      let trial = try Trial(["film", "films", "lawyers", "sold", "nurse", "old"])
      let outcomes = try trial.outcomes(
        records, ["action": action, "rate": "0.5", "copies": "2", "min-probability": "0"])
      for (record, outcome) in zip(records, outcomes) {
        #expect(try Trial.replays(record.fields(.all)[0].text, outcome))
      }
      #expect(outcomes.count { !Trial.texts($0).isEmpty } > 150)
    }
  }

  @Test func `every turn of the user may be changed, and answers stay`() throws {
    let record = Record(
      id: "c:1", source: Source(file: "c", line: 1),
      content: .conversation(
        Conversation([
          Message(.user, "We saw a film."), Message(.assistant, "A film!"),
          Message(.user, "The doctor saw it."), Message(.assistant, "Good."),
        ])), schema: .messages)
    let trial = try Trial { gap in
      [LikelyWord(gap.before.hasSuffix("a ") ? "movie" : "lawyer", probability: 1)]
    }
    let outcome = try trial.outcomes([record], ["rate": "1", "keep-answer-words": "false"])[0]
    #expect(Trial.texts(outcome) == ["We saw a movie.", "A film!", "The lawyer saw it.", "Good."])
  }

  @Test func `the model and the dictionary are part of what it depends on`() throws {
    let stage = try Trial([]).stage()
    let files = try stage.dependencies()
    #expect(files.contains("/model") && files.contains("\(Dictionary.folder)/index.noun"))
    #expect(try stage.identity() == "a guesser")
    #expect(try Trial([]).stage(["language": "de"]).dependencies() == ["/model"])
  }

  @Test func `wrong parameters are told before anything runs`() {
    for wrong in [
      ["rate": "2"], ["top-k": "0"], ["temperature": "0"], ["min-probability": "2"],
      ["action": "delete"], ["copies": "0"], ["language": "german"],
    ] {
      #expect(throws: Diagnostics.self, "\(wrong)") { try Trial([]).stage(wrong) }
    }
    let fault = #expect(throws: Diagnostic.self) {
      try Trial([]).stage(["dictionary": "/nowhere"])
    }
    #expect(fault?.remedy?.contains("apt-get install wordnet-base") == true)
  }
}
