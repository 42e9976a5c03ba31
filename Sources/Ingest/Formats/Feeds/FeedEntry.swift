import Records
import Stages
import TextKit

/// One entry of a feed: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0.
enum FeedEntry {
  /// The elements that are entries.
  static let path = ElementPath("item | entry") ?? .children

  /// What the entry says, by the same names whatever the feed is written in.
  static func object(of entry: XMLElement) throws(StageError) -> JSONObject {
    var object = JSONObject()
    object["text"] = try longest(
      entry, ["encoded", "content", "body", "description", "summary", "tagline", "abstract"])
    object["title"] = try longest(entry, ["title"])
    object["link"] = link(of: entry).map { .string($0) }
    for (name, sources) in names {
      object[name] = try first(entry, sources).map { .string($0) }
    }
    let categories = try categories(of: entry)
    if !categories.isEmpty { object["categories"] = .array(categories.map { .string($0) }) }
    // Some feeds hold titles alone.
    object["text"] = object["text"] ?? object["title"]
    return object
  }

  private static let names: [(String, [String])] = [
    ("id", ["id", "guid", "identifier"]),
    ("published", ["published", "pubDate", "issued", "date", "created", "updated", "modified"]),
    ("author", ["creator", "author", "publisher", "contributor"]),
  ]

  /// The first element of the first name that has text.
  private static func first(
    _ entry: XMLElement, _ names: [String]
  ) throws(StageError) -> String? {
    for name in names {
      guard let element = entry.child(name) else { continue }
      // The author of Atom is a name with an address.
      let text = try (element.child("name") ?? element).text()
      if !text.isEmpty { return text }
    }
    return nil
  }

  /// The whole text, not the summary, where the entry has both.
  private static func longest(
    _ entry: XMLElement, _ names: [String]
  ) throws(StageError) -> JSONValue? {
    var longest = ""
    for element in entry.children where names.contains(element.name) {
      let text = try said(by: element)
      if text.utf8.count > longest.utf8.count { longest = text }
    }
    return longest.isEmpty ? nil : .string(longest)
  }

  private static func link(of entry: XMLElement) -> String? {
    let links = entry.children.filter { $0.name == "link" }
    let chosen =
      links.first { ($0["rel"] ?? "alternate") == "alternate" && $0["href"] != nil } ?? links.first
    return chosen?["href"] ?? (try? chosen?.text()).flatMap { $0.isEmpty ? nil : $0 }
      ?? entry["about"]
  }

  private static func categories(of entry: XMLElement) throws(StageError) -> [String] {
    var found: [String] = []
    for element in entry.children where element.name == "category" || element.name == "subject" {
      let term = element["term"]
      let text = if let term { term } else { try element.text() }
      if !text.isEmpty { found.append(text) }
    }
    return found
  }

  /// The text of an element: of its HTML where its type says so or, without a type, its look.
  private static func said(by element: XMLElement) throws(StageError) -> String {
    let text = try element.text()
    switch element["type"] {
    case "text", "text/plain": return text
    case nil where !FeedMarkup.isLikely(text): return text
    default: return plain(text)
    }
  }

  /// The text of HTML that stands in a field as text; what has no markup stays as it is.
  private static func plain(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }) else {
      return text
    }
    let tree = HTMLTree(Array(text.utf8))
    return tree.isTooDeep ? text : HTMLText.text(of: tree)
  }
}

/// Whether a text of a feed is HTML, where the feed does not say: RSS has no types, and Atom's texts
/// without one are plain by its rules and HTML in many feeds.
enum FeedMarkup {
  /// Elements that need no end tag, or are left without one.
  private static let open: Set<String> = ["br", "hr", "img", "li", "p"]

  /// Whether there is an end tag, an element that needs none, a tag with an attribute, or a character reference.
  static func isLikely(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.indices.contains { place in
      switch bytes[place] {
      case UInt8(ascii: "<"): isTag(bytes[(place + 1)...])
      case UInt8(ascii: "&"): isReference(bytes[(place + 1)...])
      default: false
      }
    }
  }

  private static func isTag(_ rest: ArraySlice<UInt8>) -> Bool {
    let isEnd = rest.first == UInt8(ascii: "/")
    let name = rest.dropFirst(isEnd ? 1 : 0).prefix(while: isNamePart)
    if isEnd { return !name.isEmpty }
    if open.contains(String(decoding: name, as: UTF8.self).lowercased()) { return true }
    // A tag with an attribute is no "a < b", though a text that was cut off has no end of it.
    let inside = rest.dropFirst(name.count).prefix(256).prefix { $0 != UInt8(ascii: ">") }
    return !name.isEmpty && inside.first == 0x20
      && zip(inside, inside.dropFirst()).contains {
        $0 == UInt8(ascii: "=") && ($1 == UInt8(ascii: "\"") || $1 == UInt8(ascii: "'"))
      }
  }

  private static func isReference(_ rest: ArraySlice<UInt8>) -> Bool {
    let name = rest.drop { $0 == UInt8(ascii: "#") }.prefix(while: isNamePart)
    return !name.isEmpty && rest.dropFirst(name.endIndex - rest.startIndex).first == 0x3B
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
  }
}
