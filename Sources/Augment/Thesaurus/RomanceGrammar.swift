/// What French, Spanish and Italian have in common: forms of nouns that are forms of verbs as well, and
/// articles that change with the first letter of the next word.
///
/// `Je porte` and `la porte`: a noun is one where an article, a possessive or a preposition stands
/// before it; an adjective where a form of `to be` or an adverb of degree does.
struct RomanceContext: Sendable {
  let beforeNouns: Set<String>
  let beforeAdjectives: Set<String>
  /// Pronouns that make a verb reflexive.
  let reflexives: Set<String>

  func allows(_ part: String, _ surroundings: Surroundings) -> Bool {
    switch part {
    case "noun": beforeNouns.contains(surroundings.previous)
    case "adjective": beforeAdjectives.contains(surroundings.previous)
    case "verb": !reflexives.contains(surroundings.previous)
    default: true
    }
  }
}

/// A grammar in which the word before shows what part of speech a form is.
protocol RomanceGrammar: ThesaurusGrammar {
  /// The words that show it.
  static var context: RomanceContext { get }
}

extension RomanceGrammar {
  func allows(
    _ word: String, _ agreement: Agreement, _ surroundings: Surroundings
  ) -> Bool {
    Self.context.allows(agreement.part, surroundings)
  }
}

/// French: parts of speech as the file says, genders by endings (Grevisse and Goosse, Le bon usage,
/// 16th edition, 2016, §§ 468 to 471).
struct FrenchGrammar: RomanceGrammar {
  let functionWords = Self.words
  /// The French file lists words of one field, the nearest first: carriages behind cars.
  let furthestRank = 2

  func agreement(of word: String, hint: String) -> Agreement? {
    // Of an h no spelling shows whether `l'` stands before it.
    guard let first = word.unicodeScalars.first, first != "h", !word.hasSuffix("s") else {
      return nil
    }
    let start = "aeiouyàâäéèêëîïôöùûüœ".unicodeScalars.contains(first) ? "vowel" : "consonant"
    switch hint {
    case "(Nom)": return Self.gender(word).map { Agreement("noun", "\($0) \(start)") }
    case "(Verbe)":
      return word.ends(in: ["er", "ir", "re"]) ? Agreement("verb", start) : nil
    case "(Adverbe)": return Agreement("adverb", start)
    case "(Adjectif)":
      // `grands` and `-aux` are plural, what ends in -e may be feminine.
      let end = word.hasSuffix("eux") ? "eux" : word.hasSuffix("e") ? "e" : "masculine"
      return word.hasSuffix("aux") ? nil : Agreement("adjective", "\(end) \(start)")
    default: return nil
    }
  }

  private static func gender(_ noun: String) -> String? {
    if otherGender.contains(noun) { return nil }
    if noun.ends(in: ["tion", "sion", "xion", "ance", "ence", "ité", "ette", "esse"]) {
      return "feminine"
    }
    return noun.ends(in: ["age", "ment", "isme", "teur", "oir", "eau"]) ? "masculine" : nil
  }

  /// Nouns of another gender than their ending has.
  private static let otherGender = WordList.set(
    "page plage image cage rage nage jument eau peau silence comité bastion squelette quintette "
      + "sextette bagage")

  static let context = RomanceContext(
    beforeNouns: WordList.set(
      "le la un une ce cet cette mon ton son ma ta sa notre votre leur de du au en par pour avec sans "
        + "sur chaque quel quelle aucun aucune"),
    beforeAdjectives: WordList.set(
      "est était très plus moins si trop aussi assez peu semble reste paraît devient être tout"),
    reflexives: WordList.set("se me te nous vous"))

  private static let words = WordList.set(
    "le la les un une des de du au aux à en dans par pour avec sans sur sous chez vers entre contre "
      + "depuis pendant avant après et ou mais donc or ni car que qui quoi dont où si comme quand "
      + "lorsque je tu il elle on nous vous ils elles me te se lui leur y ce cet cette ces mon ton son "
      + "ma ta sa mes tes ses notre votre nos vos leurs être avoir faire aller venir pouvoir vouloir "
      + "devoir falloir savoir mettre prendre donner dire laisser voir tenir passer ne pas plus moins "
      + "jamais rien personne aucun tout tous toute toutes autre autres même très trop peu bien mal "
      + "aussi encore déjà toujours ici là oui non merci hier demain alors ainsi puis ensuite enfin "
      + "cependant pourtant deux trois quatre cinq six sept huit neuf dix cent mille grand petit bon "
      + "beau nouveau vieux jeune gros premier dernier chose façon fois seulement uniquement")
}

/// Spanish: the file says nothing of parts of speech, so that endings have to (Real Academia Española,
/// Nueva gramática de la lengua española, 2009, chapter 2).
struct SpanishGrammar: RomanceGrammar {
  let functionWords = Self.words

  func agreement(of word: String, hint: String) -> Agreement? {
    // `y` and `o` change before these: `padres e hijos`.
    if word.begins(with: ["i", "hi", "o", "ho", "í", "ó"]) || Self.exceptions.contains(word) {
      return nil
    }
    if word.ends(in: ["mente"]) { return Agreement("adverb") }
    if word.ends(in: ["ción", "sión", "dad", "tad", "eza", "ncia", "umbre"]) {
      // Some take `el` before a stressed a.
      return word.begins(with: ["a", "á", "ha"]) ? nil : Agreement("noun", "feminine")
    }
    if word.ends(in: ["ar", "er", "ir"]) { return Agreement("verb") }
    if word.ends(in: ["ble", "nte"]) { return Agreement("adjective") }
    if word.ends(in: ["miento", "ismo", "aje"]) { return Agreement("noun", "masculine") }
    return nil
  }

