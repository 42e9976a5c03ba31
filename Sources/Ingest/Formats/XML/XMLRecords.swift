import CLibXML2
import Records
import Stages

/// Reads the elements of one path from an XML file, one at a time, by libxml2's streaming reader.
///
/// Memory is that of one record. Files that define entities are refused, which rules out expansion
/// bombs and reading other files; nothing is fetched; depth and text sizes keep libxml2's limits.
final class XMLRecords {
  private let stream: any ByteStream
  private let name: String
  private let path: ElementPath
  /// What reading the stream threw while libxml2 was asking for bytes.
  private var streamFault: StageError?
  private var chunk: [UInt8] = []
  private var position = 0
  private var attributes = AttributeCount()

  init(_ stream: any ByteStream, name: String, path: ElementPath) {
    self.stream = stream
    self.name = name
    self.path = path
  }

  /// Calls `visit` with the number of each record, counted from 1, and the record.
  ///
  /// - Parameter encoding: What the bytes are in, where the file's own word is not to count.
  func forEach(encoding: String?, _ visit: (Int, XMLElement) throws -> Void) throws {
    MarkupLibrary.start()
    // Faults are told by what is thrown, not by what the library prints.
    xmlSetStructuredErrorFunc(nil) { _, _ in }
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
      | XML_PARSE_COMPACT.rawValue
    let context = Unmanaged.passUnretained(self).toOpaque()
    guard
      let reader = xmlReaderForIO(
        { context, buffer, count in XMLRecords.read(context, buffer, count) }, nil, context, nil,
        encoding, Int32(options))
    else { throw fault("the file cannot be read as XML", line: 0) }
    defer { xmlFreeTextReader(reader) }
    try walk(reader, visit)
  }

  private func walk(
    _ reader: xmlTextReaderPtr, _ visit: (Int, XMLElement) throws -> Void
  ) throws {
    var open: [String] = []
    var count = 0
    var status = try advance(reader)
    while status == 1 {
      let type = xmlTextReaderNodeType(reader)
      guard type == Int32(XML_READER_TYPE_ELEMENT.rawValue) else {
        try refuseEntities(reader, type)
        status = try advance(reader)
        continue
      }
      let depth = Int(xmlTextReaderDepth(reader))
      open.removeSubrange(min(depth, open.count)...)
      open.append(String(cString: xmlTextReaderConstLocalName(reader)))
      guard let conditions = path.conditions(of: open) else {
        status = try advance(reader)
        continue
      }
      guard let node = xmlTextReaderExpand(reader) else { throw failure(reader) }
      count += 1
      let element = XMLElement(node, at: place(reader))
      if try conditions.allSatisfy({ try element.fulfils($0, at: count) }) {
        try visit(count, element)
      }
      status = xmlTextReaderNext(reader)
      if status < 0 { throw failure(reader) }
    }
  }

  private func advance(_ reader: xmlTextReaderPtr) throws(StageError) -> Int32 {
    let status = xmlTextReaderRead(reader)
    if status < 0 { throw failure(reader) }
    return status
  }

  private func place(_ reader: xmlTextReaderPtr) -> Source {
    Source(file: name, line: max(0, Int(xmlTextReaderGetParserLineNumber(reader))))
  }

  /// Entities that a file defines itself are the way to bombs and to other files.
  private func refuseEntities(_ reader: xmlTextReaderPtr, _ type: Int32) throws(StageError) {
    guard type == Int32(XML_READER_TYPE_DOCUMENT_TYPE.rawValue), definesEntities(reader) else {
      return
    }
    throw entities(reader)
  }

  private func definesEntities(_ reader: xmlTextReaderPtr) -> Bool {
    guard let document = xmlTextReaderCurrentDoc(reader), let subset = document.pointee.intSubset
    else { return false }
    return subset.pointee.entities != nil || subset.pointee.pentities != nil
  }

  private func entities(_ reader: xmlTextReaderPtr) -> StageError {
    StageError(
      "xml-entities", "the file defines entities of its own, which are not expanded",
      source: place(reader), remedy: "expand them first, as with 'xmllint --noent', if you trust it"
    )
  }

  // MARK: - Bytes

  private static func read(
    _ context: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ count: Int32
  ) -> Int32 {
    guard let context, let buffer else { return -1 }
    return Unmanaged<XMLRecords>.fromOpaque(context).takeUnretainedValue().fill(buffer, Int(count))
  }

  private func fill(_ buffer: UnsafeMutablePointer<CChar>, _ count: Int) -> Int32 {
    if position == chunk.count {
      do throws(StageError) {
        chunk = try stream.next()
        position = 0
        guard attributes.accepts(chunk) else { throw tooManyAttributes }
      } catch {
        streamFault = error
        return -1
      }
    }
    let taken = min(count, chunk.count - position)
    for place in 0..<taken { buffer[place] = CChar(bitPattern: chunk[position + place]) }
    position += taken
    return Int32(taken)
  }

  // MARK: - Faults

  private var tooManyAttributes: StageError {
    fault("a tag has more than \(AttributeCount.most) attributes", line: 0)
  }

  private func failure(_ reader: xmlTextReaderPtr) -> StageError {
    if let streamFault { return streamFault }
    // libxml2 reads ahead: what it complains of may be the use of such an entity.
    if definesEntities(reader) { return entities(reader) }
    let line = place(reader).line
    guard let error = xmlGetLastError(), let message = error.pointee.message else {
      return fault("the file is not well-formed", line: line)
    }
    var text = String(cString: message)
    while text.last?.isNewline == true { text.removeLast() }
    return fault("the file is not well-formed: \(text)", line: Int(error.pointee.line))
  }

  private func fault(_ message: String, line: Int) -> StageError {
    StageError(
      "invalid-xml", message, source: Source(file: name, line: line),
      remedy: "if it is a page, write 'format: html'")
  }
}

/// libxml2's tables, made once before threads use them.
enum MarkupLibrary {
  private static let started: Void = xmlInitParser()

  /// Makes the tables, the first time.
  static func start() { _ = started }
}
