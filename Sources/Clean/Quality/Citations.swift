import TextKit

/// Marks of Wikipedia: `[12]`, `[]`, `[edit]`, `[citation needed]`.
enum Citations {
  private static let names = ["[edit]", "[citation needed]"].map(\.scalarValues)

  static func ranges(in text: ScalarText, _ range: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    let scalars = text.scalars
    var place = range.lowerBound
    while place < range.upperBound {
      guard scalars[place] == 0x5B, let end = end(text, place, range.upperBound) else {
        place += 1
        continue
      }
      found.append(place..<end)
      place = end
    }
    return found
  }

  private static func end(_ text: ScalarText, _ start: Int, _ limit: Int) -> Int? {
    var place = start + 1
    while place < limit, isDigit(text.scalars[place]) { place += 1 }
    if place < limit, text.scalars[place] == 0x5D { return place + 1 }
    let name = names.first { text.scalars[start..<limit].starts(with: $0) }
    return name.map { start + $0.count }
  }

  private static func isDigit(_ value: UInt32) -> Bool {
    if value < 0x80 { return (0x30...0x39).contains(value) }
    return Unicode.Scalar(value)?.properties.generalCategory == .decimalNumber
  }
}
