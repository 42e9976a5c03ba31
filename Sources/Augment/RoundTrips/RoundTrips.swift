import Records
import Stages

/// The round trips of one record.
struct RoundTrips: Sendable {
  /// What is translated of a record.
  struct Parent: Sendable {
    let index: Int
    let id: String
    /// The texts that are translated, each once, however many selectors name it.
    let texts: [Field]
    /// Words that stay as they are: a class is called what it is called.
    let names: [String]

    /// Nil for a record of which no child is made.
    init?(_ record: Record, at index: Int, fields: [Selector]) {
      guard record.mayHaveChildren else { return nil }
      texts = record.changeableTexts(fields).filter { !$0.text.isEmpty }
      guard !texts.isEmpty else { return nil }
      names = record.labelNames
      self.index = index
      id = record.id
    }

    /// Calls `body` with the parents among the records of a collection, batch by batch.
    /// - Parameter wanted: How many children the record at a place is to have.
    static func forEachBatch(
      of records: RecordCollection, fields: [Selector], wanted: @Sendable (Int) -> Int,
      _ body: ([Parent]) throws -> Void
    ) throws {
      try records.forEachStoredBatch { stored in
        wanted(stored.index) == 0
          ? nil : Parent(try stored.record(), at: stored.index, fields: fields)
      } _: {
        try body($0.compactMap(\.self))
      }
    }
  }

  /// A child that keeps the contract.
  struct Child: Sendable {
    /// Its texts, by their places in the record.
    let texts: [(path: String, text: String)]
    /// How like its parent it is, by chrF from 0 to 100; of several texts the mean.
    let similarity: Double
    /// The try that made it, from 1.
    let attempt: Int
  }

  let parent: Parent
  /// How many children it is to have.
  let wanted: Int
  private(set) var children: [Child] = []
  /// What was wrong with the last that was refused.
  private(set) var fault: RoundTripContract.Fault?

  init(of parent: Parent, wanted: Int) { (self.parent, self.wanted) = (parent, wanted) }

  /// Takes the first reading that keeps the contract as a child.
  /// - Parameter readings: The texts, translated, the likeliest first.
  mutating func take(_ readings: [[String?]], attempt: Int, _ contract: RoundTripContract) {
    var first: RoundTripContract.Fault?
    for translated in readings {
      do throws(RoundTripContract.Fault) {
        children.append(try child(translated, attempt: attempt, contract))
        fault = nil
        return
      } catch { first = first ?? error }
    }
    fault = first
  }

  /// The same, with a child more where a reading keeps the contract.
  func taking(
    _ readings: [[String?]], attempt: Int, _ contract: RoundTripContract
  ) -> RoundTrips {
    var copy = self
    copy.take(readings, attempt: attempt, contract)
    return copy
  }

  private func child(
    _ translated: [String?], attempt: Int, _ contract: RoundTripContract
  ) throws(RoundTripContract.Fault) -> Child {
    var texts: [(path: String, text: String)] = []
    var similarity = 0.0
    for (field, text) in zip(parent.texts, translated) {
      guard let text else { throw .unfinished }
      var (kept, likeness) = (text, 100.0)
      do throws(RoundTripContract.Fault) {
        likeness = try contract.similarity(of: text, to: field.text, names: parent.names)
      } catch {
        // A short turn, or a text without a word, may well say what it said: it is then what it was.
        guard error == .unchanged else { throw error }
        kept = field.text
      }
      texts.append((field.path, kept))
      similarity += likeness / Double(parent.texts.count)
    }
    guard zip(parent.texts, texts).contains(where: { $0.text != $1.text }) else {
      throw .unchanged
    }
    let skeleton = texts.map { RoundTripContract.skeleton($0.text) }
    let isNew = children.allSatisfy {
      $0.texts.map { RoundTripContract.skeleton($0.text) } != skeleton
    }
    guard isNew else { throw .repeated }
    return Child(texts: texts, similarity: similarity, attempt: attempt)
  }

  // MARK: - On disk

  /// What came of the record, as a line of JSON that `Entry` reads.
  var line: [UInt8] {
    let children = children.map { child -> JSONValue in
      [
        "texts": .object(JSONObject(child.texts.map { ($0.path, .string($0.text)) })),
        "similarity": .real((child.similarity * 100).rounded() / 100),
        "try": .integer(child.attempt),
      ]
    }
    let fault = fault.map { JSONValue.string($0.rawValue) } ?? .null
    return JSONValue.object(["children": .array(children), "fault": fault]).bytes
  }

  /// What came of a record.
  struct Entry {
    let children: [Child]
    /// What was wrong with the last that was refused.
    let fault: String?

    /// Reads a line that `RoundTrips` wrote; nil where it is damaged.
    init?(line: [UInt8]) {
      guard let json = try? JSONValue.parse(line), let list = json["children"]?.array else {
        return nil
      }
      children = list.compactMap { child in
        guard let texts = child["texts"]?.object, let attempt = child["try"]?.int,
          let similarity = child["similarity"]?.double
        else { return nil }
        return Child(
          texts: texts.members.compactMap { member in
            member.value.string.map { (member.key, $0) }
          }, similarity: similarity, attempt: attempt)
      }
      fault = json["fault"]?.string
    }
  }
}
