/// Near misses: "did you mean".
public enum Suggestion {
  /// Longer texts, in bytes, are no misspelled words.
  private static let longest = 100

  /// The candidate nearest to what was written, if it is near enough to be meant.
  public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    guard word.utf8.count <= longest else { return nil }
    let limit = max(1, word.unicodeScalars.count / 3)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let distance = editDistance(word.lowercased(), candidate.lowercased())
      let isPart = word.utf8.count >= 4 && candidate.contains(word)
      guard distance <= limit || isPart else { continue }
      let rank = isPart ? min(distance, limit) : distance
      if rank < best?.distance ?? .max { best = (candidate, rank) }
    }
    return best?.candidate
  }

  /// "did you mean 'X'?", or the whole list where nothing is near and the list is short.
  public static func remedy(for word: String, among candidates: [String]) -> String? {
    if let near = nearest(to: word, among: candidates) { return "did you mean '\(near)'?" }
    guard !candidates.isEmpty else { return nil }
    return candidates.count <= 24 ? "expected one of \(candidates.joined(separator: ", "))" : nil
  }

  /// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
  ///
  /// Optimal string alignment distance; time and memory O(m · n), for words of a few dozen letters.
  public static func editDistance(_ left: String, _ right: String) -> Int {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var rows = [Array(0...b.count)]
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        var cost = min(row[j - 1] + 1, rows[i - 1][j] + 1)
        cost = min(cost, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          cost = min(cost, rows[i - 2][j - 2] + 1)
        }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
