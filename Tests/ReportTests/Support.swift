import Foundation
import FoundationXML
import Report
import Testing

/// The run folders that `Scripts/report_samples.py` wrote.
enum Sample: String, CaseIterable, Sendable {
  case classifier
  case languageModel = "language-model"
  case texts
  case data

  var url: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/Report/\(rawValue)")
  }

  /// Runs a test on a copy that it may change; the copy is removed at the end.
  func withCopy<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let copy = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: url, to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    return try body(copy)
  }
}

/// A page read back: its elements and its text.
///
/// libxml2 reads it as XML, so one that is not well-formed has no tree.
final class ReadPage: NSObject, XMLParserDelegate {
  private(set) var counts: [String: Int] = [:]
  private(set) var ids: [String] = []
  private(set) var links: [String] = []
  /// The levels of the headings, in order.
  private(set) var headings: [Int] = []
  /// Pictures that neither have a title nor are hidden from readers without eyes.
  private(set) var unnamedPictures: [String] = []
  private(set) var text = ""
  private var picture: String?

  /// The sections in order.
  private(set) var sections: [String] = []

  private(set) var error: String?
  private var isInStyle = false

  init(_ html: String) {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    if !parser.parse(), error == nil { error = "not well-formed" }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    counts[name, default: 0] += 1
    if name.count == 2, name.hasPrefix("h"), let level = Int(name.dropFirst()) {
      headings.append(level)
    }
    if name == "section", let id = attributes["id"] { sections.append(id) }
    if name == "title", picture != nil { picture = nil }
    if name == "svg", attributes["aria-hidden"] != "true" { picture = attributes["class"] ?? "svg" }
    if let id = attributes["id"] { ids.append(id) }
    if let link = attributes["href"] { links.append(link) }
    isInStyle = name == "style"
    text += " "
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    isInStyle = false
    if name == "svg", let unnamed = picture {
      unnamedPictures.append(unnamed)
      picture = nil
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if !isInStyle { text += string }
  }

  func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
    error = "line \(parser.lineNumber): \(parseError)"
  }
}

/// Renders a folder and reads the page back.
func readPage(_ folder: URL) throws -> ReadPage {
  let page = ReadPage(try RunReport.html(ofRunAt: folder.path))
  #expect(page.error == nil)
  return page
}
