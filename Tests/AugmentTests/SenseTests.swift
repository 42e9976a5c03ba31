import Augment
import Records
import Stages
import TestSupport
import Testing

/// Synonyms of the sense that an encoder finds a word to have.
///
/// WordNet's first sense of `apprehend` is to comprehend (`get the meaning of something`), with 0.59 of its
/// tagged uses, the second to arrest (`take into custody`), with 0.33. The encoder of these tests knows
/// nothing else. Meaning and Custody are names, as they are written, which stay.
@Suite(.enabled(if: Dictionary.exists, "WordNet is not installed: apt-get install wordnet-base"))
struct `Senses chosen by an encoder` {
  private static let options = ["rate": "1", "senses": "encoder", "model": "police"]

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

  /// What the ledger says of a text without a child.
  private func refusal(_ text: String, _ options: [String: String] = [:]) throws -> JSONValue? {
    guard case .keep(_, let note)? = try family([text], options).outcomes.first else { return nil }
    return note
  }

  @Test func `the sense is that of the sentence, not the first one`() throws {
    let frequent = try swapped("They apprehended Custody.", ["certainty": "0.5"])
    #expect(frequent == "They comprehended Custody.")
    #expect(try child("They apprehended Custody.") == "They arrested Custody.")
    #expect(try child("They apprehended Meaning.") == "They comprehended Meaning.")
    #expect(try child("Apprehend all of Custody.") == "Arrest all of Custody.")
    #expect(try child("He apprehends Custody,  he does.") == "He arrests Custody,  he does.")
    #expect(
      try child("They apprehended Custody. Then they apprehended Meaning.")
        == "They arrested Custody. Then they comprehended Meaning.")
  }

  @Test func `the ledger has the score and what was asked for`() throws {
    let family = try family(["They apprehended Custody."], ["min-similarity": "0.5"])
    let edit = try #require(family.children.first?.note.array?.first)
    #expect(edit["from"] == "apprehended" && edit["to"] == "arrested" && edit["pos"] == "verb")
    let certainty = try #require(edit["certainty"]?.double)
    #expect(certainty > 0.8 && certainty < 1)
    #expect(edit["min-certainty"] == 0.6)
    // [1.4, 0, 1, 0.5] and [1.4, 0, 1, 0].
    #expect(edit["cosine"] == 0.9603 && edit["min-cosine"] == 0.5)
  }

  @Test func `a word stays where no sense is sure, and the ledger says how near it came`() throws {
    let text = "They apprehended Rome."
    let note = try #require(try refusal(text))
    #expect(note["no-child"] == "unsure-sense" && note["word"] == "apprehended")
    #expect(note["min-certainty"] == 0.6 && note["cosine"] == nil)
    let certainty = try #require(note["certainty"]?.double)
    #expect(certainty > 0.3 && certainty < 0.6)
    #expect(try child(text, ["certainty": "\(certainty + 0.001)"]) == nil)
    #expect(try child(text, ["certainty": "\(certainty - 0.001)"]) == "They comprehended Rome.")
  }

  @Test func `a synonym that changes what the sentence means is left out`() throws {
    let text = "They apprehended Custody."
    #expect(try child(text, ["min-similarity": "0.96"]) != nil)
    let note = try #require(try refusal(text, ["min-similarity": "0.961"]))
    #expect(note["no-child"] == "unlike" && note["word"] == "apprehended")
    #expect(note["cosine"] == 0.9603 && note["min-cosine"] == 0.961)
  }

  @Test func `function words, names, code, unfit pairs and answers stay`() throws {
    // `kid` shares the first sense of `child`, and not its use.
    for text in [
      "I am in it, and you are at Custody.", "Custody is `apprehend` or {apprehend}.",
      "A child for Custody.",
    ] {
      #expect(try child(text) == nil, "\(text)")
    }
    let question = Record.instruction("Do they apprehend Custody?", output: "They apprehend him.")
    #expect(try Family("synonyms", of: [question], Self.options).children.isEmpty)
  }

  @Test func `children are the same on any number of threads, beside any others, in any order`()
    throws
  {
    let records = (0..<400).flatMap { number in
      [
        "They apprehended Custody. The doctor bought \(number) cars, though.",
        "They apprehended Meaning and often began to talk about \(number) movies.",
        "Rider \(number) saw nothing.",
      ]
    }.enumerated().map { Record.text($1, id: "r:\($0)", side: .train) }
    let options = Self.options.merging(["rate": "0.3", "copies": "2"]) { $1 }
    func children(_ records: [Record], threads: Int) throws -> [Record] {
      try Family("synonyms", of: records, options, threads: threads).kept
    }
    let one = try children(records, threads: 1)
    #expect(one.count > 900)
    #expect(try children(records, threads: 4) == one)
    let few = try children(records.suffix(5).reversed(), threads: 1)
    #expect(few.count > 3)
    for child in few { #expect(one.contains(child)) }
  }

  @Test func `children keep the contract, and no record of another side has any`() throws {
    let text = "They apprehended Custody."
    let family = try Family(
      "synonyms",
      of: [
        .text(text, id: "a", label: "x", side: .train), .text(text, id: "b", side: .test),
        .text("They arrested Custody.", id: "c", side: .validation),
      ], Self.options)
    #expect(family.children.map(\.record.id) == ["a/synonyms.1"])
    #expect(family.children.first?.record.label == Label("x"))
    #expect(family.reasons.map(\.code) == ["near-evaluation"])
  }

  @Test func `as many children are made of a label as it lacks`() throws {
    let records = (0..<4).map { number in
      Record.text(
        "They apprehended Custody. Rider \(number) saw it.", id: "r:\(number)",
        label: number == 0 ? "rare" : "often", side: .train)
    }
    let kept = try Family(
      "synonyms", of: records, Self.options.merging(["per-label": "2", "copies": "3"]) { $1 }
    ).kept
    #expect(kept.map(\.id) == ["r:0/synonyms.1"])
  }

  @Test func `of a long sentence the words around the place are read, and no more`() throws {
    let far = String(repeating: "with Meaning ", count: 60)
    let near = String(repeating: "and Custody ", count: 30)
    let text = "They \(far)\(near)apprehended him \(near)\(far)there."
    #expect(try child(text) == text.replacing("apprehended", with: "arrested"))
  }

  @Test func `the encoder's files are dependencies`() throws {
    let stage = try Family.descriptor("synonyms").stage(Self.options)
    let files = try stage.dependencies()
    #expect(files.count == 14 && files.contains("/police/model"))
  }

  @Test(arguments: [
    (["senses": "encodre"], "'encodre' is none of the choices", "did you mean 'encoder'?"),
    (["senses": "encoder", "model": "nix"], "no encoder 'nix'", ""),
    (["senses": "encoder"], "no encoder 'all-MiniLM-L6-v2'", ""),
    (
      ["model": "police"], "'model' is of use with 'senses: encoder' alone", "add 'senses: encoder'"
    ),
    (["min-similarity": "0.9"], "'min-similarity' is of use", "leave 'min-similarity' out"),
    (
      ["senses": "encoder", "model": "police", "min-similarity": "2"], "must be from -1.0 to 1.0",
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
