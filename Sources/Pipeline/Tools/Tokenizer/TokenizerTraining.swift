import Records
import Stages
public import Tokenize

/// Learns a vocabulary from files: lines of text, or the `text` of JSON lines.
public struct TokenizerTraining: Sendable {
  private var trainer: BPETrainer
  private let threads: Int

  /// A training that has read nothing yet.
  public init(
    vocabularySize: Int, minFrequency: Int, specialTokens: [String], threads: Int
  ) {
    trainer = BPETrainer(
      vocabularySize: vocabularySize, minFrequency: minFrequency, specialTokens: specialTokens)
    self.threads = threads
  }

  /// Counts the words of a file; memory grows with the distinct words alone.
  /// - Throws: `StageError` for a JSON line without a text, `FileError` for a file that cannot be read.
  public mutating func read(_ path: String) throws {
    let isJSON = path.hasSuffix(".jsonl")
    var number = 0
    try LineBatches(path).forEach { lines in
      try Interruption.check()
      var texts: [String] = []
      for line in lines {
        number += 1
        guard isJSON else {
          // The end of a line is part of the text, as for Hugging Face's trainers.
          texts.append(String(decoding: line, as: UTF8.self) + "\n")
          continue
        }
        if InputLine.isBlank(line) { continue }
        let source = Source(file: path, line: number)
        let object = try InputLine.object(line, at: source)
        guard let text = object["text"]?.string else {
          throw StageError("invalid-record", "the line has no 'text'", source: source)
        }
        texts.append(text)
      }
      trainer.count(texts, threads: threads)
    }
  }

  /// Learns the vocabulary from what was read.
  /// - Throws: `TokenizerError` where nothing was read.
  public func train() throws(TokenizerError) -> Tokenizer { try trainer.train() }
}
