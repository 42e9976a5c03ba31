/// Reads regular expressions in Oniguruma's Ruby syntax, as Hugging Face's files have them.
///
/// Back references and calls are refused; captures group only, because nothing asks for their text.
struct RegexParser {
  private let scalars: [Unicode.Scalar]
  private var place = 0
  /// What `(?i)`, `(?m)` and `(?x)` have switched on.
  private var flags = Flags()
  private var depth = 0

  private struct Flags {
    var ignoresCase = false
    var dotMatchesNewline = false
    var isExtended = false
  }

  /// Groups within groups, at most.
  private static let deepest = 200
  /// The largest count of a repetition.
  private static let mostRepetitions = 1000

  private init(_ expression: String) { scalars = Array(expression.unicodeScalars) }

  /// The tree of an expression.
  static func parse(_ expression: String) throws(RegexError) -> RegexNode {
    var parser = RegexParser(expression)
    let node = try parser.alternation()
    guard parser.place == parser.scalars.count else { throw RegexError("a ')' closes nothing") }
    return node
  }

  private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[place...].starts(with: wanted) else { return false }
    place += wanted.count
    return true
  }

  private mutating func takeScalar() throws(RegexError) -> Unicode.Scalar {
    guard let scalar = next else { throw RegexError("the expression ends too early") }
    place += 1
    return scalar
  }

  private mutating func alternation() throws(RegexError) -> RegexNode {
    let outer = flags
    defer { flags = outer }
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .alternation(parts)
  }

  private mutating func sequence() throws(RegexError) -> RegexNode {
    var parts: [RegexNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      if flags.isExtended, skipsExtended(scalar) { continue }
      guard let atom = try atom() else { continue }
      parts.append(try repeated(atom))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  /// Skips white space and comments of the extended form.
  private mutating func skipsExtended(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "#" {
      while let scalar = next, scalar != "\n" { place += 1 }
      return true
    }
    guard CharacterProperties.space.contains(scalar.value) else { return false }
    place += 1
    return true
  }

  private mutating func atom() throws(RegexError) -> RegexNode? {
    let scalar = try takeScalar()
    switch scalar {
    case "(": return try group()
    case "[": return .set(try set())
    case ".": return .set(flags.dotMatchesNewline ? .all : ScalarSet(0x0A).inverted)
    case "^": return .assertion(.lineStart)
    case "$": return .assertion(.lineEnd)
    case "\\": return try escaped()
    case "*", "+", "?": throw RegexError("a repetition repeats nothing")
    default: return literal(scalar)
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> RegexNode {
    .set(
      flags.ignoresCase ? CaseFolding.closure(of: ScalarSet(scalar.value)) : ScalarSet(scalar.value)
    )
  }

  private mutating func repeated(_ atom: RegexNode) throws(RegexError) -> RegexNode {
    var node = atom
    while let scalar = next {
      var bounds: (least: Int, most: Int?)
      let isInterval = scalar == "{"
      switch scalar {
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "?": bounds = (0, 1)
      case "{":
        guard let found = try interval() else { return node }
        bounds = found
      default: return node
      }
      if !isInterval { place += 1 }
      var kind = RepetitionKind.greedy
      if take("?") {
        kind = .lazy
      } else if !isInterval, take("+") {
        kind = .possessive
      }
      node = .repetition(node, least: bounds.least, most: bounds.most, kind)
    }
    return node
  }

  /// `{2}`, `{2,}`, `{,3}` or `{2,3}`; nil, and nothing read, for a brace that stands for itself.
  private mutating func interval() throws(RegexError) -> (least: Int, most: Int?)? {
    let start = place
    place += 1
    let least = number()
    let hasComma = take(",")
    let most = hasComma ? number() : least
    guard take("}"), least != nil || most != nil else {
      place = start
      return nil
    }
    let bounds = (least: least ?? 0, most: most)
    guard max(bounds.least, bounds.most ?? 0) <= Self.mostRepetitions else {
      throw RegexError("something is repeated more than \(Self.mostRepetitions) times")
    }
    guard bounds.least <= bounds.most ?? .max else {
      throw RegexError("the bounds of a repetition stand in the wrong order")
    }
    return bounds
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = next, ("0"..."9").contains(scalar), value ?? 0 < 100_000 {
      value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
      place += 1
    }
    return value
  }

  private mutating func group() throws(RegexError) -> RegexNode? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw RegexError("groups lie too deep in one another") }
    if take("?#") {
      while let scalar = next, scalar != ")" { place += 1 }
      return try closed(nil)
    }
    guard take("?") else { return try closed(alternation()) }
    if take(":") { return try closed(alternation()) }
    if take("=") { return try closed(.look(alternation(), ahead: true, negated: false)) }
    if take("!") { return try closed(.look(alternation(), ahead: true, negated: true)) }
    if take("<=") { return try closed(behind(negated: false)) }
    if take("<!") { return try closed(behind(negated: true)) }
    if take(">") { return try closed(.atomic(alternation())) }
    if take("<") || take("P<") || take("'") {
      while let scalar = next, scalar != ">", scalar != "'" { place += 1 }
      _ = try takeScalar()
      return try closed(alternation())
    }
    return try flagGroup()
  }

  private mutating func closed(_ node: RegexNode?) throws(RegexError) -> RegexNode? {
    guard take(")") else { throw RegexError("a '(' is not closed") }
    return node
  }

  private mutating func behind(negated: Bool) throws(RegexError) -> RegexNode {
    let node = try alternation()
    guard node.lengths != nil else { throw RegexError("a look behind has no bound") }
    return .look(node, ahead: false, negated: negated)
  }

  /// `(?im-x:…)`, or `(?i)` for the rest of the group around.
  private mutating func flagGroup() throws(RegexError) -> RegexNode? {
    let outer = flags
    var isOn = true
    while true {
      switch try takeScalar() {
      case "i": flags.ignoresCase = isOn
      case "m": flags.dotMatchesNewline = isOn
      case "x": flags.isExtended = isOn
      case "-": isOn = false
      case ")":
        // What follows, alternatives included, is under the new flags.
        return try alternation()
      case ":":
        let node = try alternation()
        flags = outer
        return try closed(node)
      default: throw RegexError("a group of the form (?\u{2026} is not known")
      }
    }
  }

  private mutating func escaped() throws(RegexError) -> RegexNode {
    let scalar = try takeScalar()
    switch scalar {
    case "A": return .assertion(.textStart)
    case "z": return .assertion(.textEnd)
    case "Z": return .assertion(.lastLineEnd)
    case "b": return .assertion(.wordBoundary)
    case "B": return .assertion(.noWordBoundary)
    case "R":
      let breaks = ScalarSet([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])
      return .atomic(
        .alternation([.sequence([.set(ScalarSet(0x0D)), .set(ScalarSet(0x0A))]), .set(breaks)]))
    case "1"..."9", "k", "g", "G", "K", "X":
      throw RegexError("\\\(scalar) is not supported")
    default:
      if let set = try classEscape(scalar) { return .set(set) }
      return literal(try characterEscape(scalar))
    }
  }

  /// The set of `\s`, `\p{…}` and their like; nil for other escapes.
  private mutating func classEscape(_ scalar: Unicode.Scalar) throws(RegexError) -> ScalarSet? {
    switch scalar {
    case "s": return CharacterProperties.space
    case "S": return CharacterProperties.space.inverted
    case "d": return CharacterProperties.digit
    case "D": return CharacterProperties.digit.inverted
    case "w": return CharacterProperties.word
    case "W": return CharacterProperties.word.inverted
    case "h": return CharacterProperties.hexadecimal
    case "H": return CharacterProperties.hexadecimal.inverted
    case "p", "P": return try property(negated: scalar == "P")
    default: return nil
    }
  }

  private mutating func property(negated: Bool) throws(RegexError) -> ScalarSet {
    var negated = negated
    var name = ""
    if take("{") {
      if take("^") { negated.toggle() }
      while let scalar = next, scalar != "}" {
        name.unicodeScalars.append(scalar)
        place += 1
      }
      guard take("}") else { throw RegexError("a '{' is not closed") }
    } else {
      name.unicodeScalars.append(try takeScalar())
    }
    guard let set = CharacterProperties.named(name) else {
      throw RegexError("the property '\(name)' is not known")
    }
    return negated ? set.inverted : set
  }

  private mutating func characterEscape(
    _ scalar: Unicode.Scalar
  ) throws(RegexError) -> Unicode.Scalar {
    switch scalar {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "f": return "\u{C}"
    case "v": return "\u{B}"
    case "a": return "\u{7}"
    case "e": return "\u{1B}"
    case "0": return "\0"
    case "u": return try hexadecimal(most: 4)
    case "x":
      guard take("{") else { return try hexadecimal(most: 2) }
      let value = try hexadecimal(most: 8)
      guard take("}") else { throw RegexError("a '{' is not closed") }
      return value
    default: return scalar
    }
  }

  private mutating func hexadecimal(most: Int) throws(RegexError) -> Unicode.Scalar {
    var value: UInt32 = 0
    var count = 0
    while count < most, let scalar = next, let number = UInt32(String(scalar), radix: 16) {
      value = value << 4 | number
      place += 1
      count += 1
    }
    guard count > 0, let scalar = Unicode.Scalar(value) else {
      throw RegexError("an escape has no character's number")
    }
    return scalar
  }
}

extension RegexParser {
  /// The rest of a `[…]`, intersections with `&&` included.
  private mutating func set() throws(RegexError) -> ScalarSet {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw RegexError("sets lie too deep in one another") }
    let isNegated = take("^")
    var all: ScalarSet?
    var part = ScalarSet()
    var isFirst = true
    while true {
      guard next != nil else { throw RegexError("a '[' is not closed") }
      if !isFirst, take("]") { break }
      if take("&&") {
        all = all?.intersection(part) ?? part
        part = ScalarSet()
      } else {
        part = part.union(try setItem())
      }
      isFirst = false
    }
    var result = all?.intersection(part) ?? part
    if flags.ignoresCase { result = CaseFolding.closure(of: result) }
    return isNegated ? result.inverted : result
  }

  private mutating func setItem() throws(RegexError) -> ScalarSet {
    if take("[:") { return try bracketName() }
    let scalar = try takeScalar()
    if scalar == "[" { return try set() }
    var first = scalar
    if scalar == "\\" {
      let escape = try takeScalar()
      if let set = try classEscape(escape) { return set }
      first = escape == "b" ? "\u{8}" : try characterEscape(escape)
    }
    guard next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" else {
      return ScalarSet(first.value)
    }
    let dash = place
    place += 1
    var last = try takeScalar()
    if last == "[" {
      place = dash
      return ScalarSet(first.value)
    }
    if last == "\\" {
      let escape = try takeScalar()
      if try classEscape(escape) != nil {
        place = dash
        return ScalarSet(first.value)
      }
      last = try characterEscape(escape)
    }
    guard first <= last else { throw RegexError("a range of a set stands in the wrong order") }
    return ScalarSet([first.value...last.value])
  }

  /// `[:alpha:]` and its like, after the colon.
  private mutating func bracketName() throws(RegexError) -> ScalarSet {
    let isNegated = take("^")
    var name = ""
    while let scalar = next, scalar != ":" {
      name.unicodeScalars.append(scalar)
      place += 1
    }
    guard take(":]"), let set = CharacterProperties.named(name, isBracket: true) else {
      throw RegexError("the bracket class '\(name)' is not known")
    }
    return isNegated ? set.inverted : set
  }
}

/// Which scalars differ in case alone.
enum CaseFolding {
  /// A set with all that differs from its members in case alone.
  static func closure(of set: ScalarSet) -> ScalarSet {
    var found: [ClosedRange<UInt32>] = []
    for (lower, variants) in variants {
      let all = [lower] + variants
      if all.contains(where: set.contains) { found += all.map { $0...$0 } }
    }
    return set.union(ScalarSet(found))
  }

  /// The scalars that fold to each lower-case scalar.
  private static let variants: [UInt32: [UInt32]] = {
    var result: [UInt32: [UInt32]] = [:]
    for entry in UnicodeData.mapping(UnicodeData.lowercase) where entry.scalars.count == 1 {
      result[entry.scalars[entry.scalars.startIndex], default: []].append(entry.source)
    }
    // Folding knows these besides: the long s and the final sigma.
    result[0x73, default: []].append(0x17F)
    result[0x3C3, default: []].append(0x3C2)
    return result
  }()
}
