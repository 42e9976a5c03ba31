import Augment
import Records
import Stages
import TestSupport
import Testing

/// Languages of which no grammar is written, by small thesauri of our own.
@Suite struct CommonGrammarTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let polish = """
    UTF-8
    całkowicie|1
    -|zupełnie|w pełni
    zupełnie|1
    -|całkowicie
    jeśli|1
    -|jeżeli
    jeżeli|1
    -|jeśli
    szybki|1
    -|prędko
    prędko|1
    -|szybki
    dom|1
    -|tom
    tom|1
    -|dom
    ogromny|1
    -|potężny
    potężny|1
    -|ogromny
    piękny|2
    -|ładny|gładny
    -|zgrabny (pot.)|wdzięczny
    wdzięczny|1
    -|piękny

    """
  private static let russian = """
    UTF-8
    весёлый|2
    (синоним)|радостный
    (антоним)|грустный
    радостный|1
    (синоним)|весёлый
    грустный|1
    (антоним)|весёлый

    """
  private static let arabic = """
    UTF-8
    عاصِمة|1
    (اسم)|حُكومة
    حُكومة|1
    (اسم)|عاصِمة

    """
  /// A field of words: more than ten, all in one sense.
  private static let norwegian =
    "UTF-8\n"
    + (["hunden", "katten"].map { word in
      "\(word)|1\n-|hunden|katten|a|b|c|d|e|f|g|h|i|j\n"
    }).joined()

  private func brood(_ text: String, _ language: String, _ thesaurus: String) throws -> Brood {
    // A process reads a path once.
    let path = try folder.write(thesaurus, to: "\(thesaurus.utf8.count).dat")
    return try Brood(
      "synonyms", of: .text(text), ["language": language, "thesaurus": path, "rate": "1"])
  }

  @Test func `a word is replaced by one that looks alike, in the same case`() throws {
    let text = "To całkowicie nowe. Całkowicie! Ten pies jest ogromny."
    let brood = try brood(text, "pl", Self.polish)
    // `ogromny` begins with a vowel, and `potężny` does not.
    #expect(brood.texts == ["To zupełnie nowe. Zupełnie! Ten pies jest ogromny."])
    #expect(try Brood.replays(text, brood))
  }

  @Test(arguments: [
    // Other forms, capitals inside a sentence, function words, other endings, short words.
    "To zupełnej.", "To Całkowicie.", "Nie wiem, jeśli przyjdzie.", "On jest szybki.", "To dom.",
    // Half of the senses are not enough, and marked words are not put in.
    "On jest piękny.", "", "CAŁKOWICIE", "`całkowicie`, pół-całkowicie",
  ])
  func `what is not sure stays`(_ text: String) throws {
    #expect(try brood(text, "pl", Self.polish).texts == [])
  }

  @Test func `senses that list opposites are left out`() throws {
    let brood = try brood("Он весёлый и грустный.", "ru", Self.russian)
    #expect(brood.texts == ["Он радостный и грустный."])
  }

  @Test func `a sense of many words is a field, not a set of synonyms`() throws {
    #expect(try brood("Jeg ser hunden.", "nb", Self.norwegian).texts == [])
    let few = Self.norwegian.replacing("|a|b|c|d|e|f|g|h|i|j", with: "")
    #expect(try brood("Jeg ser hunden.", "nb", few).texts == ["Jeg ser katten."])
  }

  @Test func `Arabic is found without the marks of vowels`() throws {
    #expect(try brood("هذه عاصمة", "ar", Self.arabic).texts == ["هذه حكومة"])
  }

  @Test func `a wordnet of a language without a grammar goes by classes and endings`() throws {
    let path = try folder.write(
      "00000001-n\tfin:lemma\tkissa\n00000001-n\tfin:lemma\tmirri\n"
        + "00000002-v\tfin:lemma\tkävellä\n00000002-v\tfin:lemma\tastella\n"
        + "00000003-v\tfin:lemma\tpuhua\n00000003-v\tfin:lemma\tjutella_paljon\n",
      to: "fin.tab")
    #expect(
      try Brood(
        "synonyms", of: .text("Kissa haluaa kävellä ja puhua."),
        ["language": "fi", "thesaurus": path, "rate": "1"]
      ).texts == [])
    let more = try folder.write(
      "00000002-v\tfin:lemma\tlainata\n00000002-v\tfin:lemma\tpuuhata\n", to: "more.tab")
    let brood = try Brood(
      "synonyms", of: .text("Haluan lainata."),
      ["language": "fi", "thesaurus": more, "rate": "1"])
    #expect(brood.texts == ["Haluan puuhata."])
    #expect(brood.notes.first?.array?.first?["pos"] == "verb")
  }

  @Test(arguments: [
    ("cs", "mythes-cs"), ("pt", "mythes-pt-pt"), ("pt-br", "mythes-pt-br"), ("no", "mythes-no"),
    ("uk", "mythes-uk"), ("de-ch", "mythes-de-ch"), ("fr-ca", "mythes-fr"),
  ])
  func `a missing thesaurus is an error that names the package`(
    _ language: String, _ package: String
  ) {
    let fault = #expect(throws: Diagnostic.self) {
      try Brood.descriptor("synonyms").stage([
        "language": language, "thesaurus": "/nowhere/th.dat",
      ])
    }
    #expect(fault?.remedy?.contains("apt-get install \(package),") == true)
  }

  @Test func `easy data augmentation without a thesaurus says how to do without`() {
    let fault = #expect(throws: Diagnostic.self) {
      try Brood.descriptor("eda").stage(["language": "sv", "thesaurus": "/nowhere/th.dat"])
    }
    #expect(fault?.remedy?.contains("apt-get install mythes-sv") == true)
    #expect(fault?.remedy?.contains("or set 'replace' and 'insert' to 0") == true)
  }

  @Test func `a language that nothing is known of is an error before anything runs`() {
    let fault = #expect(throws: Diagnostic.self) {
      try Brood.descriptor("synonyms").stage(["language": "xx"])
    }
    #expect(fault?.message.contains("'xx'") == true)
    #expect(throws: Diagnostic.self) {
      try Brood.descriptor("synonyms").stage(["thesaurus": "/nowhere/th_en_US_v2.dat"])
    }
    for wrong in ["german", "d", "DE", "de-", "de-at-x", "pt_br", ""] {
      #expect(throws: Diagnostics.self) {
        try Brood.descriptor("synonyms").stage(["language": wrong])
      }
    }
  }
}

