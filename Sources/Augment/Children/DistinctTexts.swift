import Stages

/// Texts that a model reads, each once: siblings share their parent's.
struct DistinctTexts {
  private var texts: [String] = []
  private var places: [[UInt8]: Int] = [:]

  /// How many texts are read between two looks whether the user wants to stop.
  private static let portion = 4096

  mutating func place(of text: String) -> Int {
    // Bytes, as two ways to write `é` are two texts to a model and one `String`.
    let key = Array(text.utf8)
    if let place = places[key] { return place }
    places[key] = texts.count
    texts.append(text)
    return texts.count - 1
  }

  /// The vectors of all texts, in the order of their places.
  func map(_ vectors: ([String]) throws -> [[Float]]) throws -> [[Float]] {
    var result: [[Float]] = []
    for start in stride(from: 0, to: texts.count, by: Self.portion) {
      try Interruption.check()
      result += try vectors(Array(texts[start..<min(start + Self.portion, texts.count)]))
    }
    return result
  }
}
