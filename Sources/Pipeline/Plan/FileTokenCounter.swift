import Models
import Records
import Stages
import Synchronization
import Tokenize

/// Counts tokens by the tokenizer of a path, or of a model that a cache holds, read when first asked for.
final class FileTokenCounter: TokenCounter {
  private let name: PathValue
  private let loaded = Mutex<Tokenizer?>(nil)

  init(_ name: PathValue) { self.name = name }

  /// A path wins over a name.
  private func location() throws(StageError) -> String {
    if Folders.exists(name.resolved) { return name.resolved }
    do { return try ModelLocator().tokenizerFolder(of: name.written, base: name.base) } catch {
      throw StageError(
        "no-tokenizer", "'\(name.written)' is neither the path of a tokenizer nor a model's name",
        field: "tokenizer", remedy: error.remedy)
    }
  }

  /// Loads the tokenizer too: a broken one is told before any record is shown to it.
  func files() throws(StageError) -> [String] {
    let location = try location()
    _ = try tokenizer()
    let files = Tokenizer.files(at: location)
    return files.isEmpty ? [location] : files
  }

  func count(of text: String) throws(StageError) -> Int {
    try tokenizer().ids(of: text, addSpecialTokens: false).count
  }

  private func tokenizer() throws(StageError) -> Tokenizer {
    try loaded.withLock { loaded throws(StageError) in
      if let loaded { return loaded }
      let tokenizer = try Self.load(try location())
      loaded = tokenizer
      return tokenizer
    }
  }

  private static func load(_ location: String) throws(StageError) -> Tokenizer {
    do { return try ModelTokenizer.load(location) } catch {
      throw StageError(
        "no-tokenizer", "\(error.file): \(error.reason)", field: "tokenizer", remedy: error.remedy)
    }
  }
}
