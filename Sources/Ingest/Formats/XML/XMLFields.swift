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
      var texts: [String] = []
      for path in field.path.paths { texts += try element.texts(path[...]) }
      let text = texts.isEmpty ? field.path.fallback : texts.joined(separator: "\n")
      if let text { object[field.name] = .string(text) }
    }
    return object
  }

  private func all(of element: XMLElement) throws(StageError) -> JSONObject {
    var texts: [(name: String, parts: [String])] = []
    var places: [String: Int] = [:]
    for (name, text) in element.attributes { texts.append(("@\(name)", [text])) }
    for child in element.children {
      let name = child.name
      if let place = places[name] {
        texts[place].parts.append(try child.text())
      } else {
        places[name] = texts.count
        texts.append((name, [try child.text()]))
      }
    }
    // An element that holds text alone is its text.
    if texts.isEmpty { texts = [("text", [try element.text()])] }
    return JSONObject(texts.map { ($0.name, .string($0.parts.joined(separator: "\n"))) })
  }
}
