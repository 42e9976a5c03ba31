import Evaluate
import TextKit

/// What a new task must be: self-instruct's rules (arXiv 2212.10560, 2.2 and A.2).
struct TaskRules {
  /// Words that tell of what a model of texts cannot see or do.
  static let banned = [
    "image", "images", "picture", "pictures", "photo", "photos", "graph", "graphs", "file", "files",
    "map", "maps", "draw", "plot", "video", "audio", "go to",
  ]

  private let words: ClosedRange<Int>
  private let least: Double
  private let banned: [SpanPattern]
  private let isEnglish: Bool
  /// The tasks that there are: those of all records, on any side, and those that were made or all but made.
  private var known: RougeNeighbours

  /// - Parameters:
  ///   - words: How many a task has.
  ///   - least: From which ROUGE-L on to any known task it is none.
  ///   - banned: Words that it does not hold.
  init(words: ClosedRange<Int>, least: Double, banned: [String], language: String) {
    self.words = words
    self.least = least
    self.banned = banned.map { SpanPattern($0) }
    isEnglish = language == "en"
    known = RougeNeighbours(RougeTokenizer(language: language))
  }

  /// Adds a task that no further one may be like.
  mutating func know(_ task: String) { known.add(task) }

  /// Why a task is refused; nil where it is new, and then it is known.
  /// - Parameter example: One of the tasks that were shown.
  mutating func fault(_ task: String, shown example: String) -> String? {
    if let fault = form(task) { return fault }
    if ChildLanguage.change(from: example, to: task) != nil { return "language" }
    if known.nearest(to: task, from: least) != nil { return "similar" }
    known.add(task)
    return nil
  }

  /// What is wrong with a task by itself.
  private func form(_ task: String) -> String? {
    guard words.contains(AnswerText.words(task)) else { return "length" }
    let bytes = Array(task.utf8)
    if banned.contains(where: { !$0.matches(in: bytes).isEmpty }) { return "banned-word" }
    guard let first = task.unicodeScalars.first else { return "length" }
    if !first.properties.isAlphabetic, first.properties.numericType == nil { return "punctuation" }
    return isEnglish && !first.isASCII ? "non-ascii" : nil
  }
}

extension RougeTokenizer {
  /// How texts of a language are cut into words: as rouge_score does it where that has words at all.
  fileprivate init(language: String) { self = language == "en" ? .standard : .unicode }
}
