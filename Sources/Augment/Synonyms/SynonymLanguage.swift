import Stages

/// A language that synonyms are looked for in, by its code: `de`, `pt-br`.
struct SynonymLanguage: Sendable, Hashable {
  let code: String

  init(_ code: String) { self.code = code }

  /// The code without a region.
  private var base: String { String(code.prefix { $0 != "-" }) }

  /// Whether WordNet is where its synonyms come from.
  var isEnglish: Bool { base == "en" }

  /// A thesaurus that Debian packages.
  struct Packaged: Sendable, Hashable {
    let package: String
    private let name: String

    init(_ package: String, _ name: String) {
      self.package = package
      self.name = name
    }

    /// Where the package puts it.
    var path: String { "/usr/share/mythes/\(name).dat" }
  }

  /// The thesaurus of Debian's `mythes-` packages; nil where there is none.
  var packaged: Packaged? { Self.table[code] ?? Self.table[base] }

  /// Which words of a lexicon may stand for each other.
  func grammar(of lexicon: any SenseLexicon) -> any ThesaurusGrammar {
    // The classes that French and Italian go by are those of their thesauri alone.
    let isThesaurus = lexicon is Thesaurus
    switch base {
    case "de": return GermanGrammar()
    case "es": return SpanishGrammar()
    case "fr" where isThesaurus: return FrenchGrammar()
    case "it" where isThesaurus: return ItalianGrammar()
    case "zh": return ChineseGrammar(lexicon)
    case "fr": return CommonGrammar(lexicon, functionWords: FrenchGrammar().functionWords)
    case "it": return CommonGrammar(lexicon, functionWords: ItalianGrammar().functionWords)
    default: return CommonGrammar(lexicon, functionWords: FunctionWords.of(base))
    }
  }

  /// What may be written where a language is asked for.
  static func check(_ code: String) -> String? {
    let parts = code.split(separator: "-", omittingEmptySubsequences: false)
    let letters = parts.joined().utf8.allSatisfy { (0x61...0x7A).contains($0) }
    let isCode =
      (1...2).contains(parts.count) && (2...3).contains(parts[0].utf8.count)
      && parts.dropFirst().allSatisfy { $0.utf8.count == 2 }
    return letters && isCode ? nil : "must be a code such as 'de' or 'pt-br'"
  }

  /// Debian 12's packages but for English, and Latvian, whose file lists three words.
  private static let table = [
    "ar": Packaged("mythes-ar", "th_ar_EG_v2"), "bg": Packaged("mythes-bg", "th_bg_BG_v2"),
    "ca": Packaged("mythes-ca", "th_ca_ES_v3"), "cs": Packaged("mythes-cs", "th_cs_CZ_v2"),
    "da": Packaged("mythes-da", "th_da_DK"), "de": Packaged("mythes-de", "th_de_DE_v2"),
    "de-ch": Packaged("mythes-de-ch", "th_de_CH_v2"),
    "es": Packaged("mythes-es", "th_es_ES_v2"), "fr": Packaged("mythes-fr", "th_fr_FR_v2"),
    "gl": Packaged("mythes-gl", "th_gl_ES_v2"), "gn": Packaged("mythes-gug", "th_gug_PY_v2"),
    "gug": Packaged("mythes-gug", "th_gug_PY_v2"), "hu": Packaged("mythes-hu", "th_hu_HU_v2"),
    "id": Packaged("mythes-id", "th_id_ID_v2"), "is": Packaged("mythes-is", "th_is_IS_v2"),
    "it": Packaged("mythes-it", "th_it_IT_v2"), "nb": Packaged("mythes-no", "th_nb_NO_v2"),
    "ne": Packaged("mythes-ne", "th_ne_NP_v2"), "nn": Packaged("mythes-no", "th_nn_NO_v2"),
    "no": Packaged("mythes-no", "th_nb_NO_v2"), "pl": Packaged("mythes-pl", "th_pl_PL_v2"),
    "pt": Packaged("mythes-pt-pt", "th_pt_PT_v2"),
    "pt-br": Packaged("mythes-pt-br", "th_pt_BR"), "ro": Packaged("mythes-ro", "th_ro_RO_v2"),
    "ru": Packaged("mythes-ru", "th_ru_RU_v2"), "sk": Packaged("mythes-sk", "th_sk_SK_v2"),
    "sl": Packaged("mythes-sl", "th_sl_SI_v2"), "sv": Packaged("mythes-sv", "th_sv_SE_v2"),
    "uk": Packaged("mythes-uk", "th_uk_UA_v2"),
  ]

  /// The languages with a thesaurus of Debian's, for error messages.
  static let packagedCodes = table.keys.sorted()
}
