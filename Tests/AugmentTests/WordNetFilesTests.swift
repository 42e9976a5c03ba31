import Augment
import Records
import Stages
import TestSupport
import Testing

/// The reading of WordNet's files: by looking where a word must stand, not by reading all of them.
@Suite struct WordNetFilesTests {
  /// A dictionary of our own: what is not given is as small as can be.
  private func folder(_ files: [String: String] = [:]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for part in ["noun", "verb", "adj", "adv"] {
      try folder.write("zzz \(part.prefix(1)) 1 0 1 0 00000000  \n", to: "index.\(part)")
      try folder.write("00000000 00 n 01 zzz 0 000 | sleep  \n", to: "data.\(part)")
      try folder.write("", to: "\(part).exc")
    }
    try folder.write("", to: "cntlist.rev")
    for (name, text) in files { try folder.write(text, to: name) }
    return folder
  }

  /// The dictionary; its files are open, so that the folder may go.
  private func wordnet(_ files: [String: String]) throws -> WordNet {
    let folder = try folder(files)
    return try withExtendedLifetime(folder) { try WordNet(folder: folder.path) }
  }

  private static let index = """
      1 This line and the next are the licence's, a word of which is not a lemma.
      2 apple n 1 0 1 0 00000099
    apple n 1 0 1 0 00000011  
    apple_pie n 1 0 1 0 00000012  
    apples_and_pears n 1 0 1 0 00000013  
    bee n 3 2 @ ~ 3 1 00000021 00000022 00000023  
    beech n 1 0 1 0 00000031  
    internationalisation n 1 0 1 0 00000041  
    internationalism n 2 0 2 0 00000042 00000043  
    zebra n 1 0 1 0 00000051  

    """

  @Test(arguments: ["\n", "\r\n"])
  func `the first, the last and every other lemma is found`(lineEnd: String) throws {
    let text = Self.index.replacing("\n", with: lineEnd)
    let wordnet = try wordnet(["index.noun": text])
    #expect(wordnet.senses(of: "apple", .noun) == [11])
    #expect(wordnet.senses(of: "bee", .noun) == [21, 22, 23])
    #expect(wordnet.senses(of: "internationalism", .noun) == [42, 43])
    #expect(wordnet.senses(of: "internationalisation", .noun) == [41])
    #expect(wordnet.senses(of: "zebra", .noun) == [51])
    #expect(wordnet.senses(of: "zebra", .verb).isEmpty)
  }

  @Test(arguments: [
    "", "1", "aardvark", "appl", "apples", "be", "internationali", "zebras", "é", "This",
  ])
  func `what is not listed is not found`(word: String) throws {
    let wordnet = try wordnet(["index.noun": Self.index])
    #expect(wordnet.senses(of: word, .noun).isEmpty)
  }

  @Test func `a file that was cut short lacks what was cut off and nothing else`() throws {
    let bytes = Array(Self.index.utf8)
    for count in stride(from: bytes.count - 1, to: bytes.count - 60, by: -1) {
      let cut = String(decoding: bytes[..<count], as: UTF8.self)
      let wordnet = try wordnet(["index.noun": cut])
      #expect(wordnet.senses(of: "bee", .noun) == [21, 22, 23])
      // Its line ends behind the 51 and two blanks.
      #expect(wordnet.senses(of: "zebra", .noun).contains(51) == (count >= bytes.count - 3))
    }
  }

  @Test func `each of many lemmas is found by its own line alone`() throws {
    var random = CounterRandom(seed: 7, purpose: "lemmas", record: "")
    var lemmas: Set<String> = []
    for _ in 0..<3000 {
      let letters = (0..<1 + random.below(11)).map { _ in "ab_z"[random.below(4)] }
      lemmas.insert(letters.joined())
    }
    let sorted = lemmas.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let lines = sorted.enumerated().map { "\($1) n 1 0 1 0 \($0 + 1)  \n" }
    let wordnet = try wordnet(["index.noun": lines.joined()])
    for (place, lemma) in sorted.enumerated() {
      #expect(wordnet.senses(of: lemma, .noun) == [place + 1])
      let longer = lemma + "a"
      #expect(wordnet.senses(of: longer, .noun).isEmpty != lemmas.contains(longer))
    }
  }

  @Test func `a file out of order is a fault that names it`() throws {
    let lines = (0..<400).map { "word\(400 - $0) n 1 0 1 0 00000001  \n" }
    let path = try folder(["index.noun": lines.joined()])
    let fault = #expect(throws: StageError.self) { try WordNet(folder: path.path) }
    #expect(fault?.code == "invalid-dictionary")
    #expect(fault?.source?.file == "\(path.path)/index.noun")
  }

