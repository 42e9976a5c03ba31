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
    // What is asked for at a fault must not be that of another file.
    xmlResetLastError()
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
    var status = try advance(reader, .nowhere, &count, visit)
    while status == 1 {
      let type = xmlTextReaderNodeType(reader)
      guard type == Int32(XML_READER_TYPE_ELEMENT.rawValue) else {
        try refuseEntities(reader, type)
        status = try advance(reader, .behindNode, &count, visit)
        continue
      }
      let depth = Int(xmlTextReaderDepth(reader))
      open.removeSubrange(min(depth, open.count)...)
      open.append(String(cString: xmlTextReaderConstLocalName(reader)))
      guard let conditions = path.conditions(of: open) else {
        status = try advance(reader, .atNode, &count, visit)
        continue
      }
      guard let node = xmlTextReaderExpand(reader) else {
        throw try failure(reader, .beforeNode, &count, visit)
      }
      try give(node, conditions, place(reader), &count, visit)
      status = xmlTextReaderNext(reader)
      if status < 0 { throw try failure(reader, .behindNode, &count, visit) }
    }
  }

  /// Counts a record, and gives it where it fulfils the conditions of the path.
  private func give(
    _ node: xmlNodePtr, _ conditions: [XMLPath.Condition], _ source: Source, _ count: inout Int,
    _ visit: (Int, XMLElement) throws -> Void
  ) throws {
    count += 1
    let element = XMLElement(node, at: source)
    let position = count
    if try conditions.allSatisfy({ try element.fulfils($0, at: position) }) {
      try visit(count, element)
    }
  }

  private func advance(
    _ reader: xmlTextReaderPtr, _ reached: Reached, _ count: inout Int,
    _ visit: (Int, XMLElement) throws -> Void
  ) throws -> Int32 {
    let status = xmlTextReaderRead(reader)
    if status < 0 { throw try failure(reader, reached, &count, visit) }
    return status
  }

  // MARK: - Before a fault

  /// How far the walk has come when the library reports a fault, which it does as soon as it has read it,
  /// ahead of the walk.
  private enum Reached {
    case nowhere
    /// Before the reader's node, which is a record.
    case beforeNode
    /// At the reader's node, but not below it.
    case atNode
    case behindNode
  }

  /// The complaint, after all records have been given that were whole before the fault.
  private func failure(
    _ reader: xmlTextReaderPtr, _ reached: Reached, _ count: inout Int,
    _ visit: (Int, XMLElement) throws -> Void
  ) throws -> StageError {
    let failure = self.failure(reader)
    guard failure.code != "xml-entities" else { return failure }
    let unfinished = Self.unfinished()
    var next: xmlNodePtr?
    if let node = xmlTextReaderCurrentNode(reader), reached != .nowhere {
      switch reached {
      case .beforeNode, .nowhere: next = node
      case .atNode: next = node.pointee.children ?? Self.successor(of: node)
      case .behindNode: next = Self.successor(of: node)
      }
    } else if let document = xmlTextReaderCurrentDoc(reader) {
      next = xmlDocGetRootElement(document)
    }
    while let node = next {
      let successor = Self.successor(of: node)
      let isWhole = unfinished.map { !$0.contains(node) } ?? (successor != nil)
      if node.pointee.type == XML_ELEMENT_NODE,
        let conditions = path.conditions(of: Self.names(to: node))
      {
        guard isWhole else { break }
        let source = Source(file: name, line: max(0, Int(xmlGetLineNo(node))))
        try give(node, conditions, source, &count, visit)
        next = successor
      } else {
        next =
          node.pointee.type == XML_ELEMENT_NODE ? node.pointee.children ?? successor : successor
      }
    }
    return failure
  }

  /// The elements that are open where the parser stopped; nil where it does not say.
  private static func unfinished() -> Set<xmlNodePtr>? {
    let domains = [XML_FROM_PARSER, XML_FROM_NAMESPACE].map { Int32($0.rawValue) }
    guard let error = xmlGetLastError(), domains.contains(error.pointee.domain),
      let context = error.pointee.ctxt?.assumingMemoryBound(to: xmlParserCtxt.self),
      let nodes = context.pointee.nodeTab
    else { return nil }
    let count = Int(context.pointee.nodeNr)
    var open = Set((0..<count).compactMap { nodes[$0] })
    // For a start tag without its end the parser takes one element off its list, be it the one around it.
    if error.pointee.code == Int32(XML_ERR_GT_REQUIRED.rawValue) {
      let last =
        count > 0 ? nodes[count - 1]?.pointee.last : xmlDocGetRootElement(context.pointee.myDoc)
      if let last { open.insert(last) }
    }
    return open
  }

  /// The node behind a node and all below it.
  private static func successor(of node: xmlNodePtr) -> xmlNodePtr? {
    var current: xmlNodePtr? = node
    while let node = current, node.pointee.type == XML_ELEMENT_NODE || node.pointee.parent != nil {
      if let next = node.pointee.next { return next }
      current = node.pointee.parent
    }
    return nil
  }

  /// The names of the elements around a node, from the root to its own.
  private static func names(to node: xmlNodePtr) -> [String] {
    var names: [String] = []
    var current: xmlNodePtr? = node
    while let node = current, node.pointee.type == XML_ELEMENT_NODE {
      names.append(String(cString: node.pointee.name))
      current = node.pointee.parent
    }
    return names.reversed()
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
    return fault(
      "the file is not well-formed: \(text)", line: Int(error.pointee.line),
      remedy: Self.remedies[error.pointee.code])
  }

  private func fault(_ message: String, line: Int, remedy: String? = nil) -> StageError {
    StageError(
      "invalid-xml", message, source: Source(file: name, line: line),
      remedy: remedy ?? "correct the file there; if it is a page, write 'format: html'")
  }

  /// What helps against faults that have a cause of their own.
  private static let remedies = [
    Int32(XML_ERR_INVALID_ENCODING.rawValue): "say what the file is in, as 'encoding: latin-1'",
    Int32(XML_ERR_UNDECLARED_ENTITY.rawValue): "write the character itself",
  ]
}

/// libxml2's tables, made once before threads use them.
enum MarkupLibrary {
  private static let started: Void = xmlInitParser()

  /// Makes the tables, the first time.
  static func start() { _ = started }
}
