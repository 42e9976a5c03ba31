/// A conversation as one text, in which every character knows where it comes from.
public struct RenderedChat: Sendable {
  let units: [MarkedScalar]

  /// The text.
  public var text: String { MarkedText.string(units) }

  /// The number of Unicode scalars.
  public var count: Int { units.count }

  /// Where `generation` blocks were written, in Unicode scalars, in order.
  public var generated: [Range<Int>] { ranges { $0.isGenerated } }

  /// Where the text comes from what was given rather than from the template, in Unicode scalars.
  public var given: [Range<Int>] { ranges { $0.source != ChatSource.template } }

  /// Where characters of each of the first messages stand, in Unicode scalars.
  public func places(ofMessages count: Int) -> [[Range<Int>]] {
    var places = [[Range<Int>]](repeating: [], count: count)
    for (place, unit) in units.enumerated() {
      guard let message = ChatSource.message(of: unit.source), message < count else { continue }
      places[message].add(place)
    }
    return places
  }

  /// The runs of characters for which something holds.
  private func ranges(_ holds: (MarkedScalar) -> Bool) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for (place, unit) in units.enumerated() where holds(unit) { ranges.add(place) }
    return ranges
  }
}

extension [Range<Int>] {
  /// Adds a place behind all others, to the last run where it follows that.
  fileprivate mutating func add(_ place: Int) {
    if let last, last.upperBound == place {
      self[count - 1] = last.lowerBound..<(place + 1)
    } else {
      append(place..<(place + 1))
    }
  }
}

/// The marks of characters.
enum ChatSource {
  static let template: Int32 = 0
  /// Tools, documents and what else is given.
  static let input: Int32 = 1

  static func message(_ index: Int) -> Int32 { Int32(clamping: index + 2) }

  /// The message that a character comes from; nil where it comes from none.
  static func message(of source: Int32) -> Int? { source > input ? Int(source) - 2 : nil }
}
