/// Letters and groups of letters that scanned text confuses, because they look alike in print.
///
/// Written by hand: groups are read as any other of their group. Case may change with the shape: `I`
/// is read as `l`.
enum ConfusedShapes {
  private static let groups = [
    ["o", "0"], ["O", "0", "Q", "D"], ["l", "1", "I"], ["I", "l", "1"], ["i", "j", "1"],
    ["Z", "2"],
    ["z", "2"], ["S", "5"], ["s", "5"], ["B", "8"], ["b", "6"], ["G", "6", "C"], ["g", "9", "q"],
    ["q", "9", "g"], ["a", "o"], ["c", "e"], ["e", "c"], ["u", "v"], ["v", "u"], ["n", "h"],
    ["h", "b"], ["t", "f"], ["f", "t"], ["C", "G"], ["D", "O"], ["E", "F"], ["F", "E"], ["U", "V"],
    ["V", "U"], ["m", "rn"], ["rn", "m"], ["d", "cl"], ["cl", "d"], ["w", "vv"], ["vv", "w"],
    ["k", "lc"], ["é", "e"], ["è", "e"], ["à", "a"], ["ä", "a"], ["ö", "o"], ["ü", "u", "ii"],
    ["ñ", "n"], ["ç", "c"], ["ß", "B"],
  ]

  /// What each letter or pair of letters is read as.
  static let readings: [String: [String]] = Dictionary(
    uniqueKeysWithValues: groups.map { ($0[0], Array($0.dropFirst())) })
}
