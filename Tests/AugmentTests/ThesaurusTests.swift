import Augment
import Records
import Stages
import TestSupport
import Testing

/// Small thesauri in MyThes's format, written for these tests.
enum SmallThesaurus {
  static let german = """
    UTF-8
    bewegung|2
    -|Bewegung|Regung
    -|Bewegung|Strömung|Richtung (ugs.)
    regung|1
    -|Bewegung|Regung
    strömung|1
    -|Bewegung|Strömung|Richtung (ugs.)
    erkrankung|1
    -|Krankheit (Hauptform)|Erkrankung|Gebrechen|Leiden (ugs.)|Zustand (Oberbegriff)
    gebrechen|1
    -|Krankheit (Hauptform)|Erkrankung|Gebrechen|Leiden (ugs.)|Zustand (Oberbegriff)
    krankheit|1
    -|Krankheit (Hauptform)|Erkrankung|Gebrechen|Leiden (ugs.)|Zustand (Oberbegriff)
    kaufen|1
    -|kaufen|erwerben|anschaffen|(sich) zulegen|shoppen (ugs.)
    erwerben|1
    -|kaufen|erwerben|anschaffen|(sich) zulegen|shoppen (ugs.)
    anschaffen|1
    -|kaufen|erwerben|anschaffen|(sich) zulegen|shoppen (ugs.)
    mühsam|1
    -|mühsam|beschwerlich
    beschwerlich|1
    -|mühsam|beschwerlich
    lügen|1
    -|lügen|belügen
    belügen|1
    -|lügen|belügen
    schwach|1
    -|schwach|kraftlos|sehr schwach sein|schwach werden|schwach auf der Brust|ganz schwach (ugs.)
    kraftlos|1
    -|schwach|kraftlos|sehr schwach sein|schwach werden|schwach auf der Brust|ganz schwach (ugs.)
    nicht|1
    -|nicht|keinesfalls
    keinesfalls|1
    -|nicht|keinesfalls
    auto|1
    -|Auto|Wagen
    wagen|2
    -|Auto|Wagen
    -|wagen|riskieren
    riskieren|1
    -|wagen|riskieren

    """
  static let italian = """
    UTF-8
    automobile|1
    (s.f.)|auto|autovettura|macchina|veicolo
    autovettura|1
    (s.f.)|auto|automobile|macchina|veicolo
    macchina|1
    (s.f.)|auto|automobile|autovettura|veicolo
    veicolo|1
    (s.m.)|auto|automobile|autovettura|macchina
    spesso|1
    (avv.)|sovente
    sovente|1
    (avv.)|spesso

    """
  static let spanish = """
    ISO8859-1
    terminación|1
    -|conclusión|finalización
    conclusión|1
    -|terminación|finalización
    finalización|1
    -|terminación|conclusión
    comenzar|1
    -|principiar
    principiar|1
    -|comenzar

    """
  static let french = """
    UTF-8
    voiture|1
    (Nom)|automobile|berline
    réparation|1
    (Nom)|restauration|répression
    restauration|1
    (Nom)|réparation
    répression|1
    (Nom)|châtiment|peine|prison|loi|police
    parler|1
    (Verbe)|bavarder|causer|discuter
    discuter|1
    (Verbe)|bavarder|causer|parler
    nation|1
    (Nom)|fraction|a|b|c|d|e|f
    fraction|1
    (Nom)|nation|g|h|i|j|k|l
    souvent|1
    (Adverbe)|fréquemment
    fréquemment|1
    (Adverbe)|souvent
    terminer|1
    (Verbe)|finir|achever
    finir|1
    (Verbe)|terminer|achever
    achever|1
    (Verbe)|terminer|finir

    """
}

