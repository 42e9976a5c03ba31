import Records
import Stages

/// One page of a dump of a wiki (the export format of MediaWiki).
enum MediaWikiPage {
  /// The elements that are pages.
  static let path = ElementPath("/mediawiki/page") ?? .children

  /// The last revision: its wikitext, and what the dump says of the page.
  static func object(of page: XMLElement) throws(StageError) -> JSONObject {
    let revision = page.children.last { $0.name == "revision" }
    var object = JSONObject()
    object["text"] = .string(try revision?.child("text")?.text() ?? "")
    for name in ["title", "id", "ns"] {
      object[name] = try page.child(name).map { element throws(StageError) in
        .string(try element.text())
      }
    }
    object["timestamp"] = try revision?.child("timestamp").map { element throws(StageError) in
      .string(try element.text())
    }
    object["redirect"] = page.child("redirect").flatMap { $0["title"] }.map { .string($0) }
    return object
  }

  /// The page with its text freed of wikitext; nil for redirects and for pages that are no articles.
  static func article(_ page: JSONObject) -> JSONObject? {
    let isArticle = page["ns"] == nil || page["ns"]?.string == "0"
    guard isArticle, page["redirect"] == nil, let wikitext = page["text"]?.string,
      !wikitext.lowercased().hasPrefix("#redirect")
    else { return nil }
    let text = Wikitext.plain(wikitext)
    guard !text.isEmpty else { return nil }
    var article = page.without(["ns"])
    article["text"] = .string(text)
    return article
  }
}
