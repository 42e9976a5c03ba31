/// German: nouns of a gender that their ending shows, verbs in the infinitive's form, and words
/// without an ending of declension.
///
/// Endings and their genders: Duden, Die Grammatik, 9th edition, 2016, §§ 236 to 251.
struct GermanGrammar: ThesaurusGrammar {
  let functionWords = Self.words
  let capitalizesNouns = true

  func agreement(of word: String, hint: String) -> Agreement? {
    guard let first = word.first else { return nil }
    if first.isUppercase { return Self.noun(word) }
    if word.ends(in: ["en", "eln", "ern"]) { return Self.verb(word) }
    return Self.isInflected(word) || Self.isPronominal(word) ? nil : Agreement("adjective")
  }

  /// Forms of declension, comparatives, participles and finite verbs: `rapide`, `größer`, `getan`, `läuft`.
  private static func isInflected(_ word: String) -> Bool {
    if word.ends(in: ["e", "em", "nd"]) { return !uninflected.contains(word) }
    if word.ends(in: ["er"]) { return !uninflected.contains(word) }
    if word.hasPrefix("ge"), word.hasSuffix("n") { return true }
    // `nachts` and `nächtlich` do not stand in the same places.
    if word.hasSuffix("s"), !word.ends(in: ["los"]) { return true }
    return word.hasSuffix("t") && !word.ends(in: ["haft"]) && !uninflected.contains(word)
  }

  /// Words without an ending that look as if they had one.
  private static let uninflected = WordList.set(
    "leicht schlecht echt oft laut alt kalt glatt matt satt fett bunt hart zart weit breit bereit fest "
      + "sicher teuer schwer bitter sauber düster tapfer heiter leise böse müde weise bequem extrem "
      + "angenehm gesund blind rund wild blond fremd elegant tolerant interessant prominent intelligent "
      + "konsequent effizient kompetent permanent transparent direkt perfekt korrekt exakt abstrakt "
      + "konkret diskret strikt akut absolut robust ernst")

  /// `womit`, `hierauf`, `heraus`: they belong to a verb or stand for a phrase.
  private static func isPronominal(_ word: String) -> Bool {
    separable.contains(word) || word.begins(with: ["hier", "wo", "da", "her", "hin"], rest: 2)
      || word.ends(in: ["wärts"])
  }

  private static func noun(_ word: String) -> Agreement? {
    if masculineExceptions.contains(word) { return nil }
    if word.ends(in: ["sprung", "schwung", "enzen"]) { return nil }
    // Feminine nouns have one form in the singular, whatever the case.
    if word.ends(in: ["ung", "heit", "keit", "schaft", "tät", "tion", "sion", "ik", "enz"]) {
      return Agreement("noun", "feminine")
    }
    // Masculine nouns in -er, of people: the form is that of all cases but two, and of the plural.
    if word.ends(in: ["ler", "ner", "iker"]) { return Agreement("noun", "masculine -er") }
    if word.ends(in: ["ismus"]) { return Agreement("noun", "masculine -ismus") }
    if word.ends(in: ["ment"]) { return Agreement("noun", "neuter -ment") }
    if word.ends(in: ["ium"]) { return Agreement("noun", "neuter -um") }
    return nil
  }

  /// Nouns of another gender or declension than their ending has, and feminine ones beside them.
  private static let masculineExceptions = WordList.set(
    "Mosaik Atlantik Pazifik Streik Katholik Lenz Zement Moment Banner Dung Sprung Schwung Ursprung "
      + "Aufschwung Vorsprung Absprung Umschwung Konsument Inner")

  /// Verbs whose prefix stands apart in finite forms do not take the place of others, nor do others
  /// take theirs: `wir kaufen`, but `wir schaffen an`.
  private static func verb(_ word: String) -> Agreement? {
    word.begins(with: separable, rest: 4) ? nil : Agreement("verb")
  }

