import CLibXML2
import Records
import Stages

/// The parts of one element as an object.
enum XMLFields {
  /// The text under each wanted path, or every child and attribute where none is wanted.
  ///
  /// A path is `title`, `authors/name`, `@id`, `answer/@lang`, or `.` for the element's own text.
  /// Texts of several elements of one path are joined by newlines.
  static func object(
    of node: xmlNodePtr, _ fields: [String], at source: Source
  ) throws(StageError) -> JSONObject {
    var object = JSONObject()
    if fields.isEmpty {
      for (name, text) in attributes(of: node) { object["@\(name)"] = .string(text) }
      for child in children(of: node) {
        append(try text(of: child, at: source), to: &object, under: name(of: child))
      }
      // An element that holds text alone is its text.
      if object.isEmpty { object["text"] = .string(try text(of: node, at: source)) }
      return object
    }
    for field in fields {
      let parts = field.split(separator: "/").map(String.init)
      for text in try texts(of: node, parts[...], at: source) {
        append(text, to: &object, under: field)
      }
    }
    return object
  }

  private static func append(_ text: String, to object: inout JSONObject, under key: String) {
    object[key] = .string(object[key]?.string.map { "\($0)\n\(text)" } ?? text)
  }

  private static func texts(
    of node: xmlNodePtr, _ path: ArraySlice<String>, at source: Source
  ) throws(StageError) -> [String] {
    guard let part = path.first, part != "." else { return [try text(of: node, at: source)] }
    if part.hasPrefix("@") {
      return attributes(of: node).filter { "@\($0.0)" == part }.map(\.1)
    }
    var found: [String] = []
    for child in children(of: node) where part == "*" || name(of: child) == part {
      found += try texts(of: child, path.dropFirst(), at: source)
    }
    return found
  }

  private static func name(of node: xmlNodePtr) -> String { String(cString: node.pointee.name) }

  private static func children(of node: xmlNodePtr) -> [xmlNodePtr] {
    siblings(node.pointee.children).filter { $0.pointee.type == XML_ELEMENT_NODE }
  }

  private static func siblings(_ first: xmlNodePtr?) -> [xmlNodePtr] {
    Array(
      sequence(state: first) { node in
        defer { node = node?.pointee.next }
        return node
      })
  }

  private static func attributes(of node: xmlNodePtr) -> [(String, String)] {
    var attributes: [(String, String)] = []
    var attribute = node.pointee.properties
    while let current = attribute {
      let name = String(cString: current.pointee.name)
      let parts = siblings(current.pointee.children).compactMap { $0.pointee.content }
      attributes.append((name, parts.map { String(cString: $0) }.joined()))
      attribute = current.pointee.next
    }
    return attributes
  }

  /// All text below a node in order; libxml2's limit of depth bounds the recursion.
  private static func text(of node: xmlNodePtr, at source: Source) throws(StageError) -> String {
    var text = ""
    try collect(node, into: &text, source)
    return trimmed(text)
  }

  private static func collect(
    _ node: xmlNodePtr, into text: inout String, _ source: Source
  ) throws(StageError) {
    for child in siblings(node.pointee.children) {
      switch child.pointee.type {
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
        if let content = child.pointee.content { text += String(cString: content) }
      case XML_ELEMENT_NODE: try collect(child, into: &text, source)
      case XML_ENTITY_REF_NODE:
        throw StageError(
          "xml-entities", "the record uses the entity '\(name(of: child))', which nothing defines",
          source: source, remedy: "write the character itself")
      default: break
      }
    }
  }

  /// The text without blanks at its ends, which come from indentation.
  private static func trimmed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