  @Test func `a small file in which two words have changed places is a fault, too`() throws {
    let path = try folder(["noun.exc": "wolves wolf\naxes ax\n"])
    let fault = #expect(throws: StageError.self) { try WordNet(folder: path.path) }
    #expect(fault?.code == "invalid-dictionary")
    #expect(fault?.source?.file == "\(path.path)/noun.exc")
  }

  @Test(arguments: ["\n", "\r\n"])
  func `blank lines are passed over, wherever they stand`(lineEnd: String) throws {
    let lemmas = (0..<26).flatMap { letter in
      (10..<40).map { "\(Character(Unicode.Scalar(UInt8(97 + letter))))word\($0)" }
    }
    let lines = lemmas.enumerated().map { place, lemma in
      (place % 30 == 0 ? lineEnd : "") + "\(lemma) n 1 0 1 0 \(place + 1)  \(lineEnd)"
    }
    let wordnet = try wordnet(["index.noun": lines.joined() + lineEnd + lineEnd])
    for (place, lemma) in lemmas.enumerated() {
      #expect(wordnet.senses(of: lemma, .noun) == [place + 1])
    }
  }

  @Test func `irregular forms lead to their lemmas`() throws {
    let exceptions = "aardwolves aardwolf\naxes ax axis\nwolves wolf\n"
    let wordnet = try wordnet(["noun.exc": exceptions])
    #expect(wordnet.irregularLemmas(of: "aardwolves", .noun) == ["aardwolf"])
    #expect(wordnet.irregularLemmas(of: "axes", .noun) == ["ax", "axis"])
    #expect(wordnet.irregularLemmas(of: "wolves", .noun) == ["wolf"])
    #expect(wordnet.irregularLemmas(of: "wolf", .noun) == nil)
    #expect(wordnet.irregularLemmas(of: "wolves", .verb) == nil)
  }

  @Test func `words of definitions are counted, but for those with a capital`() throws {
    let nouns = """
      00000000 03 n 01 bee 0 000 | Bees are bees; "a bee's wax" is internationalisation-free  
      00000088 03 n 01 wasp 0 000 | no bees

      """
    let verbs = "00000000 29 v 01 hum 0 000 | be like bees"
    let wordnet = try wordnet(["data.noun": nouns, "data.verb": verbs])
    let expected = [
      "bees": 3, "bee": 1, "are": 1, "s": 1, "internationalisation": 1, "free": 1, "be": 1,
      "Bees": 0, "wasp": 0, "internationalisatio": 0, "no": 1, "like": 1, "sleep": 2, "": 0,
      "bee's": 0,
    ]
    for (word, count) in expected { #expect(wordnet.glossCount(of: word) == count, "\(word)") }
  }

  @Test func `the words of a synset are read as they are spelled`() throws {
    let line = "00000000 03 n 02 Bee a awake(p) 0 001 @ 00000000 n 0000 | an insect; \"a bee\"  \n"
    let wordnet = try wordnet(["data.noun": line, "data.verb": "00000000 29 v 05 cut 0 000 |"])
    #expect(wordnet.words(of: 0, .noun) == ["Bee", "awake(p)"])
    #expect(wordnet.definition(of: 0, .noun) == "an insect")
    // It says five words and has one, or does not exist.
    #expect(wordnet.words(of: 0, .verb).isEmpty)
    #expect(wordnet.words(of: 9999, .noun).isEmpty)
    #expect(wordnet.definition(of: 9999, .noun).isEmpty)
  }

  @Test(.enabled(if: Dictionary.exists, "WordNet is not installed: apt-get install wordnet-base"))
  func `every lemma of Debian's files has the senses of its line`() throws {
    let wordnet = try Dictionary.wordnet.get()
    let parts: [(WordClass, String)] = [
      (.noun, "noun"), (.verb, "verb"), (.adjective, "adj"), (.adverb, "adv"),
    ]
    for (part, name) in parts {
      let lines = try FileReader.contents("\(Dictionary.folder)/index.\(name)")
        .split(separator: 0x0A).filter { $0.first != 0x20 }
      for line in lines.enumerated() where line.offset % 40 == 0 || line.offset == lines.count - 1 {
        let fields = line.element.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        let senses = fields.suffix(Int(fields[2]) ?? 0).compactMap { Int($0) }
        #expect(wordnet.senses(of: fields[0], part) == senses)
      }
    }
  }
}

extension String {
  fileprivate subscript(place: Int) -> String { String(utf8.dropFirst(place).prefix(1)) ?? "" }
}
