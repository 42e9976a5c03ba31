/// Names parts of an element, a part of XPath.
///
/// `title`, `authors/name`, `@id`, `.//p`, `body//title`, `.`, `text()`, with conditions such as
/// `item[1]`, `item[@lang='en']`, `item[name]`, `item[not(name)]` and `item[ns='0']`; several paths
/// divided by `|` are all taken; what stands behind `??` is the value where nothing is found.
struct XMLPath: Sendable, Hashable {
  /// One part between slashes.
  struct Step: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
      case child
      case descendant
      case attribute
      case itself
      /// The texts that lie directly in the element.
      case text
    }

    var kind: Kind
    /// The local name; `*` is any.
    var name: String
    var conditions: [Condition] = []
  }

  /// What an element must fulfil to be taken.
  indirect enum Condition: Sendable, Hashable {
    /// Its place among those of the step, counted from 1.
    case position(Int)
    /// It has a part of this path.
    case has([Step])
    /// The text of a part.
    case equals([Step], String)
    case not(Condition)
  }

  /// Paths that are all taken, in the order of the first.
  let paths: [[Step]]
  /// The value where none finds anything.
  let fallback: String?

  /// Reads a path; nil where it is not of the kinds above.
  init?(_ text: String) {
    var parser = XMLPathParser(text)
    guard let paths = parser.paths() else { return nil }
    self.paths = paths
    fallback = parser.fallback()
    guard parser.isAtEnd || fallback != nil else { return nil }
  }
}

/// Reads paths from left to right.
struct XMLPathParser {
  private let bytes: [UInt8]
  private var place = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { place == bytes.count }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ text: String) -> Bool {
    guard bytes[place...].starts(with: text.utf8) else { return false }
    place += text.utf8.count
    return true
  }

  private mutating func skipBlanks() {
    while next == UInt8(ascii: " ") { place += 1 }
  }

  /// Paths divided by bars.
  mutating func paths() -> [[XMLPath.Step]]? {
    var paths: [[XMLPath.Step]] = []
    repeat {
      skipBlanks()
      guard let steps = steps() else { return nil }
      paths.append(steps)
      skipBlanks()
    } while take("|")
    return paths
  }

  /// What stands behind `??`, with or without quotes.
  mutating func fallback() -> String? {
    skipBlanks()
    guard take("??") else { return nil }
    skipBlanks()
    if let text = quoted() { return isAtEnd ? text : nil }
    defer { place = bytes.count }
    return String(decoding: bytes[place...], as: UTF8.self)
  }

  private mutating func quoted() -> String? {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
      let end = bytes[(place + 1)...].firstIndex(of: quote)
    else { return nil }
    defer { place = end + 1 }
    return String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
  }

  /// Steps divided by slashes.
  mutating func steps() -> [XMLPath.Step]? {
    var steps: [XMLPath.Step] = []
    var kind: XMLPath.Step.Kind = take("//") ? .descendant : .child
    while true {
      guard let step = step(kind) else { return nil }
      steps.append(step)
      if take("//") {
        kind = .descendant
      } else if take("/") {
        kind = .child
      } else {
        return steps
      }
    }
  }

  private mutating func step(_ kind: XMLPath.Step.Kind) -> XMLPath.Step? {
    if take("text()") { return XMLPath.Step(kind: .text, name: "*") }
    if take(".") { return XMLPath.Step(kind: .itself, name: "*") }
    let isAttribute = take("@")
    guard let name = name() else { return nil }
    var step = XMLPath.Step(kind: isAttribute ? .attribute : kind, name: name)
    while take("[") {
      guard let condition = condition(), take("]") else { return nil }
      step.conditions.append(condition)
    }
    return step
  }

  /// A name; the prefix of a namespace does not count.
  private mutating func name() -> String? {
    if take("*") { return "*" }
    let start = place
    while let byte = next, byte.isXMLNameByte { place += 1 }
    let name = String(decoding: bytes[start..<place], as: UTF8.self)
    if name.isEmpty { return nil }
    return take(":") ? self.name() : name
  }

  private mutating func condition() -> XMLPath.Condition? {
    if take("not(") {
      guard let inner = condition(), take(")") else { return nil }
      return .not(inner)
    }
    if let byte = next, (0x30...0x39).contains(byte) {
      let start = place
      while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
      return Int(String(decoding: bytes[start..<place], as: UTF8.self)).map { .position($0) }
    }
    guard let steps = steps() else { return nil }
    skipBlanks()
    guard take("=") else { return .has(steps) }
    skipBlanks()
    return quoted().map { .equals(steps, $0) }
  }
}

extension UInt8 {
  fileprivate var isXMLNameByte: Bool {
    self >= 0x80 || (0x30...0x39).contains(self) || (0x61...0x7A).contains(self | 0x20)
      || self == UInt8(ascii: "_") || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
  }
}
