import Records
import Stages

/// How the raw bytes of one record of a file become an object, or why they end here.
enum RecordParser: Sendable {
  case json
  case text
  case html(HTMLKept)
  case wordnet
  case markdown
  /// A record of a web archive, and what to keep of its page.
  case warc(HTMLKept)
  case mediawiki
  case feed
  case csv(CSVHeader, CSVDialect)
  /// A file in which nothing can be read, and why.
  case skipped(Reason)

  /// What the bytes of a record hold; nil where they hold no record.
  func object(_ bytes: [UInt8], at source: Source) throws(StageError) -> JSONObject? {
    switch self {
    case .skipped: return nil
    case .html(let kept):
      let page = try HTMLPage(bytes, keeping: kept, at: source)
      return page.text.isEmpty ? nil : page.object
    case .warc(let kept): return try WARCPage.object(bytes, keeping: kept, at: source)
    case .markdown: return try MarkdownRecord.object(bytes, at: source)
    case .json, .text, .wordnet, .csv, .mediawiki, .feed:
      if TextPieces.isBlank(bytes) { return nil }
      return try line(bytes, at: source)
    }
  }

  /// What is left of an object that reading the file made; nil where it is none to keep.
  func refined(_ object: JSONObject) -> JSONObject? {
    switch self {
    case .mediawiki: MediaWikiPage.article(object)
    case .feed: object["text"] == nil ? nil : object
    default: object
    }
  }

  private func line(_ bytes: [UInt8], at source: Source) throws(StageError) -> JSONObject {
    switch self {
    case .json: try Self.json(bytes, at: source)
    case .wordnet: try WordNetLine.object(bytes, at: source)
    case .csv(let header, let dialect):
      try header.object(of: bytes, dialect, at: source)
    case .text, .html, .warc, .markdown, .mediawiki, .feed, .skipped:
      ["text": .string(try UTF8Check.text(bytes, at: source))]
    }
  }

  /// Whether the bytes are text; archives of pages and XML say themselves what they are in.
  var isText: Bool {
    switch self {
    case .json, .text, .wordnet, .csv, .markdown, .html: true
    case .warc, .mediawiki, .feed, .skipped: false
    }
  }

  /// Why there is no record where there could have been one.
  var emptyReason: Reason {
    switch self {
    case .html, .markdown, .feed: Reason("no-text")
    case .warc: Reason("no-page")
    case .mediawiki: Reason("no-article")
    case .skipped(let reason): reason
    default: Reason("blank-line")
    }
  }

  private static func json(_ bytes: [UInt8], at source: Source) throws(StageError) -> JSONObject {
    do {
      let value = try JSONValue.parse(bytes)
      guard let object = value.object else {
        throw StageError(
          "invalid-json", "the record is \(value.kindName), not an object", source: source,
          remedy: "if this is plain text, write 'format: text'")
      }
      return object
    } catch let error as JSONError {
      guard UTF8Check.isValid(bytes) else { throw UTF8Check.fault(in: bytes, at: source) }
      throw StageError(
        "invalid-json", "\(error.reason), at byte \(error.offset + 1) of the record",
        source: source, remedy: "correct the record, or write 'on-error: quarantine' to go on")
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("invalid-json", "\(error)", source: source)
    }
  }
}
