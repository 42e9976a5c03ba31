import TextKit

/// The words between blanks.
struct BlankWords {
  var count = 0
  var longest = 0

  init(_ text: ScalarText, _ range: Range<Int>) {
    var length = 0
    let traits = text.traits
    for place in range {
      if traits[place].contains(.space) {
        length = 0
      } else {
        if length == 0 { count += 1 }
        length += 1
        longest = max(longest, length)
      }
    }
  }
}
