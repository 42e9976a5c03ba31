/// The texts of a record that a stage made others of, as UTF-8 in two buffers that serve one record after
/// the other.
package struct TextEdits: Sendable {
  /// A text that became another one.
  package struct Edit: Sendable {
    /// Where the text stands in the record's JSON, in quotes.
    package let place: Range<Int>
    /// The path of the text.
    package let field: StaticString
    fileprivate let old: Range<Int>
    fileprivate let new: Range<Int>
  }

  /// The changed texts, in their order.
  package private(set) var edits: [Edit] = []
  private var old: [UInt8] = []
  private var new: [UInt8] = []

  package init() {}

  /// Reads the texts of a record and what a change makes of each; false where one cannot be read here.
  ///
  /// - Parameter change: Appends what becomes of a text; false, with nothing appended, where it stays.
  package mutating func read(
    _ places: TextPlaces, in json: UnsafeBufferPointer<UInt8>,
    _ change: (UnsafeBufferPointer<UInt8>, inout [UInt8]) -> Bool
  ) -> Bool {
    edits.removeAll(keepingCapacity: true)
    old.removeAll(keepingCapacity: true)
    new.removeAll(keepingCapacity: true)
    var isWhole = true
    places.forEach { place, field in
      let (start, begin) = (old.count, new.count)
      guard TextPlaces.append(json, place, to: &old) else {
        isWhole = false
        return
      }
      let isChanged = old.withUnsafeBufferPointer {
        change(UnsafeBufferPointer(rebasing: $0[start...]), &new)
      }
      guard isChanged else { return }
      edits.append(
        Edit(place: place, field: field, old: start..<old.count, new: begin..<new.count))
    }
    return isWhole
  }

  /// Calls `body` with what a changed text was and became.
  package func withTexts<Result>(
    of edit: Edit,
    _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    old.withUnsafeBufferPointer { old in
      new.withUnsafeBufferPointer { new in
        body(
          UnsafeBufferPointer(rebasing: old[edit.old]),
          UnsafeBufferPointer(rebasing: new[edit.new]))
      }
    }
  }
}
