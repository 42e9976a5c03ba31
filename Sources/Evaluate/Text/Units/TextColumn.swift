/// Texts one after another as UTF-8 bytes.
///
///     let column = TextColumn(["a first text", "a second"])
///     column.count  // 2
///
/// One allocation for all, so that 100,000 texts are walked without touching 100,000 strings.
public struct TextColumn: Sendable, Equatable {
  /// The bytes of all texts.
  let bytes: [UInt8]
  /// Where each text starts, and where the last one ends.
  let bounds: [Int]

  /// Copies texts.
  public init(_ texts: some Sequence<String>) {
    var bytes: [UInt8] = []
    var bounds = [0]
    for text in texts {
      bytes.append(contentsOf: text.utf8)
      bounds.append(bytes.count)
    }
    self.bytes = bytes
    self.bounds = bounds
  }

  /// Takes over bytes that hold texts between bounds.
  ///
  /// - Precondition: the bytes are valid UTF-8; bounds ascend from 0 to the number of bytes.
  package init(bytes: [UInt8], bounds: [Int]) {
    precondition(
      bounds.first == 0 && bounds.last == bytes.count,
      "bounds from \(bounds.first ?? -1) to \(bounds.last ?? -1) of \(bytes.count) bytes")
    self.bytes = bytes
    self.bounds = bounds
  }

  /// How many texts there are.
  public var count: Int { bounds.count - 1 }

  /// A text.
  public subscript(text: Int) -> String {
    String(decoding: bytes[bounds[text]..<bounds[text + 1]], as: UTF8.self)
  }

  /// Visits the bytes of each text in order.
  func forEach(_ visit: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      for text in 0..<count {
        visit(UnsafeBufferPointer(rebasing: bytes[bounds[text]..<bounds[text + 1]]))
      }
    }
  }
}

/// What a system wrote for each record, and the references it is compared with.
///
///     let corpus = TextCorpus(hypotheses: ["a cat"], references: [["the cat", "a cat"]])
public struct TextCorpus: Sendable, Equatable {
  /// One text a record.
  public let hypotheses: TextColumn
  /// The references of all records, record by record.
  let references: TextColumn
  /// Where each record's references start, and where the last one's end.
  let referenceBounds: [Int]

  /// Pairs each hypothesis with its references, whose number may differ from record to record.
  ///
  /// - Precondition: there is one list of references a hypothesis, and none is empty.
  public init(hypotheses: [String], references: [[String]]) {
    self.init(
      hypotheses: TextColumn(hypotheses), references: TextColumn(references.joined()),
      counts: references.map(\.count))
  }

  /// Pairs each hypothesis with one reference.
  ///
  /// - Precondition: there are as many of both.
  public init(hypotheses: [String], references: [String]) {
    self.init(
      hypotheses: TextColumn(hypotheses), references: TextColumn(references),
      counts: references.map { _ in 1 })
  }

  /// Pairs columns; `counts` says how many references each record has.
  package init(hypotheses: TextColumn, references: TextColumn, counts: [Int]) {
    precondition(
      counts.count == hypotheses.count,
      "\(hypotheses.count) hypotheses but references of \(counts.count) records")
    self.hypotheses = hypotheses
    self.references = references
    var bounds = [0]
    bounds.reserveCapacity(counts.count + 1)
    for (record, count) in counts.enumerated() {
      precondition(count > 0, "record \(record) has no reference")
      bounds.append(bounds[record] + count)
    }
    precondition(
      bounds[counts.count] == references.count,
      "\(references.count) references where the counts sum to \(bounds[counts.count])")
    referenceBounds = bounds
  }

  /// How many records there are.
  public var count: Int { hypotheses.count }

  /// How many references each record has; nil where that differs.
  public var referencesPerRecord: Int? {
    guard count > 0 else { return 1 }
    let first = referenceBounds[1]
    for record in 0..<count where referenceBounds[record + 1] - referenceBounds[record] != first {
      return nil
    }
    return first
  }

  /// The references of a record.
  public func references(of record: Int) -> [String] {
    (referenceBounds[record]..<referenceBounds[record + 1]).map { references[$0] }
  }
}
