/// Which marks emphasise.
enum EmphasisKind: Int {
  case star, underline, tilde

  /// The kind of a run of marks; nil where so many emphasise nothing.
  init?(_ mark: Unicode.Scalar, _ length: Int) {
    switch (mark, length) {
    case ("*", 1...3): self = .star
    case ("_", 1...3): self = .underline
    case ("~", 2): self = .tilde
    default: return nil
    }
  }
}

/// Marks of emphasis beside each other.
struct EmphasisRun {
  let kind: EmphasisKind
  let place: Int
  let length: Int

  func shortened(to length: Int, at place: Int) -> EmphasisRun {
    EmphasisRun(kind: kind, place: place, length: length)
  }
}

/// Runs that wait for others that close them.
///
/// A pair ends the wait of all runs within it, so that each run is looked at once.
struct EmphasisOpeners {
  private var runs: [EmphasisRun] = []
  /// How many runs of each kind and length wait.
  private var counts = Array(repeating: 0, count: 12)

  private static func slot(_ kind: EmphasisKind, _ length: Int) -> Int {
    kind.rawValue * 4 + length
  }

  mutating func push(_ run: EmphasisRun) {
    runs.append(run)
    counts[Self.slot(run.kind, run.length)] += 1
  }

  /// Takes the nearest run out that another closes, with all behind it; three marks are one and two.
  mutating func match(_ closing: EmphasisRun) -> EmphasisRun? {
    let lengths = closing.length == 3 ? [1, 2, 3] : [closing.length, 3]
    guard lengths.contains(where: { counts[Self.slot(closing.kind, $0)] > 0 }) else { return nil }
    while let run = runs.popLast() {
      counts[Self.slot(run.kind, run.length)] -= 1
      if run.kind == closing.kind, lengths.contains(run.length) { return run }
    }
    return nil
  }
}
