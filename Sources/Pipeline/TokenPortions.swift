/// Which texts a model reads together: those of like length, so many at once.
enum TokenPortions {
  /// The places of texts, portion by portion, shorter texts first; those that are not taken are in none.
  /// - Parameters:
  ///   - lengths: The tokens of each text.
  ///   - mostTexts: The most texts of a portion.
  ///   - mostTokens: The most tokens of a portion, each text counted as long as the longest; a longer text
  ///     is alone.
  static func of(
    _ lengths: [Int], mostTexts: Int, mostTokens: Int, where isTaken: (Int) -> Bool
  ) -> [[Int]] {
    let order = lengths.indices.filter(isTaken).sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    var portions: [[Int]] = []
    var portion: [Int] = []
    for place in order {
      // The longest comes last.
      if portion.count == mostTexts || (portion.count + 1) * lengths[place] > mostTokens {
        if !portion.isEmpty { portions.append(portion) }
        portion = []
      }
      portion.append(place)
    }
    return portion.isEmpty ? portions : portions + [portion]
  }
}
