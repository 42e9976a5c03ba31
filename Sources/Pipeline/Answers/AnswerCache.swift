import Models
import Records
import Stages

/// Answers of models and programs, kept on disk by what was asked, so that none is asked twice.
///
/// A file an answer, named by the hash of all that was asked. What a killed run has been answered is there
/// for the next.
package struct AnswerCache: Sendable {
  private let folder: String

  /// The cache that all runs share: `ANNEAL_CACHE/answers`.
  init() { folder = ModelLocator().answerCache }

  /// A cache in a folder of its own.
  package init(folder: String) { self.folder = folder }

  /// The answer to a question, asked where it is not kept.
  /// - Parameter question: All that the answer depends on.
  func answer(_ question: JSONValue, _ ask: () throws -> String) throws -> String {
    let answer = try value(question, isWhole: { $0.string != nil }, { .string(try ask()) })
    return answer.string ?? ""
  }

  /// The answer to a question, asked where it is not kept.
  /// - Parameters:
  ///   - question: All that the answer depends on.
  ///   - isWhole: Whether what is kept is an answer; else it is asked anew.
  func value(
    _ question: JSONValue, isWhole: (JSONValue) -> Bool, _ ask: () throws -> JSONValue
  ) throws -> JSONValue {
    let hash = ContentHash.of(question.bytes)
    let path = "\(folder)/\(hash.prefix(2))/\(hash).json"
    // A file that is broken, or not of this question, is asked anew.
    if let kept = try? JSONValue.parse(FileReader.contents(path)), kept["question"] == question,
      let answer = kept["answer"], isWhole(answer)
    {
      return answer
    }
    let answer = try ask()
    try Folders.make(FilePaths.folder(path))
    let line: JSONValue = ["question": question, "answer": answer]
    try AtomicFile.write(line.bytes, to: path)
    return answer
  }
}