@Suite struct ThesaurusTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, text) in [
      ("de", SmallThesaurus.german), ("it", SmallThesaurus.italian), ("fr", SmallThesaurus.french),
      ("es", SmallThesaurus.spanish),
    ] {
      // Latin-1 is the first 256 characters of Unicode.
      let bytes =
        name == "es" ? text.unicodeScalars.map { UInt8($0.value) } : Array(text.utf8)
      try AtomicFile.write(bytes, to: "\(folder.path)/\(name).dat")
      try folder.write(Self.index(text), to: "\(name).idx")
    }
  }

  /// The index of a thesaurus: its encoding, how many words, and where each stands.
  private static func index(_ text: String) -> String {
    var place = 0
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.last?.isNumber == true, line.contains("|"), let bar = line.lastIndex(of: "|") {
        lines.append("\(line[..<bar])|\(place)")
      }
      place += line.utf8.count + 1
    }
    return "UTF-8\n\(lines.count)\n" + lines.sorted().joined(separator: "\n") + "\n"
  }

  private func brood(
    _ text: String, _ language: String, _ more: [String: String] = [:]
  ) throws -> Brood {
    let parameters = [
      "language": language, "thesaurus": "\(folder.path)/\(language).dat", "rate": "1",
    ].merging(more) { $1 }
    return try Brood("synonyms", of: .text(text), parameters)
  }

  /// Texts, and what they become with every word replaced that can be; each has one synonym here.
  static let table: [(String, String, String)] = [
    ("de", "Die Krankheit ist schwer.", "Die Erkrankung ist schwer."),
    (
      "de", "Krankheit! Er nennt die \u{201E}Krankheit\u{201C} so.",
      "Erkrankung! Er nennt die \u{201E}Erkrankung\u{201C} so."
    ),
    ("de", "Das ist mühsam. Mühsam ist es.", "Das ist beschwerlich. Beschwerlich ist es."),
    ("de", "Das ist mu\u{308}hsam.", "Das ist beschwerlich."),
    ("de", "Wir kaufen Brot.", "Wir erwerben Brot."),
    (
      "de", "Wir wollen es kaufen, weil wir kaufen müssen.",
      "Wir wollen es erwerben, weil wir erwerben müssen."
    ),
    ("de", "Wir wagen es. Der Wagen steht.", "Wir riskieren es. Der Wagen steht."),
    ("it", "La macchina e una automobile.", "La macchina e una autovettura."),
    ("it", "Spesso viene.", "Sovente viene."),
    ("es", "La terminación del libro debe comenzar.", "La conclusión del libro debe principiar."),
    ("fr", "Il doit terminer souvent.", "Il doit finir fréquemment."),
  ]

  @Test(arguments: table.indices)
  func `words are replaced in the form and the case that stand there`(_ index: Int) throws {
    let (language, text, expected) = Self.table[index]
    let brood = try brood(text, language, ["certainty": "1"])
    #expect(brood.texts.count == 1)
    #expect(try Brood.replays(text, brood))
    if language == "es" || language == "fr" {
      // Two of these have two synonyms each.
      let child = try #require(brood.texts.first)
      #expect(child != text)
      let either = [
        expected, expected.replacing("conclusión", with: "finalización"),
        expected.replacing("finir", with: "achever"),
      ]
      #expect(either.contains(child), "\(child)")
    } else {
      #expect(brood.texts.first == expected)
    }
  }

  static let kept: [(String, String)] = [
    // Other forms than those listed: their endings are not known.
    ("de", "Die Krankheiten und das mühsame Leben, gekauft."),
    // Colloquial and wider words are not put in; nor is a word of two senses for one of one.
    ("de", "Die Bewegung."),
    // Genders that no ending shows: das Auto, der Wagen.
    ("de", "Das Auto steht. Der Wagen steht."),
    // A prefix at the clause's end makes another verb, a pronoun another meaning.
    ("de", "Wir kaufen morgen ein."), ("de", "Die kaufen Leute."), ("de", "Wir wollen uns kaufen."),
    // The participle of erwerben is another form, and anschaffen parts.
    ("de", "Sie wollen es anschaffen. Sie haben es erwerben."),
    // A word that is much less known: of the expressions above it is in none.
    ("de", "Er ist schwach."),
    // `belügen` asks for an object.
    ("de", "Sie lügen."),
    // Function words.
    ("de", "Nicht er, keinesfalls sie."),
    // Names, compounds and protected spans.
    ("de", "Die Krankheit-Liste von KRANKHEIT, `Krankheit`, krankheit, {Krankheit}."),
    ("de", "Frau Krankheit"),
    // `la automobile` would lack its apostrophe; veicolo is masculine.
    ("it", "La macchina. Le automobile."),
    // The nominal reading is not sure without an article.
    ("es", "Hoy terminación."), ("es", "Se comenzar."),
    // Words that share too little are no synonyms; voiture begins with another sound than automobile.
    ("fr", "Une voiture. La répression. Une nation."), ("fr", "Il veut parler."),
    ("fr", "Il veut se terminer."),
    ("de", ""), ("de", "12 https://krankheit.de/krankheit"),
  ]

  @Test(arguments: kept.indices)
  func `what is not sure stays`(_ index: Int) throws {
    let (language, text) = Self.kept[index]
    #expect(try brood(text, language).texts == [])
  }

  @Test func `the index may be named for the file beside it`() throws {
    let brood = try brood(
      "Die Krankheit", "de", ["thesaurus": "\(folder.path)/de.idx"])
    #expect(brood.texts.first != nil)
    let note = try #require(brood.notes.first?.array?.first)
    #expect(note["from"] == "Krankheit")
    #expect(note["pos"] == "noun")
  }

  @Test func `words of the answer and the label stay`() throws {
    let parameters = ["language": "de", "thesaurus": "\(folder.path)/de.dat", "rate": "1"]
    let asked = Record.instruction("Die Krankheit ist mühsam", output: "Ja, die Krankheit.")
    let child = try #require(try Brood("synonyms", of: asked, parameters).texts.first)
    #expect(child == "Die Krankheit ist beschwerlich")
    #expect(
      try Brood("synonyms", of: .text("Die Krankheit", label: "Krankheit"), parameters).texts == [])
  }

  @Test func `easy data augmentation takes synonyms from it too`() throws {
    let brood = try Brood(
      "eda", of: .text("Die Krankheit ist so"),
      [
        "language": "de", "thesaurus": "\(folder.path)/de.dat", "replace": "0", "swap": "0",
        "delete": "0", "copies": "1",
      ])
    let note = try #require(brood.notes.first?.array?.first)
    #expect(note["by"] == "insert")
    #expect(note["to"] == " Erkrankung")
  }

  @Test func `a missing thesaurus is an error with a remedy before anything runs`() throws {
    let fault = #expect(throws: Diagnostic.self) {
      try Brood.descriptor("synonyms").stage(["language": "fr", "thesaurus": "/nowhere/th.dat"])
    }
    #expect(fault?.message.contains("/nowhere/th.dat") == true)
    #expect(fault?.remedy?.contains("apt-get install mythes-fr") == true)
  }

  /// Files that are no thesauri, and the line at fault.
  static let damaged: [(String, Int)] = [
    ("UTF-8\nhaus|2\n-|Haus|Heim\n", 2), ("UTF-8\nhaus\n-|Haus\n", 2), ("UTF-8\n", 0), ("", 1),
    ("klingon-8\nhaus|1\n-|Haus|Heim\n", 1), ("UTF-8\nhaus|x\n", 2),
  ]

  @Test(arguments: damaged.indices)
  func `a damaged thesaurus is a fault that names file and line`(_ index: Int) throws {
    let (text, line) = Self.damaged[index]
    let path = try folder.write(text, to: "damaged.dat")
    let fault = #expect(throws: StageError.self) {
      try brood("Das Haus", "de", ["thesaurus": path])
    }
    #expect(fault?.code == "invalid-thesaurus")
    #expect(fault?.source?.file == path)
    #expect(fault?.source?.line == line)
  }

  @Test func `line ends of Windows and a byte order mark are read`() throws {
    let path = try folder.write(
      "\u{FEFF}" + SmallThesaurus.german.replacing("\n", with: "\r\n"), to: "windows.dat")
    #expect(
      try brood("Das ist mühsam.", "de", ["thesaurus": path]).texts == ["Das ist beschwerlich."])
  }
}

