/// What a word of a closed class does to the words beside it.
enum ClosedClass: Int, CaseIterable, Sendable {
  /// a, the, this, some, which: a noun phrase follows.
  case determiner
  /// my, their, whose.
  case possessive
  /// Prepositions: a noun phrase or an -ing form follows.
  case preposition
  /// I, you, we, they: a verb without ending follows.
  case pronounPlural
  /// he, she, it: a verb in -s follows.
  case pronounSingular
  /// me, him, us, nobody: stands where a noun phrase would.
  case pronounObject
  case be
  case have
  /// do, does, did: a verb without ending follows.
  case auxiliary
  /// can, will, should: a verb without ending follows.
  case modal
  /// `to`, before a verb or a noun phrase.
  case to
  case conjunction
  /// what, how, why, when.
  case question
  case number
  /// very, too, more: an adjective or adverb follows.
  case degree
  /// Adverbs so frequent that they tell nothing of what follows: not, also, never, here.
  case adverb
  /// Verbs that live in idioms (get, make, take) or choose what follows (tell, want); never swapped.
  case verb
  /// Other words that are never swapped: colours, days, forms of address.
  case other
}

/// Words that are never swapped and that tell what stands beside them.
enum ClosedWords {
  /// The class of a word in lower case, nil where the word is open to swapping.
  static func classOf(_ word: String) -> ClosedClass? { classes[word] }

  private static let classes: [String: ClosedClass] = {
    var classes: [String: ClosedClass] = [:]
    for (kind, words) in lists {
      for word in words.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
        classes[String(word)] = kind
      }
    }
    return classes
  }()

  private static let lists: [(ClosedClass, String)] = [
    (.other, others), (.verb, verbs), (.adverb, adverbs), (.number, numbers),
    (.degree, "very too more most less least quite rather so as how enough pretty fairly little"),
    (.preposition, prepositions),
    (
      .conjunction,
      "and or but nor yet if because although though while unless whereas than versus vs"
    ),
    (.question, "what why when where who whom whatever whenever wherever whoever"),
    (
      .determiner,
      "a an the this that these those some any each every no all both either neither another other "
        + "such which much many few several certain same own half"
    ),
    (.possessive, "my your his her its our their whose"),
    (.pronounPlural, "i you we they ye"),
    (.pronounSingular, "he she it there this that one someone somebody anyone everyone nobody"),
    (
      .pronounObject,
      "me him us them myself yourself himself herself itself ourselves yourselves themselves mine "
        + "yours hers ours theirs something anything everything nothing none everybody anybody each "
        + "other"
    ),
    (.determiner, "this that"),
    (.be, "be am is are was were been being isn't aren't wasn't weren't"),
    (.have, "have has had having haven't hasn't hadn't"),
    (.auxiliary, "do does did don't doesn't didn't please"),
    (
      .modal,
      "can could will would shall should may might must cannot can't couldn't won't wouldn't "
        + "shouldn't mustn't ought let's"
    ),
    (.to, "to"),
  ]

  private static let prepositions =
    "of in on at by for with about against between into through during before after above below "
    + "from up down out off over under onto upon toward towards within without across along around "
    + "behind beyond near since till until via per despite except like unlike among amongst amid "
    + "beside besides inside outside throughout according regarding concerning including following"

  private static let adverbs =
    "not never n't also even still just only again ever always already now then here well away back "
    + "far later soon ago almost maybe perhaps however therefore thus hence instead otherwise "
    + "together apart else once twice yes ok okay etc alone long ahead aside forth first last"

  private static let numbers =
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    + "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    + "hundred thousand million billion trillion dozen second third fourth fifth sixth seventh "
    + "eighth ninth tenth grand"

  private static let verbs =
    "get gets getting got gotten make makes making made take takes taking took taken go goes going "
    + "gone went come comes coming came give gives giving gave given put puts putting set sets "
    + "setting keep keeps keeping kept let lets letting tell tells telling told say says saying "
    + "said want wants wanted wanting seem seems seemed like likes liked liking need needs needed "
    + "know knows knew known see sees saw seen seeing look looks looked looking think thinks "
    + "thinking mean means meant become becomes became becoming turn turns turned turning run runs "
    + "ran running call calls called calling hold holds held holding bring brings brought bringing "
    + "stand stands stood standing fall falls fell fallen falling lay lays laid laying lie lies "
    + "lying lay lain show shown found doing done does help helps helped helping ask asks asked asking answer "
    + "answers answered answering"

  private static let others =
    "red blue green yellow brown black white gray grey pink purple orange golden monday tuesday "
    + "wednesday thursday friday saturday sunday january february march april june july august "
    + "september october november december mr mrs ms dr prof sir madam mister miss am pm ad bc god "
    + "lord jesus christ christian muslim jew english french german spanish chinese japanese people "
    + "man men woman women boy boys girl girls mother father son daughter brother sister north "
    + "south east west way ways thing things lot lots kind kinds sort sorts bit matter case cases "
    + "time times day days year years hour hours minute minutes seconds week weeks month months "
    + "gay gays homosexual homosexuals lesbian disabled disability disabilities handicap "
    + "handicaps handicapped crippled retarded native natives "
    + "negro negroes indian indians oriental race races queer hello hi dear thanks thank sorry goodbye welcome true false null"
}

/// Given names that are also common words: capitalised, they are names even at a sentence's start.
enum GivenNames {
  static func contains(_ word: String) -> Bool { names.contains(word) }

  private static let names: Set<String> = Set(
    ("john jack mike harry jimmy bill mark rob sue will grace hope faith joy frank dick pat art drew "
      + "chase hunter mason carol dawn rose ruby amber april may june august iris lily daisy violet "
      + "olive ivy crystal pearl jade gene grant miles wade dean earl duke norm nick rusty sandy ray "
      + "guy victor max randy rich buck chip cliff clay dale glen heath lance pierce reed ward woody "
      + "charity prudence patience heather holly ginger penny robin jean josh jerry lee carter parker "
      + "tucker baker cooper taylor tyler walker porter fisher sawyer skip rex roger sterling stone "
      + "summer tab teddy tommy tony trey van bob rod gus hank josephine barb bea cat claire dot eve")
      .split(separator: " ").map(String.init))
}
