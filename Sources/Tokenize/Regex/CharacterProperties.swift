/// The sets behind `\p{…}`, `\w` and their like, as Hugging Face's regex engine (Oniguruma) has them.
enum CharacterProperties {
  /// The sets of all values of a property, by number.
  private static func sets(_ runs: String, count: Int) -> [ScalarSet] {
    var ranges = [[ClosedRange<UInt32>]](repeating: [], count: count)
    var place: UInt32 = 0
    for item in UnicodeData.items(runs) {
      ranges[Int(item[1])].append(place...place + item[0] - 1)
      place += item[0]
    }
    return ranges.map { ScalarSet($0) }
  }

  private static func names(_ packed: String) -> [String] {
    packed.split { $0 == " " || $0 == "\n" }.map { normalized(String($0)) }
  }

  private static let categories: [String: ScalarSet] = {
    let names = Self.names(UnicodeData.categories)
    let sets = Self.sets(UnicodeData.categoryRuns, count: names.count)
    var result = Dictionary(uniqueKeysWithValues: zip(names, sets))
    for (name, set) in zip(names, sets) {
      result[String(name.prefix(1)), default: ScalarSet()] =
        result[String(name.prefix(1)), default: ScalarSet()].union(set)
    }
    result["lc"] = (result["lu"] ?? .init()).union(result["ll"] ?? .init())
      .union(result["lt"] ?? .init())
    return result
  }()

  private static let scripts: [String: ScalarSet] = {
    let names = Self.names(UnicodeData.scripts)
    return Dictionary(
      uniqueKeysWithValues: zip(names, Self.sets(UnicodeData.scriptRuns, count: names.count)))
  }()

  private static let alphabetic: ScalarSet = {
    var ranges: [ClosedRange<UInt32>] = []
    var place: UInt32 = 0
    for item in UnicodeData.items(UnicodeData.otherAlphabetic) {
      ranges.append(place + item[0]...place + item[0] + item[1] - 1)
      place += item[0] + item[1]
    }
    return ScalarSet(ranges).union(category("l")).union(category("nl"))
  }()

  private static func category(_ name: String) -> ScalarSet { categories[name] ?? ScalarSet() }

  /// Names are compared without case, spaces, hyphens and underscores.
  private static func normalized(_ name: String) -> String {
    String(decoding: name.utf8.filter { ![0x20, 0x2D, 0x5F].contains($0) }, as: UTF8.self)
      .lowercased()
  }

  /// `\s`.
  static let space = ScalarSet([
    0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A,
    0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
  ])
  /// `\d`.
  static let digit = category("nd")
  /// `[[:word:]]`.
  private static let plainWord =
    alphabetic.union(category("m")).union(category("nd")).union(category("pc"))
  /// `\w`, which has the small digits and fractions of Latin-1 too: ² ³ ¹ ¼ ½ ¾.
  static let word = plainWord.union(ScalarSet([0xB2...0xB3, 0xB9...0xB9, 0xBC...0xBE]))
  /// `\h`.
  static let hexadecimal = ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])

  private static let longNames = [
    "letter": "l", "uppercaseletter": "lu", "lowercaseletter": "ll", "titlecaseletter": "lt",
    "modifierletter": "lm", "otherletter": "lo", "mark": "m", "nonspacingmark": "mn",
    "spacingmark": "mc", "enclosingmark": "me", "number": "n", "decimalnumber": "nd",
    "letternumber": "nl", "othernumber": "no", "punctuation": "p", "connectorpunctuation": "pc",
    "dashpunctuation": "pd", "openpunctuation": "ps", "closepunctuation": "pe",
    "initialpunctuation": "pi", "finalpunctuation": "pf", "otherpunctuation": "po", "symbol": "s",
    "mathsymbol": "sm", "currencysymbol": "sc", "modifiersymbol": "sk", "othersymbol": "so",
    "separator": "z", "spaceseparator": "zs", "lineseparator": "zl", "paragraphseparator": "zp",
    "other": "c", "control": "cc", "format": "cf", "privateuse": "co", "unassigned": "cn",
    "casedletter": "lc",
  ]

  /// Capitals that are no letters: Roman numerals, and letters in circles and squares.
  private static let upper = category("lu").union(
    ScalarSet([
      0x2160...0x216F, 0x24B6...0x24CF, 0x1F130...0x1F149, 0x1F150...0x1F169, 0x1F170...0x1F189,
    ]))

  /// Small letters, with ordinals, raised letters and the like, which Unicode counts among others.
  private static let lower = category("ll").union(
    ScalarSet([
      0xAA...0xAA, 0xBA...0xBA, 0x2B0...0x2B8, 0x2C0...0x2C1, 0x2E0...0x2E4, 0x345...0x345,
      0x37A...0x37A, 0x10FC...0x10FC, 0x1D2C...0x1D6A, 0x1D78...0x1D78, 0x1D9B...0x1DBF,
      0x2071...0x2071, 0x207F...0x207F, 0x2090...0x209C, 0x2170...0x217F, 0x24D0...0x24E9,
      0x2C7C...0x2C7D, 0xA69C...0xA69D, 0xA770...0xA770, 0xA7F2...0xA7F4, 0xA7F8...0xA7F9,
      0xAB5C...0xAB5F, 0xAB69...0xAB69, 0x10780...0x10780, 0x10783...0x10785, 0x10787...0x107B0,
      0x107B2...0x107BA, 0x1E030...0x1E06D,
    ]))

  /// What is printed, white space apart.
  private static let graph =
    space.union(category("cc")).union(category("cn")).union(category("cs")).inverted

  /// The set of a name in `\p{…}` or `[[:…:]]`, or nil.
  /// - Parameter isBracket: Whether the name stands in brackets, where two of them mean other sets.
  static func named(_ name: String, isBracket: Bool = false) -> ScalarSet? {
    let name = normalized(name)
    if let set = categories[longNames[name] ?? name] ?? scripts[name] { return set }
    switch name {
    case "any": return .all
    case "ascii": return ScalarSet([0...0x7F])
    case "assigned": return category("cn").inverted
    case "alphabetic", "alpha": return alphabetic
    case "alnum": return alphabetic.union(digit)
    case "digit": return digit
    case "space", "whitespace": return space
    case "blank": return category("zs").union(ScalarSet(0x09))
    case "cntrl": return category("cc")
    case "graph": return graph
    case "print": return graph.union(category("zs"))
    case "punct": return isBracket ? category("p").union(category("s")) : category("p")
    case "xdigit": return hexadecimal
    case "word": return isBracket ? plainWord : word
    case "lower", "lowercase": return lower
    case "upper", "uppercase": return upper
    default: return nil
    }
  }
}
