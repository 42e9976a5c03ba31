import Records
import Stages

/// The parts of one element as an object.
struct XMLFields {
  /// Paths of the parts wanted, as written; where there are none, every child and attribute.
  private let fields: [(name: String, path: XMLPath)]

  /// Reads the paths.
  /// - Throws: `invalid-path` naming one that cannot be read.
  init(_ fields: [String], of file: String) throws(StageError) {
    var paths: [(String, XMLPath)] = []
    for field in fields {
      guard let path = XMLPath(field) else {
        throw StageError(
          "invalid-path", "'\(field)' is no path of an element",
          source: Source(file: file, line: 0),
          field: field,
          remedy: "write a path such as title, authors/name, @id, .//p or item[@lang='en'] ?? none")
      }
      paths.append((field, path))
    }
    self.fields = paths
  }

  /// The text under each wanted path; texts of several elements of one path are joined by newlines.
  func object(of element: XMLElement) throws(StageError) -> JSONObject {
    if fields.isEmpty { return try all(of: element) }
    var object = JSONObject()
    for field in fields {
      for path in field.path.paths {
        for text in try element.texts(path[...]) {
          Self.append(text, to: &object, under: field.name)
        }
      }
      if object[field.name] == nil, let fallback = field.path.fallback {
        object[field.name] = .string(fallback)
      }
    }
    return object
  }

  private func all(of element: XMLElement) throws(StageError) -> JSONObject {
    var object = JSONObject()
    for (name, text) in element.attributes { object["@\(name)"] = .string(text) }
    for child in element.children {
      Self.append(try child.text(), to: &object, under: child.name)
    }
    // An element that holds text alone is its text.
    if object.isEmpty { object["text"] = .string(try element.text()) }
    return object
  }

  private static func append(_ text: String, to object: inout JSONObject, under key: String) {
    object[key] = .string(object[key]?.string.map { "\($0)\n\(text)" } ?? text)
  }
}
