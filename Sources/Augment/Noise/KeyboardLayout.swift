import Stages

/// Where the letters of a keyboard stand, and which lie beside each other.
enum KeyboardLayout: String, ChoiceValue {
  case qwerty, qwertz, azerty

  /// The rows of letter keys of ISO keyboards, top to bottom; a blank is a key without a letter.
  private var rows: [String] {
    switch self {
    case .qwerty: ["qwertyuiop", "asdfghjkl", "zxcvbnm"]
    case .qwertz: ["qwertzuiopü", "asdfghjklöä", "yxcvbnm"]
    // The digits' row holds accented letters among its signs.
    case .azerty: [" é    è çà", "azertyuiop", "qsdfghjklmù", "wxcvbn"]
    }
  }

  /// How far each row is moved to the right against the digits' row, in keys (ISO/IEC 9995-1).
  private var offsets: [Double] {
    rows.count == 4 ? [0, 0.5, 0.75, 1.25] : [0.5, 0.75, 1.25]
  }

  /// The letters beside each letter, in the order of the rows: those in the same row, and those of the
  /// rows above and below whose keys lie less than a key to either side.
  var neighbours: [Character: [Character]] {
    var keys: [(letter: Character, row: Int, place: Double)] = []
    for (row, (letters, offset)) in zip(rows, offsets).enumerated() {
      for (column, letter) in letters.enumerated() where letter != " " {
        keys.append((letter, row, Double(column) + offset))
      }
    }
    var neighbours: [Character: [Character]] = [:]
    for key in keys {
      neighbours[key.letter] = keys.filter { other in
        let (rows, columns) = (abs(key.row - other.row), abs(key.place - other.place))
        return rows == 0 ? columns == 1 : rows == 1 && columns < 1
      }.map(\.letter)
    }
    return neighbours
  }
}
