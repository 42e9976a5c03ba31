import Augment
import Records
import Stages
import TestSupport
import Testing

/// Synonyms of the sense that an encoder finds a word to have.
///
/// WordNet's first sense of `bike` is the motorcycle, `a motor vehicle`; the second is the bicycle, `moved by
/// foot pedals`. The encoder of these tests counts motors and pedals.
@Suite(.enabled(if: Dictionary.exists, "WordNet is not installed: apt-get install wordnet-base"))
struct `Senses chosen by an encoder` {
  private static let options = ["rate": "1", "senses": "encoder", "model": "wheels"]

  private func family(
    _ texts: [String], _ options: [String: String] = [:], threads: Int = 2
  ) throws -> Family {
    try Family(
      "synonyms",
      of: texts.enumerated().map { .text($1, id: "r:\($0)", side: .train) },
      Self.options.merging(options) { $1 }, threads: threads)
  }

  private func child(_ text: String, _ options: [String: String] = [:]) throws -> String? {
    try family([text], options).kept.first?.texts().first
  }

  /// Both sentences have the word's more frequent sense for frequency alone.
  @Test func `the sense is that of the sentence, not the first one`() throws {
    let (pedals, motors) = (
      "We pressed the pedal of the bike.", "We heard the motor of the bike."
    )
    let lenient = ["certainty": "0"]
    for text in [pedals, motors] {
      let frequent = text.replacing("bike", with: "motorcycle")
      #expect(try swapped(text, lenient) == frequent)
    }
    #expect(try child(pedals) == "We pressed the pedal of the bicycle.")
    #expect(try child(motors) == "We heard the motor of the motorcycle.")
    #expect(
      try child("PRESS THE PEDAL OF A BIKE") == "PRESS THE PEDAL OF A BICYCLE")
    #expect(try child("We have pedal bikes.") == "We have pedal bicycles.")
  }

  @Test func `the ledger has the score and what was asked for`() throws {
    let family = try family(["We pressed the pedal of the bike."], ["min-similarity": "0.5"])
    let edit = try #require(family.children.first?.note.array?.first)
    #expect(edit["from"] == "bike" && edit["to"] == "bicycle" && edit["synset"] == 2_834_778)
    let certainty = try #require(edit["certainty"]?.double)
    #expect(certainty > 0.95 && certainty <= 1)
    #expect(edit["min-certainty"] == 0.6)
    #expect(try #require(edit["cosine"]?.double) > 0.99)
    #expect(edit["min-cosine"] == 0.5)
  }

  @Test func `a word stays where no sense is sure, and the ledger says how near it came`() throws {
    // Neither motors nor pedals: both senses were never met, so that they are alike probable.
    let outcome = try #require(try family(["We saw the bike."]).outcomes.first)
    guard case .keep(_, let note) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(note?["no-child"] == "unsure-sense" && note?["word"] == "bike")
    #expect(note?["min-certainty"] == 0.6)
    let certainty = try #require(note?["certainty"]?.double)
    #expect(certainty < 0.6)
    #expect(note?["cosine"] == nil)
    let asked = "\(certainty - 0.001)"
    #expect(try child("We saw the bike.", ["certainty": asked]) != nil)
    #expect(try child("We saw the bike.", ["certainty": "\(certainty + 0.001)"]) == nil)
  }

  @Test func `a synonym that changes what the sentence means is left out`() throws {
    // The word itself is what the encoder counts, so that the sentence without it is about neither.
    let text = "We heard the motorcar and the bike with a motor."
    let similar = try family([text], ["min-similarity": "0.9"])
    let strict = try family([text], ["min-similarity": "0.9999"])
    #expect(similar.kept.first?.texts().first?.contains("motorcycle") == true)
    #expect(strict.kept.isEmpty)
    guard case .keep(_, let note)? = strict.outcomes.first else {
      Issue.record("\(strict.outcomes)")
      return
    }
    #expect(try #require(note?["cosine"]?.double) < 0.9999)
    #expect(note?["no-child"] == "unlike" && note?["min-cosine"] == 0.9999)
  }

  @Test func `function words, names, code, unfit pairs and answers stay`() throws {
    // `kid` shares the first sense of `child`, and not its use.
    for text in [
      "I am in it, and you are at a pedal.", "The pedal `bike` is {bike}.", "A child at the pedal.",
    ] {
      #expect(try child(text) == nil, "\(text)")
    }
    let question = Record.instruction("Is a bike with a pedal fast?", output: "The bike is fast.")
    #expect(try Family("synonyms", of: [question], Self.options).children.isEmpty)
  }

  @Test func `children are the same on any number of threads, beside any others, in any order`()
    throws
  {
    let texts = (0..<400).flatMap { number in
      [
        "Rider \(number) pressed the pedal of the bike. The doctor bought a car, though.",
        "Rider \(number) heard the motor of the bike and often began to talk about movies.",
        "Rider \(number) saw nothing.",
      ]
    }
    func children(_ texts: [String], threads: Int) throws -> [String] {
      try family(texts, ["rate": "0.3", "copies": "2"], threads: threads).kept
        .flatMap { $0.texts() }
    }
    let one = try children(texts, threads: 1)
    #expect(one.count > 900)
    #expect(try children(texts, threads: 4) == one)
    // What becomes of the last records does not depend on those before them, but their ids are others'.
    let records = texts.enumerated().map { Record.text($1, id: "r:\($0)", side: .train) }
    let options = Self.options.merging(["rate": "0.3", "copies": "2"]) { $1 }
    let all = try Family("synonyms", of: records, options).kept
    let few = try Family("synonyms", of: Array(records.suffix(5).reversed()), options).kept
    #expect(!few.isEmpty)
    for child in few { #expect(all.contains(child)) }
  }

  @Test func `children keep the contract, and no record of another side has any`() throws {
    let text = "We pressed the pedal of the bike."
    let family = try Family(
      "synonyms",
      of: [
        .text(text, id: "a", label: "x", side: .train), .text(text, id: "b", side: .test),
        .text("We pressed the pedal of the bicycle.", id: "c", side: .validation),
      ], Self.options)
    #expect(family.children.map(\.record.id) == ["a/synonyms.1"])
    #expect(family.children.first?.record.label == Label("x"))
    #expect(family.reasons.map(\.code) == ["near-evaluation"])
  }

  @Test func `as many children are made of a label as it lacks`() throws {
    let records = (0..<4).map { number in
      Record.text(
        "Rider \(number) pressed the pedal of the bike.", id: "r:\(number)",
        label: number == 0 ? "rare" : "often", side: .train)
    }
    let kept = try Family(
      "synonyms", of: records, Self.options.merging(["per-label": "2", "copies": "3"]) { $1 }
    ).kept
    #expect(kept.map(\.id) == ["r:0/synonyms.1"])
  }

  @Test func `of a long sentence the words around the place are read, and no more`() throws {
    let far = String(repeating: "and a motor ", count: 60)
    let near = String(repeating: "with one pedal ", count: 25)
    let text = "We saw \(far)\(near)of the bike \(near)\(far)there."
    #expect(try child(text)?.contains("bicycle") == true)
  }

  @Test func `the encoder's files are dependencies`() throws {
    let stage = try Family.descriptor("synonyms").stage(Self.options)
    let files = try stage.dependencies()
    #expect(files.count == 14 && files.contains("/wheels/model"))
    #expect(try stage.identity()?["made-by"] == nil)
  }

  @Test(arguments: [
    (["senses": "encodre"], "'encodre' is none of the choices", "did you mean 'encoder'?"),
    (["senses": "encoder", "model": "none"], "no encoder 'none'", ""),
    (["senses": "encoder"], "no encoder 'all-MiniLM-L6-v2'", ""),
    (
      ["model": "wheels"], "'model' is of use with 'senses: encoder' alone", "add 'senses: encoder'"
    ),
    (["min-similarity": "0.9"], "'min-similarity' is of use", "leave 'min-similarity' out"),
    (
      ["senses": "encoder", "model": "wheels", "min-similarity": "2"], "must be from -1.0 to 1.0",
      ""
    ),
  ])
  func `what is wrong is told before anything runs`(
    options: [String: String], message: String, remedy: String
  ) throws {
    let descriptor = try Family.descriptor("synonyms")
    do {
      _ = try descriptor.stage(options)
      Issue.record("\(options) is taken")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
      #expect(remedy.isEmpty || "\(error)".contains(remedy), "\(error)")
    }
  }

  @Test func `senses of other languages have no definitions`() throws {
    let folder = try TemporaryFolder()
    let thesaurus = try folder.write("UTF-8\nrad|1\n-|velo\n", to: "th.dat")
    do {
      _ = try Family.descriptor("synonyms").stage(
        Self.options.merging(["language": "de", "thesaurus": thesaurus]) { $1 })
      Issue.record("senses of German are taken")
    } catch { #expect("\(error)".contains("in English alone"), "\(error)") }
  }
}
