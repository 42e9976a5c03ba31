/// Verbs whose past is not made with -ed.
enum IrregularVerbs {
  /// The past tense and the past participle of a verb.
  struct Forms: Sendable, Hashable {
    let past: String
    let participle: String
  }

  /// The forms of a verb, by itself or behind a prefix (`overtake`, `rebuild`); nil where it is regular.
  static func forms(of lemma: String) -> Forms? {
    if let forms = table[lemma] { return forms }
    for prefix in prefixes where lemma.hasPrefix(prefix) {
      let stem = String(lemma.dropFirst(prefix.utf8.count))
      if let forms = table[stem], stem.utf8.count > 2 {
        return Forms(past: prefix + forms.past, participle: prefix + forms.participle)
      }
    }
    return nil
  }

  private static let prefixes = [
    "over", "under", "with", "fore", "inter", "mis", "out", "re", "un", "up",
  ]

  private static let table: [String: Forms] = Dictionary(
    verbs.split(separator: ",").map { line in
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
      precondition((2...3).contains(words.count), "an irregular verb is written as \(words)")
      return (words[0], Forms(past: words[1], participle: words.count == 3 ? words[2] : words[1]))
    }, uniquingKeysWith: { first, _ in first })

  /// Base, past and, where it differs, participle.
  private static let verbs =
    "arise arose arisen, awake awoke awoken, be was been, bear bore borne, beat beat beaten, "
    + "become became become, begin began begun, behold beheld, bend bent, beset beset, bet bet, "
    + "bid bid, bind bound, bite bit bitten, bleed bled, blow blew blown, break broke broken, "
    + "breed bred, bring brought, broadcast broadcast, build built, burst burst, buy bought, "
    + "cast cast, catch caught, choose chose chosen, cling clung, come came come, cost cost, "
    + "creep crept, cut cut, deal dealt, dig dug, do did done, draw drew drawn, drink drank drunk, "
    + "drive drove driven, dwell dwelt, eat ate eaten, fall fell fallen, feed fed, feel felt, "
    + "fight fought, find found, flee fled, fling flung, fly flew flown, forbid forbade forbidden, "
    + "forecast forecast, forget forgot forgotten, forgive forgave forgiven, freeze froze frozen, "
    + "get got got, give gave given, go went gone, grind ground, grow grew grown, hang hung, "
    + "have had, hear heard, hide hid hidden, hit hit, hold held, hurt hurt, keep kept, kneel knelt, "
    + "know knew known, lay laid, lead led, leave left, lend lent, let let, lie lay lain, lose lost, "
    + "make made, mean meant, meet met, pay paid, put put, quit quit, read read, rend rent, "
    + "rid rid, ride rode ridden, ring rang rung, rise rose risen, run ran run, say said, "
    + "see saw seen, seek sought, sell sold, send sent, set set, shake shook shaken, shed shed, "
    + "shine shone, shoot shot, show showed shown, shrink shrank shrunk, shut shut, sing sang sung, "
    + "sink sank sunk, sit sat, slay slew slain, sleep slept, slide slid, sling slung, slit slit, "
    + "speak spoke spoken, speed sped, spend spent, spin spun, spit spat, split split, "
    + "spread spread, spring sprang sprung, stand stood, steal stole stolen, stick stuck, "
    + "sting stung, stink stank stunk, stride strode stridden, strike struck, string strung, "
    + "strive strove striven, swear swore sworn, sweep swept, swim swam swum, swing swung, "
    + "take took taken, teach taught, tear tore torn, tell told, think thought, throw threw thrown, "
    + "thrust thrust, tread trod trodden, understand understood, undertake undertook undertaken, "
    + "upset upset, wake woke woken, wear wore worn, weave wove woven, wed wed, weep wept, "
    + "win won, wind wound, wring wrung, write wrote written"
}