/// The thesauri of Debian's packages that are read by the common grammar, where they are installed.
@Suite struct InstalledCommonThesaurusTests {
  static let files = [
    "bg": "th_bg_BG_v2", "ca": "th_ca_ES_v3", "cs": "th_cs_CZ_v2", "da": "th_da_DK",
    "hu": "th_hu_HU_v2", "pl": "th_pl_PL_v2", "pt": "th_pt_PT_v2", "sk": "th_sk_SK_v2",
    "sl": "th_sl_SI_v2", "sv": "th_sv_SE_v2", "uk": "th_uk_UA_v2",
  ]
  static let languages = files.keys.sorted().filter {
    Folders.exists("/usr/share/mythes/\(files[$0] ?? "").dat")
  }
  static let sentences = [
    "bg": "Това е лесен и трудно.", "ca": "Vol cercar una oferta.", "cs": "To je doktorka.",
    "da": "Han spiller videospil.", "hu": "Tom panaszkodik.", "pl": "To jest wytłumaczenie.",
    "pt": "Ele vai frequentemente.", "sk": "Je zaneprázdnený.", "sl": "To je moja lastnina.",
    "sv": "Det fungerar.", "uk": "Який чудовий подарунок!",
  ]

  @Test(
    .enabled(if: !languages.isEmpty, "no thesaurus is installed: apt-get install mythes-pl"),
    arguments: languages)
  func `the installed thesaurus is read where its package puts it`(_ language: String) throws {
    let text = try #require(Self.sentences[language])
    let brood = try Brood("synonyms", of: .text(text), ["language": language, "rate": "1"])
    #expect(!brood.texts.isEmpty)
    #expect(try Brood.replays(text, brood))
  }
}
