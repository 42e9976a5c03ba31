import Foundation
import Stages
import Tokenize

/// `tokenization TOKENIZER CORPUS ids|offsets THREADS [ROUNDS]`: times encoding and prints a line of JSON
/// for each round.
///
/// Scripts/tokenize_bench.sh runs it in turns with Hugging Face tokenizers, tiktoken and sentencepiece. The
/// lines of CORPUS are the documents. Every round loads the tokenizer anew, so that it meets every document
/// with empty caches; special tokens are not added.
@main
struct Main {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 4, let task = EncodingTask(words) else {
      FileHandle.standardError.write(
        Data("usage: tokenization TOKENIZER CORPUS ids|offsets THREADS [ROUNDS]\n".utf8))
      exit(2)
    }
    for _ in 0..<task.rounds { print(try task.round()) }
  }
}
