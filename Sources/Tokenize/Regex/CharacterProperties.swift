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
  /// `\w`.
  static let word = alphabetic.union(category("m")).union(category("nd")).union(category("pc"))
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

  /// The set of a name in `\p{…}` or `[[:…:]]`, or nil.
  static func named(_ name: String) -> ScalarSet? {
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
    case "cntrl": return category("c")
    case "punct": return category("p").union(category("s"))
    case "xdigit": return hexadecimal
    case "word": return word
    case "lower", "lowercase": return category("ll")
    case "upper", "uppercase": return category("lu")
    default: return nil
    }
  }
}
