public import Records

/// A type that a parameter of a stage, method, objective or metric can have.
public protocol ParameterValue: Sendable {
  /// What a person calls the type: "integer", "list of text".
  static var typeName: String { get }
  /// Reads a value.
  /// - Throws: `Diagnostic` that says what was expected.
  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Self
  /// The value as it is written in a lock file and hashed into fingerprints.
  var encoded: JSONValue { get }
}

extension ConfigurationNode {
  /// A complaint that this node is not of a type.
  public func mismatch(_ expected: String) -> Diagnostic {
    Diagnostic("expected \(expected), found \(kindName)", place: place)
  }

  /// The text of a scalar.
  func scalar(as expected: String) throws(Diagnostic) -> String {
    guard case .scalar(let text, _) = value else { throw mismatch(expected) }
    return text
  }
}

extension String: ParameterValue {
  /// What a person calls the type.
  public static var typeName: String { "text" }
  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> String {
    try node.scalar(as: typeName)
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue { .string(self) }
}

extension Int: ParameterValue {
  /// What a person calls the type.
  public static var typeName: String { "integer" }
  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Int {
    let text = try node.scalar(as: typeName)
    // People write 10_000 and 1e4.
    if let value = Int(text.filter { $0 != "_" }) { return value }
    guard let real = Double(text), let value = Int(exactly: real) else {
      throw node.mismatch(typeName)
    }
    return value
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue { .integer(self) }
}

extension Double: ParameterValue {
  /// What a person calls the type.
  public static var typeName: String { "number" }
  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Double {
    guard let value = Double(try node.scalar(as: typeName)), value.isFinite else {
      throw node.mismatch(typeName)
    }
    return value
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue { .real(self) }
}

extension Bool: ParameterValue {
  /// What a person calls the type.
  public static var typeName: String { "true or false" }
  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Bool {
    switch try node.scalar(as: typeName).lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw node.mismatch(typeName)
    }
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue { .bool(self) }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
  /// What a person calls the type.
  public static var typeName: String { Wrapped.typeName }
  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Wrapped? {
    if node.value == .null { return nil }
    if case .scalar("none", quoted: false) = node.value { return nil }
    return try Wrapped.decode(node)
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue { map(\.encoded) ?? .null }
}

extension Array: ParameterValue where Element: ParameterValue {
  /// What a person calls the type.
  public static var typeName: String { "list of \(Element.typeName)" }
  /// A single value stands for a list of one.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> [Element] {
    guard case .list(let nodes) = node.value else { return [try Element.decode(node)] }
    var elements: [Element] = []
    for node in nodes { elements.append(try Element.decode(node)) }
    return elements
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue { .array(map(\.encoded)) }
}

extension Selector: ParameterValue {
  /// What a person calls the type.
  public static var typeName: String { "selector" }
  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Selector {
    let text = try node.scalar(as: typeName)
    guard let selector = Selector(text) else {
      throw Diagnostic(
        "'\(text)' selects nothing", place: node.place,
        remedy: "write text, label, instruction, input, output, messages[user].content, "
          + "metadata.KEY or all")
    }
    return selector
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue { .string(description) }
}

/// A path, resolved against the folder of the file it is written in.
public struct PathValue: ParameterValue, Hashable {
  /// The path as written.
  public let written: String
  /// The folder it resolves against.
  public let base: String

  /// A path written in a folder.
  public init(_ written: String, base: String) {
    self.written = written
    self.base = base
  }

  /// The absolute path, or the URL or `-` as written.
  public var resolved: String {
    if written == "-" || written.contains("://") || written.hasPrefix("/") { return written }
    if written.hasPrefix("~/") { return FilePaths.home + written.dropFirst(1) }
    return FilePaths.join(base, written)
  }

  /// What a person calls the type.
  public static var typeName: String { "path" }
  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> PathValue {
    let text = try node.scalar(as: typeName)
    guard !text.isEmpty else { throw Diagnostic("a path is empty", place: node.place) }
    return PathValue(text, base: node.base)
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue { .string(resolved) }
}

/// Keys and texts in the order written, such as `fields: {text: medical_abstract}`.
public struct TextMap: ParameterValue, Hashable {
  /// One key and its text.
  public struct Entry: Sendable, Hashable {
    /// The key.
    public let key: String
    /// The text.
    public let text: String
  }

  /// The entries as written.
  public let entries: [Entry]

  /// Entries in order.
  public init(_ entries: [(String, String)] = []) {
    self.entries = entries.map { Entry(key: $0.0, text: $0.1) }
  }

  /// The text under a key.
  public subscript(key: String) -> String? { entries.first { $0.key == key }?.text }

  /// What a person calls the type.
  public static var typeName: String { "map of text" }
  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> TextMap {
    guard let entries = node.entries else { throw node.mismatch(typeName) }
    var pairs: [(String, String)] = []
    for entry in entries { pairs.append((entry.key, try String.decode(entry.node))) }
    return TextMap(pairs)
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue {
    .object(JSONObject(entries.map { ($0.key, .string($0.text)) }))
  }
}

/// An enumeration whose raw values are the words a user writes.
public protocol ChoiceValue: ParameterValue, RawRepresentable, CaseIterable
where RawValue == String {}

extension ChoiceValue {
  /// The words, as a person lists them.
  public static var typeName: String { allCases.map(\.rawValue).joined(separator: "|") }
  /// Reads one of the words.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Self {
    let text = try node.scalar(as: typeName)
    guard let value = Self(rawValue: text) else {
      throw Diagnostic(
        "'\(text)' is none of the choices", place: node.place,
        remedy: Suggestion.remedy(for: text, among: allCases.map(\.rawValue)))
    }
    return value
  }
  /// The word.
  public var encoded: JSONValue { .string(rawValue) }
}
