import Stages
import Synchronization

/// A thesaurus that is read when the first record needs it and then shared by all threads.
final class SharedThesaurus: Sendable {
  let path: String

  /// The thesauri this process has read, by path: a pipeline may use one in several stages.
  private static let read = Mutex<[String: any SenseLexicon]>([:])

  init(path: String) { self.path = path }

  /// The thesaurus, in the format that the file's first lines show.
  /// - Throws: `StageError` where the file cannot be read or is damaged.
  func lexicon() throws(StageError) -> any SenseLexicon {
    do {
      return try Self.read.withLock { read in
        if let known = read[path] { return known }
        let thesaurus = try LexiconFile.read(path)
        read[path] = thesaurus
        return thesaurus
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError(
        "unreadable-thesaurus", "\(error)", remedy: "name a thesaurus that can be read")
    }
  }
}