  private static let separable = [
    "ab", "an", "auf", "aus", "bei", "da", "ein", "empor", "entgegen", "entlang", "fehl", "fern",
    "fest", "fort", "frei", "gegen", "gleich", "heim", "her", "hin", "hoch", "los", "mit", "nach",
    "nieder", "statt", "teil", "um", "durch", "unter", "über", "voll", "vor", "weg", "weiter",
    "wider",
    "wieder", "zu", "zurück", "zusammen", "bereit", "kennen", "klar", "krank", "richtig", "sicher",
  ]

  func allows(
    _ word: String, _ agreement: Agreement, _ surroundings: Surroundings
  ) -> Bool {
    switch agreement.part {
    // Behind a title a noun is a name.
    case "noun": return !Self.titles.contains(surroundings.previous)
    case "verb":
      // The participle of these has the infinitive's form: `sie hat erhalten`.
      let maybeParticiple = word.begins(
        with: ["be", "ge", "er", "ver", "zer", "ent", "emp", "miss"], rest: 4)
      // `Wir kaufen morgen ein`: the prefix stands at the end.
      let isParted = surroundings.last != word && Self.separable.contains(surroundings.last)
      let isReflexive = Self.reflexives.contains(surroundings.previous)
      // `Den langen Weg`: before a noun it is an adjective.
      let isVerb =
        surroundings.last == word || ["wir", "sie", "zu"].contains(surroundings.previous)
      return isVerb && !maybeParticiple && !isParted && !isReflexive
    default: return true
    }
  }

  private static let titles = WordList.set(
    "herr herrn frau familie dr prof professor doktor könig kaiser papst sankt st")
  private static let reflexives = WordList.set("sich mich dich uns euch")

  private static let words = WordList.set(
    "der die das den dem des ein eine einer eines einem einen kein keine keiner keines keinem keinen "
      + "und oder aber denn sondern doch jedoch sowie als wie wenn weil dass ob obwohl während bevor "
      + "nachdem damit indem sodass falls sobald solange bis seit ich du er sie es wir ihr mich dich "
      + "ihn uns euch ihnen mir dir ihm sich mein dein sein unser euer meine deine seine ihre unsere "
      + "eure dieser diese dieses diesem diesen jener jene jenes welcher welche welches wer was wen wem "
      + "wessen wo wohin woher wann warum wieso weshalb man jemand niemand etwas nichts alle alles "
      + "allen jeder jede jedes jedem jeden mancher manche viel viele wenig wenige mehr mehrere einige "
      + "beide beides selbst selber in im an am auf aus bei beim mit nach von vom vor zu zum zur über "
      + "unter hinter neben zwischen durch für gegen ohne um ab außer trotz wegen statt entlang "
      + "gegenüber innerhalb außerhalb ins ans sein bin bist ist sind seid war waren gewesen haben habe "
      + "hast hat hatte hatten gehabt werden werde wirst wird wurde wurden geworden worden können kann "
      + "konnte müssen muss musste sollen soll sollte wollen will wollte dürfen darf durfte mögen mag "
      + "möchte lassen lässt ließ tun machen gehen kommen geben nehmen stehen liegen sitzen stellen "
      + "setzen legen halten nicht nie nur auch noch schon sehr so zu ganz gar eben mal ja nein bitte "
      + "danke hier da dort dann nun jetzt heute morgen gestern immer wieder bald damals einmal zweimal "
      + "dreimal daher deshalb deswegen darum außerdem zudem dabei dazu daran darauf davon dafür "
      + "dagegen damit danach davor hin her links rechts oben unten vorn hinten erst gleich eins zwei "
      + "drei vier fünf sechs sieben acht neun zehn elf zwölf hundert tausend gut besser gern lieber "
      + "rot blau grün gelb schwarz weiß braun grau allein weder noch entweder sogar etwa fast kaum "
      + "einander je desto umso einfach ziemlich genug zuerst zuletzt niemals nimmer endlich wohl eigentlich "
      + "überhaupt anders andere anderer anderes anderen irgend selten öfter meist getan solch keinerlei vielerlei allerlei mittels langen reichen"
  )
}
