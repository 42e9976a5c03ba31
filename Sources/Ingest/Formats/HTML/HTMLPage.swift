import Records
import Stages
import TextKit

/// What is kept of a page.
enum HTMLKept: String, ChoiceValue {
  /// The text that the page is for.
  case main
  /// All that a reader sees.
  case whole
}

/// The text of a page, a line a block, and what the page says of itself.
///
/// Scripts, styles and their like are left out, entities are decoded, and blanks run together
/// except in `pre`. The time is linear in the size; the depth is limited.
struct HTMLPage: Sendable, Hashable {
  /// The text of the `title` element; empty where there is none.
  let title: String
  /// The text of the body, or its main part.
  let text: String

  /// Reads a page.
  /// - Throws: `invalid-utf8` where the bytes are not UTF-8 and the page declares no encoding,
  ///   `html-too-deep`.
  init(_ bytes: [UInt8], keeping kept: HTMLKept, at source: Source) throws(StageError) {
    let tree = HTMLTree(try HTMLEncoding.utf8(bytes, at: source))
    guard !tree.isTooDeep else { throw Self.tooDeep(source) }
    title = Self.title(of: tree)
    let main = kept == .main ? MainText.text(of: tree) : nil
    text = main ?? HTMLText.text(of: tree)
  }

  /// The complaint about a page that is nested deeper than any that people wrote.
  static func tooDeep(_ source: Source) -> StageError {
    StageError(
      "html-too-deep", "elements are nested deeper than \(HTMLTree.deepest) levels",
      source: source, remedy: "leave the file out")
  }

  /// The text, and the title where there is one, as the fields of a record.
  var object: JSONObject {
    title.isEmpty
      ? ["text": .string(text)] : ["text": .string(text), "title": .string(title)]
  }

  private static func title(of tree: HTMLTree) -> String {
    guard let node = tree.nodes.firstIndex(where: { $0.element == .title }) else { return "" }
    return HTMLText.text(of: tree, below: node)
  }
}
