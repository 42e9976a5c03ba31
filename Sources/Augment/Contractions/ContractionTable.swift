/// The English contractions that stand for one thing only, and the words that show that they do.
///
/// Left out: `'s` (is, has, or a possessive) and `'d` (had or would), `ain't`, and contractions of
/// names. After Quirk and others, A Comprehensive Grammar of the English Language, 1985, chapter 3.
enum ContractionTable {
  /// Negated auxiliaries: `don't` is `do not`.
  static let negations: [String: String] = {
    var table = ["can't": "cannot", "won't": "will not", "shan't": "shall not"]
    for verb in words("do does did is are was were has have had could would should must need might")
    {
      table["\(verb)n't"] = "\(verb) not"
    }
    return table
  }()

  /// Pronouns and auxiliaries: `I'm` is `I am`.
  static let auxiliaries: [String: String] = {
    var table = ["i'm": "i am"]
    let endings = [
      ("re", "are", "you we they"), ("ve", "have", "i you we they could should would might must"),
      ("ll", "will", "i you he she it we they that"),
    ]
    for (ending, verb, subjects) in endings {
      for subject in words(subjects) { table["\(subject)'\(ending)"] = "\(subject) \(verb)" }
    }
    return table
  }()

  /// What may be contracted, by its words: the negations that people write in any kind of text.
  static let contractable: [String: String] = {
    let rare: Set<String> = ["shan't", "needn't", "mightn't"]
    var table: [String: String] = [:]
    for (short, long) in negations where !rare.contains(short) { table[long] = short }
    for (short, long) in auxiliaries { table[long] = short }
    return table
  }()

  /// Behind a negation, these show a question: `don't you` is not `do not you`.
  static let subjects = words(
    "i you he she it we they there this that these those anyone anybody everyone everybody someone "
      + "somebody anything everything something one people")

  /// Before a negation, these may ask, so that the subject may follow it: `why don't people …`.
  static let questions = words("why how what when where who whom which whose whether")

  /// Verbs that make `Don't …` at a sentence's start a command.
  static let commands = words(
    "add allow ask assume be believe bother buy call change click come cry delete do drink drive eat "
      + "expect explain fall feel fight follow forget get give go hesitate hurry ignore include judge "
      + "keep laugh leave let lie listen look lose make mention mind miss move open panic pay play "
      + "press pull push put read remove repeat run say send share shout show skip sleep speak start "
      + "stay stop take talk tell think throw touch trust try turn use wait walk waste watch wear "
      + "worry write")

  /// Behind `will`, these show that it is not left alone at a clause's end, where it is never short.
  static let verbsBehindWill = words(
    "be have do go come get give take make see find help need try use tell show call keep let ask "
      + "know think work want start stop send buy pay put leave stay wait meet learn become continue"
  )

  /// Behind `have`, these show that it is an auxiliary: `I have a car` is not `I've a car` everywhere.
  static let participles = words(
    "been had done seen made got taken given gone come become found heard tried used learned lost "
      + "never always already just also ever")

  /// Words in -ing that are no verbs: behind `am` and `are` they show nothing.
  static let notGerunds = words(
    "nothing something anything everything king ring thing string spring wing evening morning ceiling "
      + "wedding building sibling darling")

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }
}
