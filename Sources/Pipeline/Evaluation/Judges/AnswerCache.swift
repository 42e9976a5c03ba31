import Models
import Records
import Stages

/// Answers of models behind endpoints, kept on disk by what was asked, so that none is asked twice.
///
/// A file an answer, named by the hash of model, messages and options. What a killed run has been answered
/// is there for the next.
struct AnswerCache: Sendable {
  private let folder: String

  /// The cache that all runs share: `ANNEAL_CACHE/answers`.
  init() { folder = ModelLocator().answerCache }

  /// The answer to a question, asked where it is not kept.
  /// - Parameter question: All that the answer depends on.
  func answer(_ question: JSONValue, _ ask: () throws -> String) throws -> String {
    let hash = ContentHash.of(question.bytes)
    let path = "\(folder)/\(hash.prefix(2))/\(hash).json"
    // A file that is broken, or not of this question, is asked anew.
    if let kept = try? JSONValue.parse(FileReader.contents(path)), kept["question"] == question,
      let answer = kept["answer"]?.string
    {
      return answer
    }
    let answer = try ask()
    try Folders.make(FilePaths.folder(path))
    let line: JSONValue = ["question": question, "answer": .string(answer)]
    try AtomicFile.write(line.bytes, to: path)
    return answer
  }
}
