import Records
import Stages
public import Tokenize

/// Learns a vocabulary from files: lines of text, or the `text` of JSON lines.
public struct TokenizerTraining: ~Copyable, Sendable {
  private var trainer: TokenizerTrainer
  private let threads: Int

  /// How much of a file is counted at a time: enough for several threads, and so little that the memory of one
  /// block is used again for the next, where larger ones would be taken from the system each time.
  private static let blockSize = 1 << 23

  /// A training that has read nothing yet.
  /// - Throws: `TokenizerError` for options that cannot work.
  public init(_ options: VocabularyOptions, threads: Int) throws(TokenizerError) {
    trainer = try TokenizerTrainer(options)
    self.threads = threads
  }

  /// The number of distinct words that were let go of because there were too many.
  public var droppedWords: Int { trainer.droppedWords }

  /// Counts the words of a file; memory grows with the distinct words alone.
  /// - Throws: `StageError` for a JSON line without a text, `FileError` for a file that cannot be read.
  public mutating func read(_ path: String) throws {
    if path.hasSuffix(".jsonl") { return try readObjects(path) }
    let blocks = LineBlocks(try FileReader(path), size: Self.blockSize)
    while let block = try blocks.next() {
      try Interruption.check()
      trainer.count(linesOf: block, threads: threads)
    }
  }

  private mutating func readObjects(_ path: String) throws {
    var number = 0
    try LineBatches(path).forEach { lines in
      try Interruption.check()
      var texts: [String] = []
      for line in lines {
        number += 1
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

  /// Learns the vocabulary from what was read; `progress` is told the number of tokens now and then.
  /// - Throws: `TokenizerError` where nothing was read.
  public mutating func train(
    progress: (Int) -> Void = { _ in }
  ) throws(TokenizerError) -> Tokenizer {
    try trainer.train(threads: threads, progress: progress)
  }
}
