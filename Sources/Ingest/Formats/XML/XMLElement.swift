import CLibXML2
import Records
import Stages

/// An element of libxml2's tree, valid while the reader stands on the record it belongs to.
struct XMLElement {
  private let node: xmlNodePtr
  private let source: Source

  init(_ node: xmlNodePtr, at source: Source) {
    self.node = node
    self.source = source
  }

  /// The name without the prefix of its namespace.
  var name: String { String(cString: node.pointee.name) }

  /// The elements that lie directly in it.
  var children: [XMLElement] {
    nodes().filter { $0.pointee.type == XML_ELEMENT_NODE }.map { XMLElement($0, at: source) }
  }

  /// All elements below it, in order.
  var descendants: [XMLElement] { children.flatMap { [$0] + $0.descendants } }

  private func nodes() -> [xmlNodePtr] {
    Array(
      sequence(state: node.pointee.children) { node in
        defer { node = node?.pointee.next }
        return node
      })
  }

  /// Names and values of its attributes.
  var attributes: [(name: String, value: String)] {
    var attributes: [(name: String, value: String)] = []
    var attribute = node.pointee.properties
    while let current = attribute {
      var parts = ""
      var part = current.pointee.children
      while let text = part {
        if let content = text.pointee.content { parts += String(cString: content) }
        part = text.pointee.next
      }
      attributes.append((String(cString: current.pointee.name), parts))
      attribute = current.pointee.next
    }
    return attributes
  }

  subscript(attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }

  func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  /// The texts that lie directly in it, without blanks at the ends.
  func ownText() throws(StageError) -> String { Self.trimmed(try rawContent()) }

  /// The texts that lie directly in it, with all blanks.
  func rawContent() throws(StageError) -> String {
    var text = ""
    for node in nodes() { text += try Self.content(of: node, source) ?? "" }
    return text
  }

  /// All text below it, without blanks at the ends.
  ///
  /// Where it holds elements and no text between them, each is a line: `<title>` and `<p>` of a
  /// section are two. Elements within text are parts of it. libxml2's limit of depth bounds the
  /// recursion.
  func text() throws(StageError) -> String {
    Self.trimmed(try rawText())
  }

  private func rawText() throws(StageError) -> String {
    let nodes = nodes()
    var parts: [(text: String, isElement: Bool)] = []
    for node in nodes {
      if node.pointee.type == XML_ELEMENT_NODE {
        parts.append((try XMLElement(node, at: source).rawText(), true))
      } else if let content = try Self.content(of: node, source) {
        parts.append((content, false))
      }
    }
    let isMixed = parts.contains { !$0.isElement && !Self.trimmed($0.text).isEmpty }
    if isMixed || parts.count < 2 { return parts.map(\.text).joined() }
    return parts.map { Self.trimmed($0.text) }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private static func content(
    of node: xmlNodePtr, _ source: Source
  ) throws(StageError) -> String? {
    switch node.pointee.type {
    case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
      return node.pointee.content.map { String(cString: $0) }
    case XML_ENTITY_REF_NODE:
      throw StageError(
        "xml-entities",
        "the record uses the entity '\(String(cString: node.pointee.name))', which nothing defines",
        source: source, remedy: "write the character itself")
    default: return nil
    }
  }

  /// The text without blanks at its ends, which come from indentation.
  static func trimmed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  // MARK: - Paths

  /// The texts that steps lead to from here.
  func texts(_ steps: ArraySlice<XMLPath.Step>) throws(StageError) -> [String] {
    guard let step = steps.first else { return [try text()] }
    switch step.kind {
    case .itself: return try texts(steps.dropFirst())
    case .text:
      let own = try ownText()
      return own.isEmpty ? [] : [own]
    case .attribute:
      return attributes.filter { step.name == "*" || $0.name == step.name }.map(\.value)
    case .child, .descendant:
      var found: [String] = []
      for element in try elements(of: step) { found += try element.texts(steps.dropFirst()) }
      return found
    }
  }

  private func elements(of step: XMLPath.Step) throws(StageError) -> [XMLElement] {
    var elements = (step.kind == .child ? children : descendants)
      .filter { step.name == "*" || $0.name == step.name }
    for condition in step.conditions {
      var kept: [XMLElement] = []
      for (index, element) in elements.enumerated() {
        if try element.fulfils(condition, at: index + 1) { kept.append(element) }
      }
      elements = kept
    }
    return elements
  }

  /// Whether a condition holds for the element at a position among its like.
  func fulfils(_ condition: XMLPath.Condition, at position: Int) throws(StageError) -> Bool {
    switch condition {
    case .position(let wanted): return position == wanted
    case .has(let steps): return try !texts(steps[...]).isEmpty
    case .equals(let steps, let text): return try texts(steps[...]).contains(text)
    case .not(let inner): return try !fulfils(inner, at: position)
    }
  }
}
