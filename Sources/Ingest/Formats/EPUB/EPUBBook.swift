import Records
import Stages

/// A book: what it says of itself and its chapters, in the order they are read.
///
/// Source: EPUB 3.3 (W3C), with the package documents of EPUB 2 alike.
struct EPUBBook {
  /// A document of the spine.
  struct Chapter {
    /// The path in the archive.
    let path: String
    let title: String
    let text: String
  }

  private(set) var title = ""
  private(set) var author = ""
  private(set) var language = ""
  private let members: XMLMember
  private let name: String
  private var spine: [String] = []

  private static let container = "META-INF/container.xml"

  /// Reads what a book says of itself and the order of its documents.
  /// - Throws: what the archive throws, `invalid-epub`, `encrypted-epub`.
  init(_ archive: ZipArchive, name: String) throws {
    self.name = name
    members = XMLMember(archive, name: name)
    var package: String?
    try members.forEach(ElementPath("//rootfile") ?? .children, in: Self.container) {
      package = package ?? $0["full-path"]
    }
    guard let package, archive[package] != nil else {
      throw fault("the archive holds no package of a book", "name .epub files, or the format")
    }
    try readPackage(package)
    if spine.isEmpty {
      throw fault("the book names no documents to read", "repair it in a reader of e-books")
    }
    if let locked = try lockedMember() {
      throw fault(
        "the book is encrypted: '\(locked)'", "read a copy without copy protection",
        code: "encrypted-epub")
    }
  }

  private mutating func readPackage(_ package: String) throws {
    var files: [String: String] = [:]
    var order: [String] = []
    var contents: Set<String> = []
    let folder = package.split(separator: "/").dropLast().joined(separator: "/")
    try members.forEach(ElementPath("/package/*") ?? .children, in: package) { part in
      switch part.name {
      case "metadata": try readMetadata(part)
      case "manifest":
        for item in part.children where item.name == "item" {
          guard let id = item["id"], let path = item["href"] else { continue }
          files[id] = Self.path(path, in: folder)
          let properties = item["properties"]?.split(separator: " ") ?? []
          if properties.contains("nav") { contents.insert(Self.path(path, in: folder)) }
        }
      case "spine":
        order = part.children.filter { $0["linear"] != "no" }.compactMap { $0["idref"] }
      default: break
      }
    }
    for id in order {
      guard let path = files[id] else {
        throw fault(
          "the book says that '\(id)' is to be read, and does not list it", "fetch it again")
      }
      spine.append(path)
    }
    // Tables of contents repeat the headings; a book of nothing else is read as it is.
    let text = spine.filter { !contents.contains($0) }
    if !text.isEmpty { spine = text }
  }

  private mutating func readMetadata(_ metadata: XMLElement) throws(StageError) {
    var authors: [String] = []
    // Books of EPUB 2 may have a box around these.
    for element in metadata.descendants {
      let text = try element.text()
      switch element.name {
      case "title": title = title.isEmpty ? text : title
      case "creator": authors.append(text)
      case "language": language = language.isEmpty ? text : language
      default: break
      }
    }
    author = authors.joined(separator: ", ")
  }

  /// A path beside the package, or from the archive's top, its `%20` and `..` undone.
  static func path(_ reference: String, in folder: String) -> String {
    var parts = reference.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
    for part in reference.prefix(while: { $0 != "#" }).split(separator: "/") {
      if part == ".." {
        if !parts.isEmpty { parts.removeLast() }
      } else if part != "." {
        parts.append(unescaped(part))
      }
    }
    return parts.joined(separator: "/")
  }

  private static func unescaped(_ part: Substring) -> String {
    let bytes = Array(part.utf8)
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
        let byte = UInt8(
          String(decoding: bytes[(place + 1)...(place + 2)], as: UTF8.self), radix: 16)
      {
        result.append(byte)
        place += 3
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A document of the spine that copy protection locks; fonts may be scrambled, texts not.
  private func lockedMember() throws -> String? {
    var locked: String?
    let path = ElementPath("//CipherReference") ?? .children
    try members.forEach(path, in: "META-INF/encryption.xml") { reference in
      guard let path = reference["URI"].map({ Self.path($0, in: "") }), spine.contains(path) else {
        return
      }
      locked = locked ?? path
    }
    return locked
  }

  /// Calls `visit` with each chapter that has text, one in memory at a time.
  func forEachChapter(_ visit: (Int, Chapter) throws -> Void) throws {
    for (index, path) in spine.enumerated() {
      guard let bytes = try members.bytes(path) else {
        throw fault("the book has no '\(path)', which it says is to be read", "fetch it again")
      }
      let source = Source(file: "\(name)/\(path)", line: 0)
      let tree = HTMLTree(try HTMLEncoding.utf8(bytes, at: source))
      if tree.isTooDeep { throw HTMLPage.tooDeep(source) }
      let text = HTMLText.text(of: tree)
      guard !text.isEmpty else { continue }
      try visit(
        index + 1, Chapter(path: path, title: Self.heading(of: tree) ?? "", text: text))
    }
  }

  /// The first heading; the `title` of a chapter is most often the book's.
  private static func heading(of tree: HTMLTree) -> String? {
    let node = tree.nodes.firstIndex { node in
      node.element.map { HTMLElement.headings.contains($0) } == true
    }
    return node.map { HTMLText.text(of: tree, below: $0).replacing("\n", with: " ") }
  }

  private func fault(
    _ message: String, _ remedy: String, code: String = "invalid-epub"
  ) -> StageError {
    StageError(code, message, source: Source(file: name, line: 0), remedy: remedy)
  }
}