/// The thesauri of Debian's packages, where they are installed.
@Suite struct InstalledThesaurusTests {
  static let languages = ["de", "es", "fr", "it"].filter {
    Folders.exists("/usr/share/mythes/th_\($0)_\($0.uppercased())_v2.dat")
  }

  /// A sentence of each language with something to replace, and what must not become of it.
  static let sentences: [String: String] = [
    "de": "Die Krankheit ist schwierig, und die Entscheidung kommt oft.",
    "es": "El médico quiere terminar el tratamiento y elegir la residencia.",
    "fr": "Il veut acheter le livre et viendra bientôt.",
    "it": "Vuole usare la terapia e finire rapidamente.",
  ]

  @Test(
    .enabled(
      if: !languages.isEmpty,
      "no thesaurus is installed: apt-get install mythes-de mythes-es mythes-fr mythes-it"),
    arguments: languages)
  func `the installed thesaurus is read and gives synonyms`(_ language: String) throws {
    let text = try #require(Self.sentences[language])
    let brood = try Brood(
      "synonyms", of: .text(text), ["language": language, "rate": "1", "copies": "5"])
    #expect(!brood.texts.isEmpty)
    #expect(try Brood.replays(text, brood))
    for note in brood.notes {
      for edit in try #require(note.array) {
        let from = try #require(edit["from"]?.string)
        let to = try #require(edit["to"]?.string)
        #expect(from.first?.isUppercase == to.first?.isUppercase)
        #expect(!to.contains("(") && !to.contains(" ") && !to.isEmpty)
      }
    }
  }
}
