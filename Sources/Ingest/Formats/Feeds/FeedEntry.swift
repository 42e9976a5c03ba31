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
    object["title"] = try first(entry, ["title"]).map { .string(plain($0)) }
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
      let raw = try element.text()
      let isPlain = element["type"] == "text" || element["type"] == "text/plain"
      let text = isPlain ? raw : plain(raw)
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

  /// The text of HTML that stands in a field as text; what has no markup stays as it is.
  private static func plain(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }) else {
      return text
    }
    let tree = HTMLTree(Array(text.utf8))
    return tree.isTooDeep ? text : HTMLText.text(of: tree)
  }
}