  /// Nouns that look like infinitives, and nouns that look like adjectives.
  private static let exceptions = WordList.set(
    "lugar hogar mujer azúcar mar par ayer bar taller placer deber poder ser altar pilar cáncer "
      + "carácter líder máster popular familiar particular similar regular singular escolar militar "
      + "solar lunar nuclear circular presidente gente fuente puente parte mente frente diente agente "
      + "cliente paciente estudiante habitante ambiente accidente continente corriente mueble cable "
      + "suerte muerte corte arte norte mitad ciudad")

  static let context = RomanceContext(
    beforeNouns: WordList.set(
      "el la un una este esta ese esa aquel aquella mi tu su nuestro nuestra de del al en con por para "
        + "sin sobre cada qué mucha mucho ninguna ningún alguna algún gran"),
    beforeAdjectives: WordList.set(
      "es era fue está estaba muy más menos tan demasiado bastante parece resulta sea ser algo nada"
    ),
    reflexives: WordList.set("se me te nos os"))

  private static let words = WordList.set(
    "el la los las un una unos unas de del a al en con por para sin sobre entre hacia hasta desde "
      + "según y e o u pero sino ni que si como cuando donde porque aunque yo tú él ella usted nosotros "
      + "ellos ellas me te se lo le les nos mi tu su mis tus sus este esta ese esa esto eso aquel ser "
      + "estar haber tener hacer ir venir poder querer deber saber decir dar ver poner salir llegar "
      + "pasar dejar seguir llevar no sí nunca siempre también tampoco muy más menos tan tanto todo "
      + "toda todos todas nada algo alguien nadie otro otra mismo ya aún todavía aquí allí hoy ayer "
      + "mañana ahora entonces luego después antes bien mal uno dos tres cuatro cinco seis siete ocho "
      + "nueve diez cien mil solamente únicamente")
}

/// Italian: parts of speech and genders as the file says, articles by the first letters (Serianni,
/// Grammatica italiana, 1989, IV.5 to IV.12).
struct ItalianGrammar: RomanceGrammar {
  let functionWords = Self.words

  func agreement(of word: String, hint: String) -> Agreement? {
    guard let start = Self.start(word), let last = word.unicodeScalars.last else { return nil }
    // `(s.m.)`, `(v. Avvilire)`: what the file says first.
    let tag = hint.dropFirst().prefix { $0 != " " && $0 != ")" }
    switch tag {
    // What ends in an accent or a consonant has one form for both numbers.
    case "s.m.", "s.f.":
      guard ["a", "e", "o"].contains(last) else { return nil }
      return Agreement("noun", "\(tag) \(start)")
    case "v.": return word.ends(in: ["are", "ere", "ire"]) ? Agreement("verb") : nil
    case "agg.":
      return ["e", "o"].contains(last) ? Agreement("adjective", "\(last) \(start)") : nil
    case "avv.": return Agreement("adverb")
    default: return nil
    }
  }

  /// The first letters as far as articles depend on them: `l'`, `lo` or `il`; nil for an h.
  private static func start(_ word: String) -> String? {
    guard let first = word.unicodeScalars.first, first != "h" else { return nil }
    if "aeiouàèéìòù".unicodeScalars.contains(first) { return String(first) }
    if word.begins(with: ["z", "x", "y", "gn", "ps", "pn"]) { return "lo" }
    let second = word.unicodeScalars.dropFirst().first
    let isImpure = first == "s" && !"aeiouàèéìòù".unicodeScalars.contains(second ?? "a")
    return isImpure ? "lo" : "il"
  }

  static let context = RomanceContext(
    beforeNouns: WordList.set(
      "il lo la un uno una questo questa quel quella mio mia tuo tua suo sua nostro nostra di del dello "
        + "della al allo alla dal dallo dalla nel nello nella sul sullo sulla con per in senza ogni "
        + "quale nessuna nessun"),
    beforeAdjectives: WordList.set(
      "è era molto più meno così troppo abbastanza sembra essere sia tanto poco"),
    reflexives: WordList.set("si mi ti ci vi"))

  private static let words = WordList.set(
    "il lo la i gli le un uno una di a da in con su per tra fra del dello della dei degli delle al allo "
      + "alla ai agli alle dal dallo dalla nel nello nella sul sullo sulla e o ma però anche né che chi "
      + "cui come quando dove perché se mentre io tu lui lei noi voi loro mi ti si ci vi ne questo "
      + "questa quello quella mio tuo suo nostro vostro essere avere fare andare venire potere volere "
      + "dovere sapere dire dare stare vedere mettere prendere lasciare non sì no mai sempre già ancora "
      + "più meno molto poco tanto troppo tutto tutti tutta nulla niente qualcosa qualcuno nessuno "
      + "altro stesso qui qua là lì oggi ieri domani ora adesso allora poi dopo prima bene male due tre "
      + "quattro cinque sei sette otto nove dieci cento mille soltanto solamente")
}
